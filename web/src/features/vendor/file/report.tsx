import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { csv } from '@/lib/csv.ts';
import { money, number } from '@/lib/format.ts';
import { known, t, word } from '@/lib/messages.ts';
import { valuesOf } from '@/lib/refused.ts';
import type { Sentence } from '@/lib/said.ts';
import { save } from '@/lib/save.ts';
import { quiet } from '@/ui/button.ts';
import { InWords } from '@/ui/said.tsx';

type RowOf = Schema<'RowReport'>;
type Rows = RowOf[];

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
    <section aria-label={shown} tabIndex={0} className="mt-3 max-h-96 overflow-auto">
      <table className="w-full">
        <thead>
          <tr className="text-sm text-muted">
            <th scope="col" className="py-1 pe-3 text-start font-medium">
              {t('file.line')}
            </th>
            <th scope="col" className="py-1 pe-3 text-start font-medium">
              {t('file.product')}
            </th>
            <th scope="col" className="py-1 text-start font-medium">
              {t('file.why')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.line} className="border-t border-hairline align-top">
              <td className="py-1 pe-3 tabular-nums">{number(row.line)}</td>
              <td className="py-1 pe-3 [overflow-wrap:anywhere]">
                <bdi>{row.name ?? t('file.unnamed')}</bdi>
                {named(row).map((text) => (
                  <span key={text} className="block text-xs text-muted">
                    {text}
                  </span>
                ))}
              </td>
              <td className="py-1 [overflow-wrap:anywhere]">
                <About row={row} shown={shown} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const named = ({ sku, gtin }: RowOf) =>
  [sku && t('file.sku', { sku }), gtin && t('file.gtin', { gtin })].filter(
    (text) => typeof text === 'string',
  );

/** Why it was refused, or what changes from what to what. */
function About({ row, shown }: { row: RowOf; shown: string }) {
  if (row.outcome === 'refused') return <InWords of={refusedFor(row)} />;
  const lines = changesOf(row);
  if (row.outcome === 'unchanged' || lines.length === 0) return shown;
  return lines.map(([what, text]) => (
    <span key={what} className="block tabular-nums">
      <span className="text-sm text-muted">{what}</span> {text}
    </span>
  ));
}

function changesOf({ changes: { price, on_hand, others } }: RowOf): [what: string, text: string][] {
  const lines: [string, string][] = [];
  if (price) lines.push([t('file.price'), change(price.before && money(price.before), money(price.after))]);
  if (on_hand) lines.push([t('file.onHand'), change(number(on_hand.before), number(on_hand.after))]);
  if (others?.length)
    lines.push(['', t('file.others', { columns: others.map((one) => word('cell', one)).join(', ') })]);
  return lines;
}

const change = (before: string | null | undefined, after: string) =>
  before ? t('file.change', { before, after }) : after;

/** In the reader's words, with what stands in the cell. */
function refusedFor({ refusal, message }: RowOf): Sentence {
  const why = refusal && known(`row.${refusal.code}`, valuesOf(refusal.facts ?? {}));
  if (!why) return { text: message ?? '', foreign: true };
  const { column, cell } = refusal;
  const said = column ? t('file.at', { column: word('cell', column), why }) : why;
  return { text: cell ? `${said} ${t('file.cell', { cell })}` : said };
}

/** Lines and reasons, as a table program reads them. */
function refusals(rows: Rows): Blob {
  const lines = rows
    .filter(({ outcome }) => outcome === 'refused')
    .map((row) => [row.line, row.name ?? '', row.sku ?? '', row.refusal?.cell ?? '', refusedFor(row).text]);
  return csv([['line', 'name', 'sku', 'cell', 'message'], ...lines]);
}
