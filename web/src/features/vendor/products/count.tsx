import { useMutation } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { quiet } from '@/ui/button.ts';
import { Choice, Field, Form } from '@/ui/form.tsx';
import { useStore } from '../stores.ts';
import { type Done, Overtaken, useChanges } from './changes.ts';

type Kind = Schema<'MovementKind'>;

const KINDS: Kind[] = ['count', 'receipt', 'write_off'];

interface Shown {
  product: string;
  name: string;
  stock?: Schema<'StockView'>;
  done: (done: Done) => void;
  close: () => void;
}

/** What was counted, came in or was written off. */
export function Count({ product, name, stock, done, close }: Shown) {
  const { store } = useStore();
  const changes = useChanges(store);
  const [kind, setKind] = useState<Kind>('count');
  const before = stock?.on_hand ?? 0;
  const move = useMutation<void, Failed, Record<string, string>>({
    mutationFn: async ({ quantity, reason }) => {
      const movement = { kind, quantity: Number(quantity), reason: reason?.trim() || undefined };
      const next = await changes.move(product, movement, stock?.version);
      done({
        text: t('products.done.count', { name, before, after: next.on_hand }),
        undo: async () => void (await changes.uncount(before, next)),
      });
      close();
    },
  });
  const overtaken = (move.error as Error | null) instanceof Overtaken;
  return (
    <section
      aria-label={t('count.openOf', { name })}
      onKeyDown={({ key }) => key === 'Escape' && close()}
      className="rounded-sm border border-hairline bg-bg p-3"
    >
      <Form
        send={move.mutate}
        busy={move.isPending}
        failed={overtaken ? null : move.error}
        submit={t('count.submit')}
        className="flex flex-wrap items-start gap-3 [&>button]:mt-6 [&>div]:m-0"
      >
        <Choice
          name="kind"
          label={t('count.kind')}
          choices={KINDS.map((one) => [one, t(`count.kind.${one}`)])}
          value={kind}
          onChange={({ target }) => setKind(target.value as Kind)}
        />
        <Field
          name="quantity"
          type="number"
          inputMode="numeric"
          label={t('count.quantity')}
          min={kind === 'count' ? 0 : 1}
          max={1_000_000}
          autoComplete="off"
          autoFocus
          required
        />
        <Field name="reason" label={t('count.reason')} maxLength={500} autoComplete="off" />
      </Form>
      {overtaken && (
        <p role="alert" className="mt-2 font-medium text-danger">
          {t('count.overtaken', { n: before })}
        </p>
      )}
      <button type="button" onClick={close} className={quiet}>
        {t('count.close')}
      </button>
    </section>
  );
}
