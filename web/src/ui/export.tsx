import { csv } from '@/lib/csv.ts';
import { t } from '@/lib/messages.ts';
import { save } from '@/lib/save.ts';
import { secondary } from './button.ts';

interface Shown {
  name: string;
  rows: () => (string | number)[][];
}

/** All that is shown, as a file. */
export function Export({ name, rows }: Shown) {
  return (
    <button type="button" onClick={() => save(csv(rows()), `${name}.csv`)} className={secondary}>
      {t('form.export')}
    </button>
  );
}
