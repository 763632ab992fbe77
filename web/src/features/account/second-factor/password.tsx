import { t } from '@/lib/messages.ts';
import { Field } from '@/ui/form.tsx';

/** Once more, for what would let somebody else in. */
export function Password({ first }: { first?: boolean }) {
  return (
    <Field
      name="password"
      type="password"
      label={t('signIn.password')}
      autoComplete="current-password"
      autoFocus={first}
      maxLength={200}
      required
    />
  );
}
