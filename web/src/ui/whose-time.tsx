import { t } from '@/lib/messages.ts';

/** Under a time at a door: that it is an estimate, or whose it is, as Google's terms ask. */
export function WhoseTime({ rough }: { rough: boolean }) {
  if (rough) return <p className="text-sm text-muted">{t('eta.rough')}</p>;
  return (
    <p lang="en" translate="no" className="text-xs text-muted">
      <bdi>{t('eta.google')}</bdi>
    </p>
  );
}
