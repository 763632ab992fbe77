import { useState } from 'react';
import { number } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { type Act, moved } from './changes.ts';
import { type Held, useHolding } from './holding.ts';
import type { Decision, Pick, Ranked } from './requests.ts';
import { PickRow } from './row.tsx';

interface Shown {
  picks: Pick[];
  /** Of what the scores are made, as far as that has come. */
  ranked?: Ranked[];
  standing: Map<string, Decision>;
  busy: boolean;
  act: (act: Act) => void;
}

/** The list in its order, to be put into another. */
export function PickList({ picks, ranked, standing, busy, act }: Shown) {
  const put = ({ from, to }: Held) => {
    const pick = picks[from];
    if (!pick || from === to) return;
    const { order, changes } = moved(picks, from, to, standing);
    act({ order, changes, text: t('picks.done.pin', { name: pick.name, place: to + 1 }) });
  };
  const { held, handle } = useHolding(picks.length, put);
  const [open, setOpen] = useState<string>();
  const most = Math.max(...picks.map(({ score }) => score), 0);
  return (
    <>
      <p role="status" className="sr-only">
        {held && t('picks.held', { place: held.to + 1, of: picks.length })}
      </p>
      {
        <p id="picks-keys" className="sr-only">
          {t('picks.keys')}
        </p>
      }
      <ol aria-busy={busy} className="mt-4 rounded-md border border-hairline bg-surface aria-busy:opacity-60">
        {picks.map((pick, at) => (
          <li
            key={pick.product}
            data-place={at}
            className={`border-hairline not-first:border-t ${held ? mark(held, at) : ''}`}
          >
            <PickRow
              pick={pick}
              place={number(at + 1)}
              ranked={ranked?.find(({ product }) => product === pick.product)}
              most={most}
              decision={standing.get(pick.product)}
              open={open === pick.product}
              toggle={() => setOpen(open === pick.product ? undefined : pick.product)}
              handle={{ ...handle(at), 'aria-pressed': held?.from === at }}
              act={act}
              up={at > 0 ? () => put({ from: at, to: at - 1 }) : undefined}
              down={at < picks.length - 1 ? () => put({ from: at, to: at + 1 }) : undefined}
              at={at + 1}
            />
          </li>
        ))}
      </ol>
    </>
  );
}

/** What is held, and the edge at which it would be put down. */
function mark({ from, to }: Held, at: number): string {
  if (at === from) return 'bg-brand-soft';
  if (at !== to) return '';
  return to < from ? 'shadow-[inset_0_3px_var(--color-brand)]' : 'shadow-[inset_0_-3px_var(--color-brand)]';
}
