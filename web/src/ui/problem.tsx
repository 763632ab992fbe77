import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { Contact } from './contact.tsx';
import { Missing } from './missing.tsx';
import { Said } from './said.tsx';

/** What went wrong in the place of what was to be shown, and how to go on. */
export function ProblemPage({ error, again }: { error: Error; again: () => void }) {
  const problem = error instanceof Failed ? error.problem : undefined;
  if (problem?.status === 404) return <Missing />;
  return (
    <section role="alert" className="mx-auto max-w-prose py-16 text-center">
      <h1>{t('problem.title')}</h1>
      <p className="mt-3 text-muted">
        <Said of={error} />
      </p>
      {problem?.request_id && (
        <p className="mt-1 text-sm text-muted">{t('problem.request', { id: problem.request_id })}</p>
      )}
      <Contact say={t('contact.ask')} className="mt-1 justify-center" />
      <button
        type="button"
        onClick={again}
        className="mt-6 min-h-11 rounded-pill bg-brand px-5 font-semibold text-on-brand"
      >
        {t('problem.again')}
      </button>
    </section>
  );
}
