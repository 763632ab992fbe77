import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { reasonOf } from '@/lib/refused.ts';
import { InWords } from '@/ui/said.tsx';
import type { Did } from './acts.ts';
import { Asked, Theirs } from './check.tsx';
import { Document } from './document.tsx';
import { HandOver } from './hand-over.tsx';
import { aside, go, no } from './look.ts';
import { type Reason, Refuse } from './refuse.tsx';
import { Title } from './title.tsx';

type Stage =
  | { at: 'sober' | 'document' | 'hand' }
  | { at: 'theirs'; document: Schema<'Document'> }
  | { at: 'refused'; reasons: Schema<'DeliveryReason'>[] }
  | { at: 'refuse'; likely?: Reason };

/** A first guess at the reason, from what the house said; the weightiest first. */
const LIKELY: Record<string, Reason> = {
  'under-age': 'under_age',
  'age-unknown': 'no_document',
  'document-not-shown': 'no_document',
  'document-expired': 'no_document',
  'name-mismatch': 'document_not_theirs',
  'not-sober': 'intoxicated',
};

/** At the door, one question after another: nothing changes hands before the house has said yes. */
export function AtDoor({ job, act }: { job: Schema<'DriverJob'>; act: (did: Did) => void }) {
  const asked = job.needs_check && !job.checked_until;
  const [stage, go] = useState<Stage>({ at: asked ? 'sober' : 'hand' });
  const start = () => go({ at: asked ? 'sober' : 'hand' });
  const refuse = (likely?: Reason) => go({ at: 'refuse', likely });
  switch (stage.at) {
    case 'sober':
      return (
        <Asked
          n={1}
          question={t('driver.check.sober')}
          yes={{ text: t('driver.check.sober.yes'), press: () => go({ at: 'document' }) }}
          no={{ text: t('driver.check.sober.no'), press: () => refuse('intoxicated') }}
          about={<Person door={job.door} />}
        >
          <Otherwise job={job} refuse={refuse} soft={() => go({ at: 'hand' })} />
        </Asked>
      );
    case 'document':
      return (
        <Asked n={2} question={t('driver.check.document')}>
          <Document
            zone={job.store.time_zone}
            shown={(document) => go({ at: 'theirs', document })}
            none={() => refuse('no_document')}
            back={() => go({ at: 'sober' })}
          />
        </Asked>
      );
    case 'theirs':
      return (
        <Theirs
          job={job}
          document={stage.document}
          answered={({ allowed, reasons }) => go(allowed ? { at: 'hand' } : { at: 'refused', reasons })}
          refuse={() => refuse()}
          back={() => go({ at: 'document' })}
        />
      );
    case 'refused':
      return (
        <Refused
          job={job}
          reasons={stage.reasons}
          again={() => go({ at: 'sober' })}
          refuse={refuse}
          soft={() => go({ at: 'hand' })}
        />
      );
    case 'refuse':
      return <Refuse reasons={job.refusals} likely={stage.likely} act={act} back={start} />;
    case 'hand':
      return <HandOver job={job} act={act} check={() => go({ at: 'sober' })} refuse={() => refuse()} />;
  }
}

function Person({ door }: { door: Schema<'DoorStop'> }) {
  return (
    <p className="my-4 text-lg [overflow-wrap:anywhere]">
      {t('driver.door.for', { name: door.recipient })}
      <bdi className="block">{door.address}</bdi>
      {door.instructions && <bdi className="block text-muted">{door.instructions}</bdi>}
    </p>
  );
}

interface Ways {
  job: Schema<'DriverJob'>;
  refuse: (likely?: Reason) => void;
  soft: () => void;
}

/** Without a check: all of it back, or only what needs none. */
function Otherwise({ job, refuse, soft }: Ways) {
  return (
    <>
      {job.can.includes('hand_over') && !job.checked_until && (
        <button type="button" onClick={soft} className={aside}>
          {t('driver.hand.soft')}
        </button>
      )}
      {job.can.includes('refuse') && (
        <button type="button" onClick={() => refuse()} className={aside}>
          {t('driver.hand.refuse')}
        </button>
      )}
    </>
  );
}

function Refused({
  job,
  reasons,
  again,
  refuse,
  soft,
}: Ways & { reasons: Schema<'DeliveryReason'>[]; again: () => void }) {
  const found = Object.keys(LIKELY).find((rule) => reasons.some((reason) => reason.rule === rule));
  const likely = found ? LIKELY[found] : 'not_lawful';
  return (
    <section>
      <Title className="text-danger">{t('driver.check.refused')}</Title>
      <ul className="my-4 list-disc space-y-2 ps-5 text-xl font-medium">
        {reasons.map((reason) => (
          <li key={`${reason.rule} ${reason.item} ${reason.detail}`}>
            <InWords of={reasonOf(reason)} />
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => refuse(likely)} className={no}>
        {t('driver.hand.refuse')}
      </button>
      {job.can.includes('hand_over') && (
        <button type="button" onClick={soft} className={`${go} mt-3`}>
          {t('driver.hand.soft')}
        </button>
      )}
      <button type="button" onClick={again} className={aside}>
        {t('driver.check.again')}
      </button>
    </section>
  );
}
