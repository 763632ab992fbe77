/** What one rulebook says otherwise than another. */
import type { Change } from '../../review.tsx';
import { partsOf, valuesOf } from '../rules.tsx';
import type { Rules } from './draft.ts';

export function changesOf(before: Rules | undefined, after: Rules): Change[] {
  const was = before && partsOf(before);
  const values = before && valuesOf(before);
  const next = valuesOf(after);
  return partsOf(after).flatMap(([name, said], place) => {
    if (values && JSON.stringify(values[place]) === JSON.stringify(next[place])) return [];
    return [{ name, before: was?.[place]?.[1], after: said }];
  });
}
