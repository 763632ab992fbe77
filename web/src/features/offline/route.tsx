/** What is shown where a page cannot be fetched; its script shows that page instead, as far as it is known. */
import { createRoute } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';
import { primary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';

export const offline = createRoute({
  getParentRoute: () => shop,
  path: '/offline',
  head: () => ({ meta: [{ title: `${t('offline.title')} · ${t('site.name')}` }] }),
  component: Offline,
});

function Offline() {
  return (
    <Empty heading="h1" title={t('offline.title')} text={t('offline.text')}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to wherever this came instead of */}
      <a href="" className={primary}>
        {t('offline.again')}
      </a>
    </Empty>
  );
}
