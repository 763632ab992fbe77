import { type ReactNode, useEffect, useRef } from 'react';
import { t } from '@/lib/messages.ts';
import { card, primary, quiet } from '@/ui/button.ts';

export interface Change {
  name: string;
  /** What is only in one of the two has no other side. */
  before?: ReactNode;
  after?: ReactNode;
}

interface Shown {
  changes: Change[];
  /** From when on, and for whom. */
  text: string;
  submit: string;
  busy: boolean;
  keep: () => void;
  back: () => void;
}

/** What will be otherwise from now on, to be looked at once more. */
export function Review({ changes, text, submit, busy, keep, back }: Shown) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section aria-labelledby="changes" className={`${card} mt-4`}>
      <h2 ref={title} id="changes" tabIndex={-1} className="text-xl outline-none">
        {t(changes.length > 0 ? 'operator.changes' : 'operator.changes.none')}
      </h2>
      <p className="mt-1 text-muted">{changes.length > 0 ? text : t('operator.changes.none.text')}</p>
      <dl className="mt-3 divide-y divide-hairline">
        {changes.map(({ name, before, after }) => (
          <div key={name} className="grid gap-x-6 py-2 md:grid-cols-[16rem_minmax(0,1fr)]">
            <dt className="font-medium">
              <bdi>{name}</bdi>
            </dt>
            <dd className="[overflow-wrap:anywhere]">
              {before !== undefined && (
                <del className="block text-danger">
                  <span className="sr-only">{t('operator.changes.before')} </span>
                  <bdi>{before}</bdi>
                </del>
              )}
              {after === undefined ? (
                <span className="text-muted">{t('operator.changes.gone')}</span>
              ) : (
                <ins className="block font-semibold text-success no-underline">
                  <span className="sr-only">{t('operator.changes.after')} </span>
                  <bdi>{after}</bdi>
                </ins>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        {changes.length > 0 && (
          <button type="button" aria-busy={busy} disabled={busy} onClick={keep} className={primary}>
            {submit}
          </button>
        )}
        <button type="button" onClick={back} className={quiet}>
          {t('operator.back')}
        </button>
      </p>
    </section>
  );
}
