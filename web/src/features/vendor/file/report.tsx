import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { number } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { save } from '@/lib/save.ts';
import { quiet } from '@/ui/button.ts';

type Rows = Schema<'ImportReport'>['rows'];

const OUTCOMES = ['refused', 'new', 'changed', 'unchanged'] as const;
const MOST = 100;

/** What the file does, row by row, what was refused first. */
export function Report({ report, file }: { report: Schema<'ImportReport'>; file: string }) {
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]>();
  const shown = outcome ?? OUTCOMES.find((one) => report[one] > 0) ?? 'unchanged';
  const rows = report.rows.filter((row) => row.outcome === shown);
  return (
    <div className="mt-4">
      <p role="status" className="font-semibold">
        {t(report.dry_run ? 'file.tried' : 'file.taken')}
      </p>
      <fieldset className="mt-3 flex flex-wrap gap-2">
        <legend className="sr-only">{t('file.outcomes')}</legend>
        {OUTCOMES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === shown}
            onClick={() => setOutcome(one)}
            className="min-h-11 rounded-pill border border-control px-4 aria-pressed:border-brand aria-pressed:bg-brand-soft"
          >
            {word('outcome', one)} <span className="font-bold tabular-nums">{number(report[one])}</span>
          </button>
        ))}
      </fieldset>
      {rows.length > 0 && <RowTable rows={rows.slice(0, MOST)} shown={word('outcome', shown)} />}
      {rows.length > MOST && (
        <p className="mt-2 text-sm text-muted">{t('file.rest', { n: rows.length - MOST })}</p>
      )}
      {report.refused > 0 && (
        <button
          type="button"
          onClick={() => save(refusals(report.rows), `${file.replace(/\.csv$/i, '')}-refused.csv`)}
          className={quiet}
        >
          {t('file.refused.save')}
        </button>
      )}
    </div>
  );
}

function RowTable({ rows, shown }: { rows: Rows; shown: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section aria-label={shown} tabIndex={0} className="mt-3 max-h-96 overflow-y-auto">
      <table className="w-full">
        <thead>
          <tr className="text-sm text-muted">
            <th scope="col" className="w-20 py-1 text-start font-medium">
              {t('file.line')}
            </th>
            <th scope="col" className="py-1 text-start font-medium">
              {t('file.why')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ line, message, product }) => (
            <tr key={line} className="border-t border-hairline">
              <td className="py-1 tabular-nums">{number(line)}</td>
              <td className="py-1 [overflow-wrap:anywhere]">{message ?? product ?? shown}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Lines and reasons, as a table program reads them. */
function refusals(rows: Rows): Blob {
  const lines = rows
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ line, message }) => `${line},"${(message ?? '').replaceAll('"', '""')}"`);
  return new Blob([['line,message', ...lines].join('\r\n')], { type: 'text/csv' });
}
