import { useEffect, useRef, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Finder } from './finder.tsx';

/** The way to anything by a few letters, behind a button and behind Ctrl or Cmd and K. */
export function Palette({ all }: { all: boolean }) {
  const [open, setOpen] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else if (dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className={`${secondary} px-3`}
      >
        {t('palette.open')}
        <span aria-hidden="true" className="text-sm font-normal text-muted max-lg:hidden" dir="ltr">
          {/mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}
        </span>
      </button>
      <dialog
        ref={dialog}
        aria-label={t('palette.title')}
        onClose={() => setOpen(false)}
        // What is pressed beside it is the dialog itself.
        onPointerDown={({ target }) => target === dialog.current && setOpen(false)}
        className="mx-auto mt-[10vh] w-[calc(100%-2rem)] max-w-xl rounded-md border border-hairline bg-surface p-0 text-ink"
      >
        {open && <Finder all={all} close={() => setOpen(false)} />}
      </dialog>
    </>
  );
}
