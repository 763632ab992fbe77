import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { instant } from '@/lib/local.ts';
import { t, word } from '@/lib/messages.ts';
import { ask } from '@/lib/network.ts';
import { reading } from '@/lib/reading.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';

type Settlement = Schema<'Settlement'>;
type Fields = Record<string, string> & { file?: unknown };

/** A file of a provider, as it is. */
export function Upload({ loaded }: { loaded: (settlement: Settlement) => void }) {
  const { data } = useQuery(reading('/v1/payments/accounts', {}));
  const accounts = data?.items.filter(({ settles }) => settles) ?? [];
  const load = useSending(async (fields: Fields) => {
    const { at = '', from, to } = fields;
    const [provider = '', account = ''] = at.split(':');
    const period = Object.entries({ from: instant(from), to: instant(to) })
      .filter((one): one is [string, string] => one[1] !== undefined)
      .map(([name, at]) => `${name}=${encodeURIComponent(at)}`);
    const where = `/v1/payments/settlements/${provider}/${encodeURIComponent(account)}`;
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
      {data && accounts.length === 0 && <p>{t('books.upload.none')}</p>}
      {accounts.length > 0 && (
        <Form
          send={load.mutate}
          busy={load.isPending}
          failed={load.error}
          submit={t('books.upload.submit')}
          className="grid items-start gap-x-4 gap-y-3 [&>*]:m-0 md:grid-cols-3 [&>[role=alert]]:md:col-span-3 [&>button]:justify-self-start"
        >
          <Choice
            name="at"
            label={t('books.provider')}
            choices={accounts.map(({ way, provider, account }) => [
              way,
              `${word('provider', provider)} · ${account}`,
            ])}
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
      )}
    </section>
  );
}
