import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { shownPasskey } from '@/lib/passkey.ts';
import { useSending } from '@/lib/sending.ts';
import { quiet, secondary } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Narrow } from '@/ui/narrow.tsx';
import { Said } from '@/ui/said.tsx';
import { enter } from './enter.ts';

interface Shown {
  challenge: Schema<'Challenge'>;
  arrive: (answer: Schema<'SignedIn'>) => Promise<void>;
  again: () => void;
}

/** The second factor: a passkey where there is one, or a code. */
export function SecondFactor({ challenge: { challenge, passkey }, arrive, again }: Shown) {
  const code = useSending(
    ({ code }: Record<string, string>) =>
      enter('/v1/accounts/sign-in/second-factor', { challenge, code: code?.trim() }),
    arrive,
  );
  const key = useSending(async () => {
    const shown = await shownPasskey(passkey);
    return enter('/v1/accounts/sign-in/second-factor', { challenge, passkey: shown });
  }, arrive);
  return (
    <Narrow title={t('second.title')}>
      {passkey && (
        <>
          <button type="button" onClick={() => key.mutate()} aria-busy={key.isPending} className={secondary}>
            {t('second.passkey')}
          </button>
          {key.error && (
            <p role="alert" className="mt-2 text-danger">
              <Said of={key.error} />
            </p>
          )}
        </>
      )}
      <Form
        send={code.mutate}
        busy={code.isPending}
        failed={code.error}
        submit={t('second.submit')}
        className="mt-4"
      >
        <Field
          name="code"
          label={t('second.code')}
          hint={t('second.hint')}
          autoComplete="one-time-code"
          minLength={6}
          required
        />
      </Form>
      <button type="button" onClick={again} className={quiet}>
        {t('second.again')}
      </button>
    </Narrow>
  );
}
