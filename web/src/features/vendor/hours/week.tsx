import { weekday } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import type { Spans } from './page.tsx';
import { SpanFields } from './span-fields.tsx';

export function Week({ week, change }: { week: Spans[]; change: (week: Spans[]) => void }) {
  return (
    <section className={card}>
      <h2 className="text-xl">{t('hours.week')}</h2>
      <div className="divide-y divide-hairline">
        {week.map((spans, place) => (
          <SpanFields
            key={weekday(place)}
            label={weekday(place)}
            spans={spans}
            change={(next) => change(week.with(place, next))}
          />
        ))}
      </div>
    </section>
  );
}
