import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card, secondary } from '@/ui/button.ts';
import { Contact } from '@/ui/contact.tsx';
import { complaintsOf } from './requests.ts';

const link = 'inline-flex min-h-11 items-center text-brand underline underline-offset-4';

/** What can be done now, whom to write to, and the number to name. */
export function Help({ order }: { order: Schema<'OrderView'> }) {
  const { number, can, store, state } = order;
  const over = state === 'delivered' || state === 'closed';
  return (
    <section aria-label={t('orderHelp.title')} className={`${card} print:hidden`}>
      <h2 className="text-xl">{t('orderHelp.title')}</h2>
      <p className="mt-2 flex flex-wrap items-center gap-3">
        <span>{t('orderHelp.number')}</span>
        <code dir="ltr" className="text-lg font-semibold">
          {number}
        </code>
        <Copy text={number} />
      </p>
      {over && <Back order={order.order} zone={store.time_zone} />}
      {state === 'cancelled' && <Topics say={t('orderHelp.cancelled')} topics={['refund']} />}
      {!over && state !== 'cancelled' && (
        <Topics
          say={t(can.includes('cancel') ? 'orderHelp.cancel' : 'orderHelp.fixed')}
          topics={['cancel', 'door']}
        />
      )}
      <p className="mt-1 [overflow-wrap:anywhere]">
        {t('orderHelp.store')}{' '}
        <bdi>
          {store.name}, {store.address}
        </bdi>
      </p>
      <Contact say={t('orderHelp.contact')} className="mt-1" />
    </section>
  );
}

/** When it is over. */
function Back({ order, zone }: { order: string; zone: string }) {
  const { data } = useQuery({ ...complaintsOf(order), retry: false });
  const may = data?.can.includes('complain');
  return (
    <>
      {may && data?.until && (
        <p className="mt-1">
          <a href="#complaints" className={link}>
            {t('orderHelp.back', { until: moment(data.until, zone) })}
          </a>
        </p>
      )}
      <Topics say={data && !may ? t('orderHelp.over') : undefined} topics={['wrong', 'refund']} />
    </>
  );
}

type Topic = 'cancel' | 'door' | 'wrong' | 'refund';

/** What holds now, and where to read on. */
function Topics({ say, topics }: { say?: string; topics: Topic[] }) {
  return (
    <>
      {say && <p className="mt-1">{say}</p>}
      <ul className="flex flex-wrap gap-x-4">
        {topics.map((topic) => (
          <li key={topic}>
            <Link to="/help" hash={topic} className={link}>
              {t(`orderHelp.topic.${topic}`)}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Into the clipboard, where the browser lets it; the number stands beside it all the same. */
function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState<boolean>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()} className={secondary}>
        {t('orderHelp.copy')}
      </button>
      <span role="status" className="text-sm text-muted">
        {copied !== undefined && t(copied ? 'orderHelp.copied' : 'orderHelp.notCopied')}
      </span>
    </>
  );
}
