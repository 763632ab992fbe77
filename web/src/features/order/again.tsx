import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { useGate } from '@/features/age/gate.tsx';
import { t, word } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { card, primary, quiet, secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { refill, takeBack } from './refill.ts';

type Filled = Schema<'Filled'>;

/** The same once more, at today's prices, as far as the store has it: into the basket, where it can be changed. */
export function Again({ order: { store, lines } }: { order: Schema<'OrderView'> }) {
  const [filled, setFilled] = useState<Filled>();
  const again = useSending(() => refill(store.store, lines), setFilled);
  const undo = useSending(takeBack, () => setFilled(undefined));
  const { pass, gate } = useGate();
  const alcoholic = lines.some(({ drink }) => drink.class !== 'none');
  const press = () => {
    if (again.isPending) return;
    undo.reset();
    if (alcoholic) void pass(store.store, () => again.mutate(undefined));
    else again.mutate(undefined);
  };
  const failed = again.error ?? undo.error;
  return (
    <div>
      <button type="button" aria-busy={again.isPending} onClick={press} className={secondary}>
        {t('order.again')}
      </button>
      {gate}
      <div role="status">
        {undo.isSuccess && <p className="mt-2">{t('again.undone')}</p>}
        {filled && <Told filled={filled} busy={undo.isPending} undo={() => undo.mutate(filled)} />}
      </div>
      {failed && (
        <p role="alert" className="mt-2 text-danger">
          {failed.problem?.code === 'no-such-store' ? (
            t('again.store', { store: store.name })
          ) : (
            <Said of={failed} />
          )}
        </p>
      )}
    </div>
  );
}

/** What went into the basket, and line by line what did not. */
function Told({ filled, busy, undo }: { filled: Filled; busy: boolean; undo: () => void }) {
  const short = filled.refilled.filter(({ outcome }) => outcome !== 'whole');
  const there = filled.refilled.filter(({ now }) => now > 0).length;
  const changed = filled.refilled.some(({ was, now }) => now > was);
  return (
    <div className={`${card} mt-3 space-y-2`}>
      <p className="font-medium">{t('again.there', { n: there, of: filled.refilled.length })}</p>
      {short.length > 0 && (
        <ul className="list-disc space-y-1 ps-5">
          {short.map(({ product, name, outcome, wanted, now }) => (
            <li key={product}>
              <bdi className="font-medium [overflow-wrap:anywhere]">{name ?? t('again.unknown')}</bdi>
              {' – '}
              {outcome === 'fewer' ? t('again.fewer', { now, wanted }) : word('outcome', outcome)}
            </li>
          ))}
        </ul>
      )}
      <p className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {there > 0 && (
          <Link to="/basket" className={primary}>
            {t('offer.basket')}
          </Link>
        )}
        {changed && (
          <button type="button" aria-busy={busy} disabled={busy} onClick={undo} className={quiet}>
            {t('again.undo')}
          </button>
        )}
      </p>
    </div>
  );
}
