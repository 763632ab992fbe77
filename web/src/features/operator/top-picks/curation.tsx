import { t } from '@/lib/messages.ts';
import { Empty } from '@/ui/empty.tsx';
import { Said } from '@/ui/said.tsx';
import { Add } from './add.tsx';
import { useActs } from './changes.ts';
import { PickList } from './list.tsx';
import { Legend } from './parts.tsx';
import { type Holding, type Pick, useRanking } from './requests.ts';
import { TakenOff } from './taken-off.tsx';

/** The list as it is, and all that can be decided about it. */
export function Curation({ picks, standing }: { picks: Pick[]; standing: Map<string, Holding> }) {
  const acts = useActs();
  const { data: ranking } = useRanking();
  const ranked = ranking?.pages.flatMap(({ products }) => products.items);
  // Until the list has come anew it is shown as it will be.
  const shown = (acts.isPending && acts.variables.order) || picks;
  return (
    <>
      <Add picks={picks} standing={standing} act={acts.mutate} />
      {acts.error && (
        <p role="alert" className="mt-4 rounded-sm bg-accent-soft p-3 text-danger">
          <Said of={acts.error} />
        </p>
      )}
      {picks.length === 0 ? (
        <Empty title={t('picks.none')} text={t('picks.none.text')} />
      ) : (
        <>
          <Legend />
          <PickList
            picks={shown}
            ranked={ranked}
            standing={standing}
            busy={acts.isPending}
            act={acts.mutate}
          />
        </>
      )}
      <TakenOff standing={standing} picks={picks} act={acts.mutate} />
    </>
  );
}
