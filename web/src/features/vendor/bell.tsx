import { useRouter } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useEffect, useRef } from 'react';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { isNew, useQueue } from './queue.ts';
import { ring, type Sound, setSound, useSound } from './sound.ts';
import { useStore } from './stores.ts';

/** So long after it has rung it rings again while somebody waits, in milliseconds. */
const AGAIN = 20_000;

/** Says on every page of the portal that there are new orders: to the ear, in the title, to who listens to the page. */
export function Bell() {
  const { store } = useStore();
  const { data } = useQueue(store);
  const sound = useSound();
  const waiting = data?.items.filter(isNew) ?? [];
  useRinging(waiting, sound);
  useBadge(waiting.length);
  return (
    <>
      <button
        type="button"
        aria-pressed={sound === 'on'}
        onClick={() => void setSound(sound !== 'on')}
        className={`${secondary} px-3 ${sound === 'refused' ? 'border-warn text-warn' : ''}`}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5 fill-none stroke-current stroke-2">
          <path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 22h4" strokeLinecap="round" strokeLinejoin="round" />
          {sound !== 'on' && <path d="M3 3l18 18" strokeLinecap="round" />}
        </svg>
        <span className={sound === 'refused' ? '' : 'max-sm:sr-only'}>{t(`bell.${sound}`)}</span>
      </button>
      <p role="status" className="sr-only">
        {waiting.length > 0 && t('bell.waiting', { n: waiting.length })}
      </p>
    </>
  );
}

function useRinging(waiting: Schema<'OrderSummary'>[], sound: Sound) {
  const heard = useRef(new Set<string>());
  useEffect(() => {
    // What comes while it is silent rings as soon as it is not.
    if (sound !== 'on') return;
    if (waiting.some(({ order }) => !heard.current.has(order))) ring();
    heard.current = new Set(waiting.map(({ order }) => order));
  }, [waiting, sound]);
  const some = waiting.length > 0;
  useEffect(() => {
    if (!some) return;
    const ringing = setInterval(ring, AGAIN);
    return () => clearInterval(ringing);
  }, [some]);
}

/** How many wait, before what the page is called. */
function useBadge(count: number) {
  const router = useRouter();
  useEffect(() => {
    const show = () => {
      const bare = document.title.replace(/^\(\d+\) /, '');
      document.title = count > 0 ? `(${count}) ${bare}` : bare;
    };
    show();
    return router.subscribe('onResolved', show);
  }, [count, router]);
}
