import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { StoreStop } from './stop.tsx';
import { Title } from './title.tsx';

interface Shown {
  job: Schema<'DriverJob'>;
  next?: Schema<'DriverJob'> | null;
  handed: Schema<'HandOver'>;
}

/** It has changed hands, and the house has not answered: where to go meanwhile. */
export function Handed({ job, next, handed }: Shown) {
  const { order, store } = (handed.lines ? job : next) ?? {};
  return (
    <section>
      <Title>{t('driver.handed')}</Title>
      <p className="mt-2 text-lg">{t('driver.handed.text')}</p>
      {handed.lines && <p className="mt-2 text-lg font-semibold">{t('driver.handed.back')}</p>}
      {order && store && <StoreStop order={order} store={store} />}
    </section>
  );
}
