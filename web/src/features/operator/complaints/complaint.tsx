import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { minor, typed } from '@/lib/amount.ts';
import { moment, money } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { ours } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { Field } from '@/ui/form.tsx';
import { Deed } from '../deed.tsx';
import { useBy } from '../named.ts';

type View = Schema<'ComplaintView'>;

/** What a customer asks back, why, and what the house says to it. */
export function Complaint({ complaint }: { complaint: View }) {
  const { order, number, store_name, state, worth, asked_at, reason, words, whole, lines, can } = complaint;
  return (
    <>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="[overflow-wrap:anywhere]">
          <Link
            to="/operator/orders/$order"
            params={{ order }}
            className="inline-flex min-h-11 items-center font-semibold text-brand underline underline-offset-4"
          >
            {number || t('handling.refund.order')}
          </Link>{' '}
          <bdi>{store_name}</bdi>
        </span>
        <span className="font-medium">{word('complaining', state)}</span>
      </p>
      <p className="text-sm text-muted">
        {t('handling.complaint.asked', { amount: money(worth), time: moment(asked_at) })}
      </p>
      {whole && <p className="mt-2">{t('handling.complaint.whole')}</p>}
      <ul className="mt-2">
        {lines.map(({ line, name, units }) => (
          <li key={line} className="[overflow-wrap:anywhere]">
            {t('checkout.line', { n: units, name })}
          </li>
        ))}
      </ul>
      <p className="mt-2 whitespace-pre-line [overflow-wrap:anywhere]">
        <span className="font-medium">{word('because', reason)}:</span> <bdi>{words}</bdi>
      </p>
      <Said complaint={complaint} />
      {can.includes('answer') && (
        <div className="mt-3 flex flex-wrap items-start gap-3">
          <Agree complaint={complaint} />
          <Decline complaint={complaint} />
        </div>
      )}
    </>
  );
}

/** What was answered last. */
function Said({ complaint: { state, amount, answer, decided_by, decided_at } }: { complaint: View }) {
  const who = useBy(decided_by);
  if (!decided_at) return null;
  const time = moment(decided_at);
  return (
    <>
      <p className="mt-2 text-sm text-muted [overflow-wrap:anywhere]">
        {amount
          ? t('handling.complaint.agreed', { amount: money(amount), who, time })
          : t('handling.complaint.declined', { who, time })}{' '}
        <bdi>{answer}</bdi>
      </p>
      {state === 'open' && <p className="text-sm font-medium">{t('handling.complaint.again')}</p>}
    </>
  );
}

const MOST_WORDS = 200;
const answer = ({ complaint }: View, body: Schema<'AnswerInput'>) =>
  send('post', '/v1/payments/complaints/{complaint}/answer', { path: { complaint }, body });

function Agree({ complaint }: { complaint: View }) {
  const { worth } = complaint;
  const { currency } = worth;
  const agree = t('handling.complaint.agree');
  return (
    <Deed
      open={agree}
      submit={agree}
      text={t('handling.complaint.agree.text', { amount: money(worth) })}
      reason={{ label: t('handling.complaint.words'), hint: t('handling.why.told'), most: MOST_WORDS }}
      send={async (words, fields) => {
        const amount = minor(fields['amount.amount'] ?? '', currency);
        if (amount === undefined) throw noAmount();
        return answer(complaint, { words, amount: { amount, currency } });
      }}
    >
      <Field
        name="amount.amount"
        label={t('handling.complaint.amount', { currency })}
        inputMode="decimal"
        autoComplete="off"
        defaultValue={typed(worth)}
        required
      />
    </Deed>
  );
}

const noAmount = () => ours(t('handling.refund.wrong'), 'amount.amount');

function Decline({ complaint }: { complaint: View }) {
  const decline = t('handling.complaint.decline');
  return (
    <Deed
      open={decline}
      submit={decline}
      text={t('handling.complaint.decline.text')}
      reason={{ label: t('handling.complaint.words'), hint: t('handling.why.told'), most: MOST_WORDS }}
      grave
      send={(words) => answer(complaint, { words })}
    />
  );
}
