import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { Said } from '@/ui/said.tsx';

export function Coupon({ cart: { cart, coupons } }: { cart: Schema<'CartPage'> }) {
  const put = useSending((code: string) =>
    send('put', '/v1/cart/carts/{cart}/coupons/{code}', { path: { cart, code } }),
  );
  const remove = useSending((code: string) =>
    send('delete', '/v1/cart/carts/{cart}/coupons/{code}', { path: { cart, code } }),
  );
  return (
    <section className={card}>
      <h2 className="text-xl">{t('coupon.title')}</h2>
      <ul>
        {coupons.map((code) => (
          <li key={code} className="flex items-center gap-3">
            <span className="font-medium">{code}</span>
            <button type="button" onClick={() => remove.mutate(code)} className={quiet}>
              {t('coupon.remove')}
            </button>
          </li>
        ))}
      </ul>
      {remove.error && (
        <p role="alert" className="text-danger">
          <Said of={remove.error} />
        </p>
      )}
      <Form
        key={coupons.join()}
        send={({ code = '' }) => put.mutate(code.trim())}
        busy={put.isPending}
        failed={put.error}
        submit={t('coupon.add')}
        className="mt-2 max-w-xs"
      >
        <Field name="code" label={t('coupon.code')} autoComplete="off" maxLength={40} required />
      </Form>
    </section>
  );
}
