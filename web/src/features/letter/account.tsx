import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';

export function ToAccount() {
  return (
    <Link to="/account" className={secondary}>
      {t('account.title')}
    </Link>
  );
}
