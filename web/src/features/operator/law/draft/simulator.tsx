import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { useStores } from '../../stores.ts';
import { Answers } from '../../what-if/answers.tsx';
import { Question } from '../../what-if/question.tsx';
import type { Supposed } from '../../what-if/route.ts';

/** What the law as it is kept says of a sale, then as now. */
export function Simulator() {
  const { data: stores } = useStores();
  const [asked, ask] = useState<Supposed>({});
  if (!stores?.length) return null;
  const store = stores.find((one) => one.store === asked.store);
  return (
    <section aria-labelledby="simulator" className="min-w-0 space-y-4">
      <h2 id="simulator" className="text-2xl">
        {t('whatIf.title')}
      </h2>
      <p className="text-muted">{t('law.new.whatIf')}</p>
      <Question key={JSON.stringify(asked)} asked={asked} stores={stores} ask={ask} />
      {store && <Answers asked={asked} store={store} beside />}
    </section>
  );
}
