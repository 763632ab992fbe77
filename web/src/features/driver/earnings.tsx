import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useEffect } from 'react';
import { today, weekOf } from '@/lib/days.ts';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { Absent } from './absent.tsx';
import { isCut, useDriving } from './driving.ts';
import { asked, EARNINGS, lastWeek, useWeek, zone } from './earned.ts';
import { Frame } from './frame.tsx';
import { go, other } from './look.ts';
import { SignInAgain } from './sign-in-again.tsx';
import { Sums } from './sums.tsx';
import { Title } from './title.tsx';
import { WeekShown } from './week.tsx';

const route = getRouteApi('/driver/earnings');

/** What the driver earned: today, this week, and each delivery of the week that is chosen. */
export function Page(): React.ReactNode {
  const person = route.useLoaderData();
  const { week: chosen } = route.useSearch();
  const { signedIn, data: me, acts, cut: away } = useDriving(person);
  const enabled = signedIn && person !== '';
  const day = today(zone());
  const current = weekOf(day);
  const from = weekOf(chosen ?? day);
  const { week, list, error, again } = useWeek(person, from, enabled);
  const { data: now } = useQuery({ ...reading(EARNINGS, asked(person, current)), enabled });
  const cut = away || isCut(error);
  const shown = week ?? (cut ? lastWeek(person) : undefined);
  const known = now ?? (shown?.from === current ? shown.earnings : undefined);
  return (
    <Frame waiting={acts.length} cut={cut} name={me?.given_name} offered={false}>
      <Meanwhile me={me} />
      {!signedIn && <SignInAgain to="/driver/earnings" />}
      {shown ? (
        <>
          <Title>{t('driver.earnings')}</Title>
          {cut && (
            <p role="status" className="mt-3 rounded-sm bg-accent-soft p-3">
              {t('driver.earnings.asOf', { time: moment(shown.earnings.at, zone()) })}{' '}
              {shown.from !== from && t('driver.earnings.otherWeek')}
            </p>
          )}
          <Sums earnings={known} day={day} owed={shown.earnings.owed} />
          <WeekShown person={person} week={shown} current={current} list={list} cut={cut} />
        </>
      ) : (
        signedIn && <Absent error={error} cut={cut} again={again} unknown={t('driver.earnings.unknown')} />
      )}
    </Frame>
  );
}

/** On shift an order may come while one looks at this. */
function Meanwhile({ me }: { me?: Schema<'Me'> }) {
  const offer = me?.offer?.offer;
  useEffect(() => {
    if (offer) navigator.vibrate?.([200, 100, 200]);
  }, [offer]);
  return (
    <div role="alert" className="mb-6">
      <Link to="/driver" className={offer ? go : other}>
        {t(offer ? 'driver.offer' : 'driver.earnings.back')}
      </Link>
    </div>
  );
}
