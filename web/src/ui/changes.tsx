import type { Schema } from '@tipple/api';
import { money } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';

interface Shown {
  changes: Schema<'LineChange'>[];
  /** What had been agreed to, and is not any more. */
  agreed?: Schema<'Money'> | null;
  total: Schema<'Money'>;
  className?: string;
}

/** What was packed other than it was ordered. */
export function Changes({ changes, agreed, total, className }: Shown) {
  if (changes.length === 0) return null;
  return (
    <section aria-label={t('changes.title')} className={className}>
      <p className="font-semibold">{t('changes.title')}</p>
      <ul className="my-1 space-y-1">
        {changes.map((change) => (
          <li key={change.line} className="[overflow-wrap:anywhere]">
            <span className={change.packed === 0 ? 'line-through' : undefined}>
              <bdi>{change.name}</bdi>
            </span>{' '}
            {t('changes.packed', { packed: change.packed, ordered: change.ordered })}
            {change.instead && (
              <span className="block font-medium">
                {t('changes.instead', { n: change.instead.quantity, name: change.instead.name })}
              </span>
            )}
          </li>
        ))}
      </ul>
      {agreed && <p>{t('changes.total', { total: money(total), agreed: money(agreed) })}</p>}
    </section>
  );
}
