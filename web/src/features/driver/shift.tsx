import { useEffect } from 'react';
import { clock } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { here } from '@/lib/whereabouts.ts';
import { card } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { useAsking } from './asking.ts';
import { go, other } from './look.ts';
import { useOnline } from './online.ts';
import { lastKnown, type Place, remember } from './pings.ts';
import { Title } from './title.tsx';

/** Before a shift, with plain words on what it gives away. */
export function BeginShift() {
  const begin = useAsking(async () => send('post', '/v1/delivery/shift', { body: { place: await where() } }));
  return (
    <section>
      <Title>{t('driver.shift.ready')}</Title>
      <div className={`${card} my-6`}>
        <h2 className="text-xl">{t('driver.shift.where')}</h2>
        <ul className="mt-2 list-disc space-y-2 ps-5 text-lg">
          <li>{t('driver.shift.on')}</li>
          <li>{t('driver.shift.who')}</li>
          <li>{t('driver.shift.off')}</li>
        </ul>
      </div>
      <Failure failed={begin.failed} />
      <button type="button" aria-busy={begin.busy} onClick={() => begin.press()} className={go}>
        {t('driver.shift.begin')}
      </button>
    </section>
  );
}

/** Where the phone says that it is, or where it last was. */
async function where(): Promise<Place> {
  const place = await here().catch(lastKnown);
  if (!place) throw new Error(t('driver.shift.nowhere'));
  remember(place);
  return place;
}

const ZONE = 'driver-zone';

interface Shown {
  since?: string | null;
  place: 'asking' | 'sent' | 'none';
  /** Of the store at hand, whose time is the driver's. */
  zone?: string;
}

/** Since when, and what becomes of the location. */
export function OnShift({ since, place, zone }: Shown) {
  const online = useOnline();
  // Between two orders it is still the time of the last one's store.
  const last = zone ?? localStorage.getItem(ZONE) ?? undefined;
  useEffect(() => {
    if (zone) localStorage.setItem(ZONE, zone);
  }, [zone]);
  return (
    <section className="mt-8 border-t border-hairline pt-4 text-muted">
      {since && <p>{t('driver.shift.since', { time: clock(since, last) })}</p>}
      <p>{t(`driver.place.${place === 'sent' && !online ? 'kept' : place}`)}</p>
    </section>
  );
}

export function EndShift() {
  const end = useAsking(() => send('delete', '/v1/delivery/shift', {}));
  return (
    <section className="mt-4">
      <Failure failed={end.failed} />
      <button type="button" aria-busy={end.busy} onClick={() => end.press()} className={other}>
        {t('driver.shift.end')}
      </button>
    </section>
  );
}

/** What went wrong with what was just pressed. */
export function Failure({ failed }: { failed: Error | null }) {
  if (!failed) return null;
  const own = 'problem' in failed ? <Said of={failed} /> : failed.message;
  return (
    <p role="alert" className="mb-3 rounded-sm bg-accent-soft p-3 font-medium text-danger">
      {own}
    </p>
  );
}
