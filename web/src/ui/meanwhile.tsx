import { t } from '@/lib/messages.ts';
import { quiet } from './button.ts';

interface Shown {
  /** Whether theirs is what is seen. */
  seen: boolean;
  see: () => void;
  keep: () => void;
  take: () => void;
}

/** Somebody else has changed what is being typed: theirs is looked at before either goes. */
export function Page({ seen, see, keep, take }: Shown) {
  return (
    <div className="my-3 rounded-sm bg-accent-soft p-3">
      <p>{t(seen ? 'meanwhile.theirs' : 'meanwhile.changed')}</p>
      <p className="flex flex-wrap gap-x-6">
        {seen ? (
          <>
            <button type="button" onClick={keep} className={quiet}>
              {t('meanwhile.keep')}
            </button>
            <button type="button" onClick={take} className={quiet}>
              {t('meanwhile.take')}
            </button>
          </>
        ) : (
          <button type="button" onClick={see} className={quiet}>
            {t('meanwhile.see')}
          </button>
        )}
      </p>
    </div>
  );
}
