import { useQuery } from '@tanstack/react-query';
import type { Answer } from '@tipple/api';
import { percent } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { reading } from '@/lib/reading.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { type Hands, Held } from '@/ui/held.tsx';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';

const BP = 100;

/** What a vendor agreed with the platform; none before somebody has set them. */
export function Terms({ vendor }: { vendor: string }) {
  const { data, error } = useQuery(reading('/v1/payments/vendors/{vendor}/terms', { path: { vendor } }));
  const none = error?.problem?.status === 404;
  const terms = none ? undefined : data?.terms;
  return (
    <section aria-labelledby="vendor-terms" className={card}>
      <h2 id="vendor-terms" className="text-xl">
        {t('stores.terms')}
      </h2>
      {error && !none && (
        <p role="alert" className="mt-2 text-danger">
          <Said of={error} />
        </p>
      )}
      {none && <p className="mt-2 text-muted">{t('stores.terms.none')}</p>}
      {!data && !error && <Bar className="mt-3 h-80 w-full" />}
      {(terms || none) && (
        <>
          {terms && (
            <p className="mt-1 mb-3 text-muted">
              {t('stores.terms.text', {
                share: percent(terms.commission_bp * BP),
                n: terms.payout_interval_days,
              })}
            </p>
          )}
          <Held read={none ? undefined : data} decided={(agreed) => agreed?.terms}>
            {(held, hands) => <Agreed vendor={vendor} held={held} {...hands} />}
          </Held>
        </>
      )}
    </section>
  );
}

type Current = Answer<'/v1/payments/vendors/{vendor}/terms'> | undefined;

interface AgreedShown extends Hands<Current> {
  vendor: string;
  held: Current;
}

function Agreed({ vendor, held, over, done }: AgreedShown) {
  const terms = held?.terms;
  const set = useSending(
    ({ legal_name = '', address = '', tax_number = '', commission = '', days }: Record<string, string>) =>
      send('put', '/v1/payments/vendors/{vendor}/terms', {
        path: { vendor },
        header: over && ifMatch(over.version),
        body: {
          legal_name: legal_name.trim(),
          address: address.trim(),
          tax_number: tax_number.trim(),
          commission_bp: Math.round(Number(commission.replace(',', '.')) * BP),
          payout_interval_days: Number(days),
        },
      }),
    done,
  );
  return (
    <Form
      send={set.mutate}
      busy={set.isPending}
      failed={set.error}
      submit={t('stores.save')}
      className="mt-3"
    >
      <Field
        name="legal_name"
        label={t('stores.terms.legal')}
        hint={t('stores.terms.legal.hint')}
        defaultValue={terms?.legal_name}
        maxLength={200}
        required
      />
      <Field
        name="address"
        label={t('stores.address')}
        defaultValue={terms?.address}
        maxLength={500}
        required
      />
      <Field
        name="tax_number"
        label={t('stores.terms.tax')}
        hint={t('stores.optional')}
        defaultValue={terms?.tax_number}
        maxLength={60}
      />
      <Field
        name="commission"
        label={t('stores.terms.commission')}
        hint={t('stores.terms.commission.hint')}
        defaultValue={terms ? String(terms.commission_bp / BP) : ''}
        pattern="\d{1,3}([.,]\d{1,2})?"
        inputMode="decimal"
        autoComplete="off"
        required
      />
      <Field
        name="days"
        type="number"
        label={t('stores.terms.days')}
        defaultValue={terms?.payout_interval_days ?? 7}
        min={1}
        max={366}
        required
      />
    </Form>
  );
}
