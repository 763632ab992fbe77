import type { Schema } from '@tipple/api';
import { span } from '@/lib/format.ts';
import { word } from '@/lib/messages.ts';

type Slot = Schema<'SlotView'>;
type Reason = Schema<'SlotReason'>;

/** Hours that cannot be chosen, those together that follow each other for the same reasons. */
export function NotThen({ slots, zone }: { slots: Slot[]; zone: string }) {
  if (slots.length === 0) return null;
  return (
    <ul className="mt-2 space-y-1 text-sm text-muted">
      {runs(slots).map(({ from, until, reasons }) => (
        <li key={from}>
          <span className="font-medium tabular-nums">{span(from, until, zone)}</span>
          <Why reasons={reasons} />
        </li>
      ))}
    </ul>
  );
}

/** Why not, and what to do: what depends on a place's law as the house says it. */
export function Why({ reasons }: { reasons: Reason[] }) {
  return (
    <>
      {reasons.map((reason) => (
        <span key={`${reason.code} ${reason.detail}`} className="block text-sm text-muted">
          <Said reason={reason} />
        </span>
      ))}
    </>
  );
}

function Said({ reason: { code, rule, detail, advice } }: { reason: Reason }) {
  const own = word('hindrance', code);
  if (own !== code) return own;
  const act = word('remedy', rule ?? '');
  return (
    <>
      <span dir="auto" className="block">
        {detail}
      </span>{' '}
      {act === rule ? <bdi>{advice}</bdi> : act}
    </>
  );
}

function runs(slots: Slot[]): Slot[] {
  const because = ({ reasons }: Slot) => reasons.map(({ code, rule }) => `${code} ${rule}`).join();
  const joined: Slot[] = [];
  for (const slot of slots) {
    const last = joined.at(-1);
    if (last && last.until === slot.from && because(last) === because(slot)) {
      joined[joined.length - 1] = { ...last, until: slot.until };
    } else {
      joined.push(slot);
    }
  }
  return joined;
}
