import { useQueryClient } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { type ReactNode, useEffect, useState } from 'react';
import { clock, distance, money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { card, quiet } from '@/ui/button.ts';
import { useAsking } from './asking.ts';
import { Ring, useLeft } from './countdown.tsx';
import { aside, go } from './look.ts';
import { mapOf } from './maps.ts';
import { me } from './requests.ts';
import { Failure } from './shift.tsx';
import { Title } from './title.tsx';

/** Where it is on the page. */
export const OFFER = 'offer';

/** A job put to the driver for some seconds. */
export function Offer({ offer, first }: { offer: Schema<'OfferView'>; first: boolean }) {
  const left = useLeft(offer.expires_at);
  // How long it is open is not told: the ring is as full as when it was first seen.
  const [of] = useState(left);
  const readings = useQueryClient();
  useEffect(() => {
    navigator.vibrate?.([200, 100, 200]);
  }, []);
  const over = left === 0;
  useEffect(() => {
    if (over) void readings.invalidateQueries({ queryKey: me.queryKey });
  }, [over, readings]);
  const Heading = first ? Title : 'h2';
  return (
    <section id={OFFER} tabIndex={-1} className={`${card} ${first ? '' : 'mt-6'}`}>
      <div className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <div role="alert">
            <Heading className="text-2xl">{t('driver.offer')}</Heading>
          </div>
          <p className="mt-2 text-lg font-semibold [overflow-wrap:anywhere]">{offer.store.name}</p>
          <p className="[overflow-wrap:anywhere]">
            <bdi>{offer.store.address}</bdi>
          </p>
        </div>
        <Ring left={left} of={of} />
      </div>
      <Gets offer={offer} />
      <dl className="my-4 divide-y divide-hairline text-lg">
        <Fact name={t('driver.offer.store')}>{distance(offer.metres_to_store)}</Fact>
        <Fact name={t('driver.offer.door')}>{distance(offer.metres_to_door)}</Fact>
        <Fact name={t('driver.offer.way')}>
          {t('driver.offer.minutes', { n: Math.max(1, Math.round(offer.seconds / 60)) })}
        </Fact>
        <Fact name={t('driver.offer.ready')}>{clock(offer.ready_at, offer.store.time_zone)}</Fact>
        <Fact name={t('driver.offer.items')}>{t('driver.offer.count', { n: offer.items })}</Fact>
      </dl>
      {offer.needs_check && (
        <p className="flex items-center gap-3 rounded-sm bg-accent-soft p-3 font-medium">
          <Bottle />
          {t('driver.offer.check')}
        </p>
      )}
      <a
        href={mapOf(offer.towards)}
        target="_blank"
        rel="noreferrer"
        className={`${quiet} inline-flex min-h-14 items-center`}
      >
        {t('driver.offer.towards')}
      </a>
      <Answers offer={offer} />
    </section>
  );
}

/** What it gives, as the house reckons it. */
function Gets({ offer: { earns, pay, tip } }: { offer: Schema<'OfferView'> }) {
  if (!earns) return null;
  const parts = [
    ...(pay ? [t('driver.offer.pay', { amount: money(pay) })] : []),
    ...(tip ? [t('driver.offer.tip', { amount: money(tip) })] : []),
  ];
  return (
    <div className="mt-4 rounded-sm bg-brand-soft p-3">
      <p className="text-3xl font-bold tabular-nums">{money(earns)}</p>
      <p>{parts.join(' · ')}</p>
      <p className="text-sm text-muted">{t('driver.offer.when')}</p>
    </div>
  );
}

function Bottle() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="size-7 shrink-0 fill-none stroke-accent stroke-2">
      <path
        d="M10 3h4v4c0 1.500 2 2.500 2 5v7a2 2 0 0 1-2 2h-4a2 2 0 0 1-2-2v-7c0-2.500 2-3.500 2-5zM8 13h8M8 17h8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 py-2">
      <dt>{name}</dt>
      <dd className="font-semibold tabular-nums">{children}</dd>
    </div>
  );
}

function Answers({ offer: { offer, can } }: { offer: Schema<'OfferView'> }) {
  const accept = useAsking(() =>
    send('post', '/v1/delivery/offers/{offer}/accept', { path: { offer }, body: undefined }),
  );
  const decline = useAsking(() =>
    send('post', '/v1/delivery/offers/{offer}/decline', { path: { offer }, body: undefined }),
  );
  return (
    // In sight however small the phone is: there is no time to look for it.
    <div className="sticky bottom-0 -mx-4 -mb-4 rounded-b-md bg-surface px-4 pt-3 pb-2">
      <Failure failed={accept.failed ?? decline.failed} />
      {can.includes('accept') && (
        <button type="button" aria-busy={accept.busy} onClick={() => accept.press()} className={go}>
          {t('driver.offer.accept')}
        </button>
      )}
      {can.includes('decline') && (
        <button type="button" aria-busy={decline.busy} onClick={() => decline.press()} className={aside}>
          {t('driver.offer.decline')}
        </button>
      )}
    </div>
  );
}
