/** A page that has been asked for and is not there yet. */
import type { AnyRouter } from '@tanstack/react-router';
import { t } from './messages.ts';

/** What comes sooner says nothing, in milliseconds. */
const SOON = 150;

/** Somebody who follows a link to a slow page sees and hears that it is on its way; what they are on stays where it is. */
export function tellComing(router: AnyRouter) {
  // Outside of what is busy, or it would not be read out before that no longer is.
  const said = document.createElement('p');
  said.role = 'status';
  said.className = 'sr-only';
  document.body.append(said);
  let later: ReturnType<typeof setTimeout>;
  const tell = (coming: boolean) => {
    clearTimeout(later);
    document.getElementById('content')?.setAttribute('aria-busy', `${coming}`);
    said.textContent = coming ? t('site.waiting') : '';
  };
  router.subscribe('onBeforeLoad', () => {
    clearTimeout(later);
    later = setTimeout(tell, SOON, true);
  });
  router.subscribe('onResolved', () => tell(false));
}
