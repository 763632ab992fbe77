import { createRoute } from '@tanstack/react-router';
import { lazily } from '@/lib/lazily.ts';
import { learn, t } from '@/lib/messages.ts';
import { shop } from '@/shop.tsx';

export const help = createRoute({
  getParentRoute: () => shop,
  path: '/help',
  head: async () => {
    await learn('help');
    return {
      meta: [
        { title: `${t('help.title')} · ${t('site.name')}` },
        { name: 'description', content: t('help.about') },
      ],
    };
  },
  component: lazily('help', () => import('./page.tsx')),
});
