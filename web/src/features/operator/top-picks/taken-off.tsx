import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import type { Act } from './changes.ts';
import { Decide } from './decide.tsx';
import type { Holding, Pick } from './requests.ts';
import { Until } from './until.tsx';

interface Shown {
  picks: Pick[];
  standing: Map<string, Holding>;
  act: (act: Act) => void;
}

/** Holdings about products that are not on the list: taken off it, or not for sale just now. */
export function TakenOff({ picks, standing, act }: Shown) {
  const [open, setOpen] = useState<string>();
  const there = new Set(picks.map(({ product }) => product));
  const off = [...standing.values()].filter(({ product }) => !there.has(product));
  if (off.length === 0) return null;
  return (
    <section className="mt-8">
      <h2 className="text-xl">{t('picks.off')}</h2>
      <ul className="mt-3 rounded-md border border-hairline bg-surface">
        {off.map((decision) => {
          const { product, name, note } = decision;
          return (
            <li key={product} className="border-hairline px-3 py-2 not-first:border-t">
              <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                <span className="min-w-0 flex-1 basis-52">
                  <span className="block font-medium [overflow-wrap:anywhere]">
                    <bdi>{name}</bdi>
                  </span>
                  <span className="block text-sm text-muted [overflow-wrap:anywhere]">
                    {t(offFor(decision))}
                    {note && ` · ${note}`}
                  </span>
                  <Until decision={decision} />
                </span>
                <button
                  type="button"
                  aria-label={t('picks.backOf', { name })}
                  onClick={() =>
                    act({
                      changes: [{ product, action: 'clear' }],
                      text: t('picks.done.clear', { name }),
                    })
                  }
                  className={`${secondary} px-4`}
                >
                  {t('picks.back')}
                </button>
                <button
                  type="button"
                  aria-expanded={open === product}
                  aria-label={t('picks.decideOf', { name })}
                  onClick={() => setOpen(open === product ? undefined : product)}
                  className={`${secondary} px-4`}
                >
                  {t('picks.decide')}
                </button>
              </div>
              {open === product && (
                <Decide product={product} name={name} decision={decision} close={() => setOpen(undefined)} />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Why it is not on the list. */
function offFor({ action, active }: Holding) {
  if (!active) return 'picks.off.missing';
  return action === 'remove' ? 'picks.off.removed' : 'picks.off.behind';
}
