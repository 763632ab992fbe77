import type { Schema } from '@tipple/api';
import { instant } from '@/lib/local.ts';
import { t } from '@/lib/messages.ts';
import { ask } from '@/lib/network.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';

/** Whose files are read. */
const PROVIDERS = ['stripe', 'paypal', 'razorpay'] as const;

type Settlement = Schema<'Settlement'>;
type Fields = Record<string, string> & { file?: unknown };

/** A file of a provider, as it is. */
export function Upload({ loaded }: { loaded: (settlement: Settlement) => void }) {
  const load = useSending(async (fields: Fields) => {
    const { provider = '', account = '', from, to } = fields;
    const period = Object.entries({ from: instant(from), to: instant(to) })
      .filter((one): one is [string, string] => one[1] !== undefined)
      .map(([name, at]) => `${name}=${encodeURIComponent(at)}`);
    const where = `/v1/payments/settlements/${provider}/${encodeURIComponent(account.trim())}`;
    const body = await (fields.file as File).arrayBuffer();
    const sent = { method: 'POST', headers: { 'content-type': 'text/csv' }, body };
    return (await ask([where, period.join('&')].filter(Boolean).join('?'), sent)) as Settlement;
  }, loaded);
  return (
    <section aria-labelledby="books-upload" className={`${card} mt-4`}>
      <h2 id="books-upload" className="text-xl">
        {t('books.upload')}
      </h2>
      <p className="mt-1 mb-3 max-w-prose text-muted">{t('books.upload.text')}</p>
      <Form
        send={load.mutate}
        busy={load.isPending}
        failed={load.error}
        submit={t('books.upload.submit')}
        className="grid items-start gap-x-4 gap-y-3 [&>*]:m-0 md:grid-cols-3 [&>[role=alert]]:md:col-span-3 [&>button]:justify-self-start"
      >
        <Choice
          name="provider"
          label={t('books.provider')}
          choices={PROVIDERS.map((one) => [one, t(`books.provider.${one}`)])}
        />
        <Field
          name="account"
          label={t('books.provider.account')}
          hint={t('books.provider.account.hint')}
          maxLength={60}
          autoComplete="off"
          required
        />
        <Field name="file" type="file" label={t('books.file')} accept=".csv,text/csv" required />
        <Field
          name="from"
          type="datetime-local"
          label={t('books.upload.from')}
          hint={t('books.upload.hint')}
        />
        <Field name="to" type="datetime-local" label={t('books.upload.to')} hint={t('books.upload.hint')} />
      </Form>
    </section>
  );
}
