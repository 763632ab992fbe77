import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { t, word } from '@/lib/messages.ts';
import { asTyped } from '@/lib/typed.ts';
import { Select } from '@/ui/select.tsx';
import { Day, Sought } from '../filters.tsx';
import { everyStore } from '../stores.ts';
import { type Asked, STATES, type State } from './route.ts';

const route = getRouteApi('/operator/orders');

/** Which orders are shown, as the address of the page says it. */
export function Filter({ asked }: { asked: Asked }) {
  const navigate = route.useNavigate();
  const { data: stores } = useQuery(everyStore);
  const choose = (next: Asked) => void navigate({ search: (was) => ({ ...was, ...next }) });
  const type = (next: Asked) => void navigate({ search: (was) => ({ ...was, ...next }), ...asTyped });
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
      <Sought
        name={t('handling.find')}
        value={asked.number}
        most={20}
        look={(number) => choose({ number })}
      />
      <Select
        name={t('operator.state')}
        value={asked.state ?? ''}
        choices={[
          ['', t('operator.state.any')],
          ...STATES.map((one): [string, string] => [one, word('state', one)]),
        ]}
        choose={(one) => choose({ state: (one || undefined) as State | undefined })}
      />
      <Select
        name={t('operator.store')}
        value={asked.store ?? ''}
        choices={[
          ['', t('operator.state.any')],
          ...(stores ?? []).map(({ store, name }): [string, string] => [store, name]),
        ]}
        choose={(store) => choose({ store: store || undefined })}
      />
      <Day
        name={t('handling.placedFrom')}
        value={asked.from}
        max={asked.to}
        type={(from) => type({ from })}
      />
      <Day name={t('handling.placedTo')} value={asked.to} min={asked.from} type={(to) => type({ to })} />
    </div>
  );
}
