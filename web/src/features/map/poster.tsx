import { fill, stroke } from './look.ts';
import { PinMark } from './pin.tsx';
import { gridOf, onScreen, type Place, placeAt, ringOf, type Size, type View } from './projection.ts';
import type { Shown } from './shown.ts';

interface Drawn {
  shown: Shown;
  view: View;
  size: Size;
  choose?: (key: string) => void;
  pick?: (place: Place) => void;
}

/** The map as the page itself draws it: at once, with neither a network nor WebGL. */
export function Poster({ shown, view, size, choose, pick }: Drawn) {
  const at = onScreen(view, size);
  const path = (places: Place[]) => {
    const points = places.map(at).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    return `M${points.join('L')}`;
  };
  return (
    // What a press does, the keys of the whole map do too.
    <div
      aria-hidden="true"
      className={`absolute inset-0 ${pick ? 'cursor-crosshair' : ''}`}
      onClick={({ clientX, clientY, currentTarget }) => {
        const { left, top } = currentTarget.getBoundingClientRect();
        pick?.(placeAt(view, size)({ x: clientX - left, y: clientY - top }));
      }}
    >
      <svg
        aria-hidden="true"
        width={size.width}
        height={size.height}
        className="absolute inset-0 block fill-none"
      >
        <path d={gridOf(view, size).map(path).join('')} className="stroke-hairline" />
        {shown.areas.map(({ key, zone, tone = 'brand' }) => (
          <path key={key} d={`${path(ringOf(zone))}Z`} className={`stroke-2 ${fill[tone]} ${stroke[tone]}`} />
        ))}
        {shown.lines.map(({ key, through, tone = 'brand' }) => (
          <path
            key={key}
            d={path(through)}
            strokeDasharray="10 7"
            strokeLinecap="round"
            className={`stroke-3 ${stroke[tone]}`}
          />
        ))}
      </svg>
      {shown.pins.map((pin) => {
        const { x, y } = at(pin.place);
        return (
          <div key={pin.key} className="absolute size-0" style={{ left: x, top: y }}>
            <PinMark pin={pin} choose={choose} />
          </div>
        );
      })}
    </div>
  );
}
