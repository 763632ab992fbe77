import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { card, secondary } from '@/ui/button.ts';

/** The way to what is shown besides a password. */
export function SecondFactor() {
  return (
    <section className={`${card} space-y-3`}>
      <h2 className="text-xl">{t('second.page')}</h2>
      <p className="text-muted">{t('second.why')}</p>
      <Link to="/account/second-factor" className={secondary}>
        {t('second.change')}
      </Link>
    </section>
  );
}
