import { useQuery } from '@tanstack/react-query';
import { day } from '@/lib/format.ts';
import { keyOf } from '@/lib/held.ts';
import { t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Unread } from '@/ui/unread.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { me } from './requests.ts';

export function Profile() {
  const read = useQuery(me);
  const { data, error } = read;
  const change = useSending(({ given_name, family_name, date_of_birth }: Record<string, string>) =>
    send('patch', '/v1/accounts/me', {
      header: ifMatch(data?.version ?? 0),
      body: { given_name, family_name, ...(date_of_birth && { date_of_birth }) },
    }),
  );
  return (
    <section className={card}>
      <h2 className="mb-3 text-xl">{t('profile.title')}</h2>
      <Unread of={read} />
      {!data && !error && <Bar className="h-64 w-full" />}
      {data && (
        <Form
          key={keyOf(data.given_name, data.family_name, data.date_of_birth)}
          send={change.mutate}
          busy={change.isPending}
          failed={change.error}
          submit={t('profile.save')}
        >
          <Field
            name="given_name"
            label={t('signUp.given')}
            defaultValue={data.given_name}
            maxLength={100}
            required
          />
          <Field
            name="family_name"
            label={t('signUp.family')}
            defaultValue={data.family_name}
            maxLength={100}
            required
          />
          {data.date_of_birth ? (
            <p>{t('profile.born', { day: day(data.date_of_birth) })}</p>
          ) : (
            <Field
              name="date_of_birth"
              type="date"
              label={t('signUp.birth')}
              hint={t('signUp.why')}
              min="1900-01-01"
            />
          )}
        </Form>
      )}
    </section>
  );
}
