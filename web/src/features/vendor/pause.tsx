import { useState } from 'react';
import { clock, moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { byTheHouse } from '@/lib/session.ts';
import { card, quiet, secondary } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { Said } from '@/ui/said.tsx';
import { type Store, useMay } from './stores.ts';

/** How long, in minutes; the last until the store opens next. */
const LENGTHS = ['15', '30', '60', ''] as const;
const REASONS = ['pause.busy', 'pause.short', 'pause.trouble'] as const;

/** Whether the store takes orders, and how it stops for a while. */
export function Pause({ store }: { store: Store }) {
  const may = useMay();
  const [asked, setAsked] = useState(false);
  if (store.paused) return <Paused store={store} />;
  if (!may('pause_store')) return null;
  if (asked) return <Ask store={store.store} close={() => setAsked(false)} />;
  return (
    <p className="my-3">
      <button type="button" onClick={() => setAsked(true)} className={secondary}>
        {t('pause.open')}
      </button>
    </p>
  );
}

function Paused({ store: { store, paused, time_zone: zone } }: { store: Store }) {
  const may = useMay();
  const resume = useSending(() => send('delete', '/v1/catalogue/stores/{store}/pause', { path: { store } }));
  if (!paused) return null;
  const today = new Intl.DateTimeFormat('en', { dateStyle: 'short', timeZone: zone });
  const soon = today.format(new Date(paused.until)) === today.format(new Date(byTheHouse()));
  const until = soon ? clock(paused.until, zone) : moment(paused.until, zone);
  return (
    <section
      aria-label={t('pause.title')}
      className="my-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2 rounded-md border border-warn bg-accent-soft p-4"
    >
      <div className="min-w-0 flex-1 basis-64">
        <p role="status" className="font-semibold">
          {t('pause.until', { time: until })}
        </p>
        <p className="text-sm [overflow-wrap:anywhere]">
          {t('pause.told')} <q>{paused.reason}</q>
        </p>
        <p className="text-sm text-muted">{t('pause.text')}</p>
        {resume.error && (
          <p role="alert" className="text-danger">
            <Said of={resume.error} />
          </p>
        )}
      </div>
      {may('resume_store') && (
        <button
          type="button"
          aria-busy={resume.isPending}
          onClick={() => resume.mutate(undefined)}
          className={secondary}
        >
          {t('pause.resume')}
        </button>
      )}
    </section>
  );
}

function Ask({ store, close }: { store: string; close: () => void }) {
  const [reason, setReason] = useState<string>(t('pause.busy'));
  const pause = useSending(
    ({ minutes }: Record<string, string>) =>
      send('put', '/v1/catalogue/stores/{store}/pause', {
        path: { store },
        body: { minutes: minutes ? Number(minutes) : null, reason: reason.trim() },
      }),
    close,
  );
  return (
    <section aria-label={t('pause.open')} className={`${card} my-3 max-w-xl`}>
      <p className="mb-3 text-muted">{t('pause.text')}</p>
      <Form send={pause.mutate} busy={pause.isPending} failed={pause.error} submit={t('pause.submit')}>
        <Choice
          name="minutes"
          label={t('pause.length')}
          autoFocus
          choices={LENGTHS.map((minutes) => [
            minutes,
            minutes ? t('pause.minutes', { n: Number(minutes) }) : t('pause.opening'),
          ])}
        />
        <fieldset className="flex flex-wrap gap-2">
          <legend className="sr-only">{t('reject.often')}</legend>
          {REASONS.map((key) => (
            <button
              key={key}
              type="button"
              onClick={() => setReason(t(key))}
              className="min-h-11 rounded-pill border border-control px-3 text-sm hover:border-ink"
            >
              {t(key)}
            </button>
          ))}
        </fieldset>
        <Field
          name="reason"
          label={t('reject.reason')}
          hint={t('pause.hint')}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
          maxLength={200}
          autoComplete="off"
          required
        />
      </Form>
      <button type="button" onClick={close} className={`${quiet} mt-2`}>
        {t('sure.no')}
      </button>
    </section>
  );
}
