/** Where the operator's pages hang: who may not see them is told so by the frame. */
import { createRoute } from '@tanstack/react-router';
import { lazily, signedInOnly } from '@/lib/lazily.ts';
import { type Area, type Key, learn, t } from '@/lib/messages.ts';
import { whoever } from '@/lib/session.ts';
import { root } from '@/root.ts';
import { Waiting, WaitingAlone } from '@/ui/waiting.tsx';

export const operator = createRoute({
  getParentRoute: () => root,
  path: '/operator',
  beforeLoad: signedInOnly,
  pendingComponent: WaitingAlone,
  loader: async () => ({ mustEnrol: (await whoever())?.must_enrol ?? false }),
  component: lazily('operator', async () => {
    // Forms and states are called the same here.
    const [frame] = await Promise.all([
      import('./frame.tsx'),
      ...(['own', 'order', 'bill', 'address', 'reasons'] as const).map(learn),
    ]);
    return frame;
  }),
});

export const within = { getParentRoute: () => operator, pendingComponent: Waiting } as const;

/** What a page is called, once the words of its area are learnt. */
export const titled = (area: Area, key: Key) => async () => {
  await learn(area);
  return { meta: [{ title: `${t(key)} · ${t('site.name')}` }] };
};
