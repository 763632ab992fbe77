import { t } from '@/lib/messages.ts';
import { save } from '@/lib/save.ts';
import { useSending } from '@/lib/sending.ts';
import { card, secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';
import { useMay, useStore } from '../stores.ts';
import { Import } from './import.tsx';
import { exported } from './requests.ts';

/** All prices and stock as a file, out of the house and back into it. */
export function Page(): React.ReactNode {
  const { store, name } = useStore();
  const decides = useMay()('import_listings');
  const out = useSending(async () => save(await exported(store), `${name}.csv`));
  return (
    <>
      <h1>{t('vendor.file')}</h1>
      <section className={`${card} mt-6 max-w-3xl`}>
        <h2 className="text-xl">{t('file.export')}</h2>
        <p className="my-3 text-muted">{t('file.export.text')}</p>
        <button
          type="button"
          aria-busy={out.isPending}
          onClick={() => out.mutate(undefined)}
          className={secondary}
        >
          {t('file.export.submit')}
        </button>
        {out.error && (
          <p role="alert" className="mt-2 text-danger">
            <Said of={out.error} />
          </p>
        )}
      </section>
      {decides && <Import />}
    </>
  );
}
