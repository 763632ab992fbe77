import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Deed } from '../deed.tsx';

/** A document was seen and shows the age; or it is not accepted, and why. */
export function Decide({ review }: { review: string }) {
  const path = { review };
  const accept = useSending(({ reason = '', ...document }: Record<string, string>) =>
    send('post', '/v1/accounts/age-reviews/{review}/decision', {
      path,
      body: {
        reason: reason.trim(),
        document: {
          date_of_birth: document.date_of_birth ?? '',
          expires_on: document.expires_on ?? '',
        },
      },
    }),
  );
  return (
    <div className="mt-3 space-y-3">
      <Form
        send={accept.mutate}
        busy={accept.isPending}
        failed={accept.error}
        submit={t('ages.accept')}
        className="rounded-sm border border-control p-3"
      >
        <p>{t('ages.document')}</p>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            name="date_of_birth"
            type="date"
            label={t('ages.born')}
            min="1900-01-01"
            autoComplete="off"
            required
          />
          <Field name="expires_on" type="date" label={t('ages.expires')} autoComplete="off" required />
        </div>
        <Field
          name="reason"
          label={t('operator.why')}
          hint={t('ages.told')}
          maxLength={500}
          autoComplete="off"
          required
        />
      </Form>
      <Deed
        open={t('ages.decline')}
        submit={t('ages.decline')}
        reason={{ label: t('operator.why'), hint: t('ages.told'), most: 500 }}
        grave
        send={(reason) =>
          send('post', '/v1/accounts/age-reviews/{review}/decision', { path, body: { reason } })
        }
      />
    </div>
  );
}
