import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { card, primary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { Held } from '@/ui/held.tsx';
import { useMay } from '../myself.ts';
import { Editor } from './editor.tsx';
import { linesOf } from './lines.ts';
import type { Current, Tariff } from './tariff.ts';

interface Shown {
  store?: string;
  /** The one that is meant, and the one that holds where that is not there. */
  own?: Current;
  common?: Current;
  /** Of the store's prices. */
  currency?: string;
}

/** A tariff as it stands; operators change it, or give a store its own. */
export function Standing({ store, own, common, currency }: Shown) {
  const may = useMay()('put_tariff');
  const [making, make] = useState(false);
  const holds = own ?? common;
  if (may && (own || making)) {
    return (
      <Held read={own} decided={(it) => it?.tariff} saved={t('tariffs.saved')}>
        {(held, hands) => (
          <Editor store={store} start={(held ?? common)?.tariff} currency={currency} {...hands} />
        )}
      </Held>
    );
  }
  return (
    <>
      {!own && (
        <Empty
          title={t(store ? 'tariffs.none' : 'tariffs.none.common')}
          text={t(holds ? 'tariffs.none.text' : 'tariffs.none.common.text')}
        >
          {may && (
            <button type="button" onClick={() => make(true)} className={primary}>
              {t(store ? 'tariffs.make' : 'tariffs.make.common')}
            </button>
          )}
        </Empty>
      )}
      {holds && <Lines tariff={holds.tariff} />}
    </>
  );
}

function Lines({ tariff }: { tariff: Tariff }) {
  return (
    <dl className={`${card} mt-4 grid gap-x-6 gap-y-3 md:grid-cols-2`}>
      {linesOf(tariff).map(([name, text]) => (
        <div key={name} className="min-w-0">
          <dt className="text-sm text-muted">
            <bdi>{name}</bdi>
          </dt>
          <dd className="[overflow-wrap:anywhere]">
            <bdi>{text}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
