import type { Schema } from '@tipple/api';
import { useEffect, useRef } from 'react';
import { t } from '@/lib/messages.ts';
import { ended, tell, waiting } from './queue.ts';

/** Says so when a job is gone that the driver has not ended: the next step alone would not. */
export function useLost(me: Schema<'Me'> | undefined) {
  const before = useRef<Schema<'DriverJob'>[]>([]);
  useEffect(() => {
    if (!me) return;
    const now = [me.job, me.next].filter((job) => !!job);
    for (const { job, number } of before.current) {
      const own = ended.has(job) || waiting.all().some((act) => act.job === job) || !me.on_shift_since;
      if (!own && now.every((other) => other.job !== job)) tell(t('driver.lost', { number }));
    }
    before.current = now;
  }, [me]);
}
