import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { t, word } from '@/lib/messages.ts';
import { openFile } from '@/lib/open.ts';
import { reading } from '@/lib/reading.ts';
import { useSending } from '@/lib/sending.ts';
import { card, quiet } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

/** Invoices and credit notes, once there are any. */
export function Documents({ order }: { order: string }) {
  const { data } = useQuery({
    ...reading('/v1/payments/orders/{order}/documents', { path: { order } }),
    retry: false,
  });
  const open = useSending(({ document, number }: Schema<'DocumentView'>) =>
    openFile(`/v1/payments/documents/${document}/pdf`, `${number}.pdf`),
  );
  const readable = data?.documents.filter((one) => one.readable);
  if (!readable?.length) return null;
  return (
    <section className={`${card} print:hidden`}>
      <h2 className="text-xl">{t('order.documents')}</h2>
      <ul>
        {readable.map((one) => (
          <li key={one.document}>
            <button type="button" onClick={() => open.mutate(one)} className={quiet}>
              {word('document', one.kind)} {one.number}
            </button>
          </li>
        ))}
      </ul>
      {open.error && (
        <p role="alert" className="text-danger">
          <Said of={open.error} />
        </p>
      )}
    </section>
  );
}
