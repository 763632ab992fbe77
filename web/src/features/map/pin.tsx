import { background } from './look.ts';
import { type Pin, toneOf } from './shown.ts';

const SHAPES = {
  store: 'M4 10v9h16v-9M3 10l2-5h14l2 5zM10 19v-5h4v5',
  door: 'M4 11l8-7 8 7M6 10v9h12v-9M10 19v-5h4v5',
  driver:
    'M5.5 17a2.5 2.5 0 105 0 2.5 2.5 0 00-5 0zm8 0a2.5 2.5 0 105 0 2.5 2.5 0 00-5 0zM8 17l3-7h4l1.5 7M9 7h3l1 3',
} as const;

/** Each kind has a side of its own for its name, so that those which meet can be read. */
const LABELS = {
  store: 'bottom-full mb-1',
  door: 'top-full mt-2',
  driver: 'left-full ml-0.5 top-2',
} as const;

/** Its tip is where the element is that it stands in. For the eye alone: what the map shows is listed beside it. */
export function PinMark({ pin, choose }: { pin: Pin; choose?: (key: string) => void }) {
  if (pin.kind === 'corner') return <Corner pin={pin} />;
  const mark = (
    <>
      <span
        className={`flex size-9 rotate-45 items-center justify-center rounded-full rounded-br-none border-2 border-surface shadow-md ${background[toneOf(pin)]}`}
      >
        <svg
          viewBox="0 0 24 24"
          aria-hidden="true"
          className="size-5 -rotate-45 fill-none stroke-on-brand stroke-2"
        >
          <path d={SHAPES[pin.kind]} strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      </span>
      <span
        dir="auto"
        className={`absolute w-max max-w-36 truncate rounded-sm bg-surface/90 px-1.5 font-sans text-xs font-semibold text-ink ${LABELS[pin.kind]}`}
      >
        <bdi>{pin.label}</bdi>
      </span>
    </>
  );
  const whole = 'absolute bottom-1.5 left-0 flex -translate-x-1/2 flex-col items-center';
  if (!choose) return <span className={whole}>{mark}</span>;
  return (
    <button type="button" tabIndex={-1} onClick={() => choose(pin.key)} className={whole}>
      {mark}
    </button>
  );
}

/** By its number, in the very place. */
function Corner({ pin }: { pin: Pin }) {
  return (
    <span
      className={`absolute flex h-6 min-w-6 -translate-1/2 items-center justify-center rounded-pill border-2 border-surface px-1 font-sans text-xs font-semibold text-on-brand ${background[toneOf(pin)]}`}
    >
      {pin.label}
    </span>
  );
}
