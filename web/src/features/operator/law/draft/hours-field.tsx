import { Exceptions } from '@/features/vendor/hours/exceptions.tsx';
import { Week } from '@/features/vendor/hours/week.tsx';
import { t } from '@/lib/messages.ts';
import { Opening } from '../opening.tsx';
import type { Hours } from './draft.ts';

interface Shown {
  label: string;
  hours: Hours;
  change: (hours: Hours) => void;
  children?: React.ReactNode;
}

/** Hours of a week in words, and to be changed below. */
export function HoursField({ label, hours, change, children }: Shown) {
  return (
    <div>
      <h3 className="text-sm font-semibold">{label}</h3>
      <Opening hours={hours} none={t('law.forbidden')} />
      <details className="mt-1">
        <summary className="min-h-11 cursor-pointer py-2.5 font-medium text-brand">
          {t('law.new.hours')} <span className="sr-only">{label}</span>
        </summary>
        {children}
        <div className="space-y-4">
          <Week week={hours.week} change={(week) => change({ ...hours, week })} />
          <Exceptions
            exceptions={hours.exceptions ?? {}}
            change={(exceptions) => change({ ...hours, exceptions })}
          />
        </div>
      </details>
    </div>
  );
}
