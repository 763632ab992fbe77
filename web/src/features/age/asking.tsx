import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { sayOfAge, storeOf } from '@/lib/age.ts';
import { t } from '@/lib/messages.ts';
import { primary, quiet, secondary } from '@/ui/button.ts';
import { Bar } from '@/ui/waiting.tsx';

export interface Asking {
  /** Where it is sold: its law says how old one must be. */
  store: string;
  yes: () => void;
  /** It is closed, whatever was said. */
  done: () => void;
}

/** Lowest of all: where nobody can say what the law asks for, nothing more is remembered than that somebody said yes. */
const ANY = 1;

/** Are you of age? Whoever says no is led to what has no alcohol; whoever closes it is where they were. */
export function Page({ store, yes, done }: Asking): React.ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  useEffect(() => dialog.current?.showModal(), []);
  const { data, error } = useQuery({ ...storeOf(store), retry: false });
  const age = data?.sells.minimum_age;
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      onClose={done}
      aria-labelledby="age-title"
      aria-describedby="age-text"
      className="m-auto w-[min(26rem,calc(100%-2rem))] rounded-lg border border-hairline bg-surface p-6 text-start text-ink"
    >
      {data || error ? (
        <>
          <h2 id="age-title" className="text-xl">
            {age ? t('age.title', { age }) : t('age.title.unknown')}
          </h2>
          <p id="age-text" className="mt-2 text-muted">
            {t('age.text')}
          </p>
          <div className="mt-5 flex flex-wrap gap-3">
            <button
              type="button"
              // biome-ignore lint/a11y/noAutofocus: a question is answered first
              autoFocus
              onClick={() => {
                sayOfAge(age ?? ANY);
                close();
                yes();
              }}
              className={primary}
            >
              {age ? t('age.yes', { age }) : t('age.yes.unknown')}
            </button>
            <button
              type="button"
              onClick={() => {
                close();
                void navigate({ to: '/search', search: { class: 'none' } });
              }}
              className={secondary}
            >
              {t('age.no')}
            </button>
          </div>
          <button type="button" onClick={close} className={`${quiet} mt-2`}>
            {t('age.later')}
          </button>
        </>
      ) : (
        <div aria-busy="true" className="space-y-4">
          <h2 id="age-title" className="sr-only">
            {t('site.waiting')}
          </h2>
          <Bar className="h-7 w-2/3" />
          <Bar className="h-12 w-full" />
          <Bar className="h-11 w-full" />
        </div>
      )}
    </dialog>
  );
}
