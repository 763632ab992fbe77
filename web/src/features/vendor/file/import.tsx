import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { useSending } from '@/lib/sending.ts';
import { card, primary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { useStore } from '../stores.ts';
import { Report } from './report.tsx';
import { imported } from './requests.ts';

/** A file is looked at first; it changes something when one has seen what. */
export function Import() {
  const { store } = useStore();
  const [file, setFile] = useState<File>();
  const tried = useSending((chosen: File) => imported(store, chosen, true));
  const taken = useSending((chosen: File) => imported(store, chosen, false));
  const report = taken.data ?? tried.data;
  const changes = tried.data ? tried.data.new + tried.data.changed : 0;
  const failed = taken.error ?? tried.error;
  return (
    <section className={`${card} mt-6 max-w-3xl`}>
      <h2 className="text-xl">{t('file.import')}</h2>
      <p className="my-3 text-muted">{t('file.import.text')}</p>
      <label className="block font-medium">
        <span className="mb-1 block text-sm">{t('file.choose')}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          onChange={({ target }) => {
            const chosen = target.files?.[0];
            setFile(chosen);
            tried.reset();
            taken.reset();
            if (chosen) tried.mutate(chosen);
            // The same file again, once it was mended, is another.
            target.value = '';
          }}
          className="block w-full text-sm file:me-3 file:min-h-11 file:rounded-pill file:border file:border-control file:bg-surface file:px-5 file:font-semibold file:text-ink"
        />
      </label>
      <p className="mt-2 text-sm text-muted [overflow-wrap:anywhere] empty:hidden">{file?.name}</p>
      {failed && (
        <p role="alert" className="mt-3 rounded-sm bg-accent-soft p-3 text-danger">
          <Said of={failed} />
        </p>
      )}
      {tried.isPending && <Bar className="mt-4 h-40 w-full" />}
      {report && <Report report={report} file={file?.name ?? ''} />}
      {file && report?.dry_run && changes > 0 && (
        <button
          type="button"
          aria-busy={taken.isPending}
          disabled={taken.isPending}
          onClick={() => taken.mutate(file)}
          className={`${primary} mt-4`}
        >
          {t('file.import.submit', { n: changes })}
        </button>
      )}
    </section>
  );
}
