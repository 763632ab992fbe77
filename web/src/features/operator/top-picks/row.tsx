import { number } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { categoryName } from '@/ui/category-name.ts';
import type { Act } from './changes.ts';
import { Decide } from './decide.tsx';
import { PartsBar, PartsList } from './parts.tsx';
import type { Decision, Pick, Ranked } from './requests.ts';
import { Until } from './until.tsx';

interface Shown {
  pick: Pick;
  place: string;
  /** Counted from one. */
  at: number;
  ranked?: Ranked;
  /** The highest score. */
  most: number;
  decision?: Decision;
  open: boolean;
  toggle: () => void;
  handle: React.ButtonHTMLAttributes<HTMLButtonElement>;
  act: (act: Act) => void;
  up?: () => void;
  down?: () => void;
}

const square =
  'inline-flex size-11 items-center justify-center rounded-sm border border-control bg-surface text-lg hover:border-ink disabled:opacity-40';

/** One place: what stands there and why, and what can be decided about it. */
export function PickRow({
  pick,
  place,
  at,
  ranked,
  most,
  decision,
  open,
  toggle,
  handle,
  act,
  up,
  down,
}: Shown) {
  const { product, name, category, score, reason } = pick;
  return (
    <div className="px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {
          <button
            type="button"
            {...handle}
            aria-label={t('picks.move', { name })}
            aria-describedby="picks-keys"
            className="inline-flex h-11 w-8 cursor-grab touch-none items-center justify-center rounded-sm text-xl text-muted select-none aria-pressed:cursor-grabbing aria-pressed:text-brand"
          >
            <span aria-hidden="true">⠿</span>
          </button>
        }
        <span className="w-8 text-end text-lg font-bold tabular-nums">{place}</span>
        <span className="min-w-0 flex-1 basis-52">
          <span className="block font-medium [overflow-wrap:anywhere]">
            <bdi>{name}</bdi>
          </span>
          <span className="block text-sm text-muted">{categoryName(category)}</span>
        </span>
        <span className="w-44 max-md:ms-auto">
          <span className="flex items-baseline justify-between gap-2 text-sm">
            <span className={pick.pinned || reason === 'added' ? 'font-semibold text-accent' : ''}>
              {word('pick', reason)}
            </span>
            <span className="tabular-nums">{number(score, 2)}</span>
          </span>
          <PartsBar ranked={ranked} score={score} most={most} />
          <Until decision={decision} />
        </span>
        {
          <span className="ms-auto flex gap-2">
            <button
              type="button"
              aria-label={t('picks.up', { name })}
              disabled={!up}
              onClick={up}
              className={square}
            >
              <span aria-hidden="true">↑</span>
            </button>
            <button
              type="button"
              aria-label={t('picks.down', { name })}
              disabled={!down}
              onClick={down}
              className={square}
            >
              <span aria-hidden="true">↓</span>
            </button>
            <Pin pick={pick} at={at} act={act} />
            <button
              type="button"
              aria-expanded={open}
              aria-label={t('picks.decideOf', { name })}
              onClick={toggle}
              className={`${secondary} px-4`}
            >
              {t('picks.decide')}
            </button>
          </span>
        }
      </div>
      {open && ranked && <PartsList ranked={ranked} />}
      {open && <Decide product={product} name={name} place={at} decision={decision} close={toggle} />}
    </div>
  );
}

/** Keeps a product in the place where it is, or lets the score decide again. */
function Pin({
  pick: { product, name, pinned },
  at,
  act,
}: {
  pick: Pick;
  at: number;
  act: (act: Act) => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={pinned}
      aria-label={t('picks.pin', { name })}
      onClick={() =>
        act(
          pinned
            ? { changes: [{ product, action: 'clear' }], text: t('picks.done.clear', { name }) }
            : {
                changes: [{ product, action: 'pin', position: at }],
                text: t('picks.done.pin', { name, place: at }),
              },
        )
      }
      className={`${square} aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent`}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5 fill-none stroke-current stroke-2">
        <path d="M9 3h6l-1 7 3 3v2H7v-2l3-3zM12 15v6" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </button>
  );
}
