import type { Schema } from '@tipple/api';
import { span } from '@/lib/format.ts';
import { known } from '@/lib/messages.ts';
import { reasonOf } from '@/lib/refused.ts';
import { InWords } from '@/ui/said.tsx';

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

/** Why not, and what to do. */
export function Why({ reasons }: { reasons: Reason[] }) {
  return (
    <>
      {reasons.map((reason) => (
        <span key={`${reason.code} ${reason.detail}`} className="block text-sm text-muted">
          <Of reason={reason} />
        </span>
      ))}
    </>
  );
}

function Of({ reason: { code, rule, detail, advice, facts } }: { reason: Reason }) {
  const own = known(`hindrance.${code}`);
  if (own) return own;
  const act = known(`remedy.${rule}`);
  return (
    <>
      <span className="block">
        <InWords of={rule ? reasonOf({ rule, detail, facts }) : { text: detail, foreign: true }} />
      </span>{' '}
      <InWords of={act ? { text: act } : { text: advice, foreign: true }} />
    </>
  );
}

function runs(slots: Slot[]): Slot[] {
  const because = ({ reasons }: Slot) => reasons.map(({ code, detail }) => `${code} ${detail}`).join();
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
