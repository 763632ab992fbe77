import { t } from '@/lib/messages.ts';

interface Shown {
  nearer: () => void;
  further: () => void;
  all: () => void;
}

/** What fingers do to a map, by buttons, whoever draws it. */
export function Controls({ nearer, further, all }: Shown) {
  return (
    <div className="absolute end-2 top-2 z-10 flex gap-1 print:hidden">
      <Control label={t('map.nearer')} press={nearer} shape="M5 12h14M12 5v14" />
      <Control label={t('map.further')} press={further} shape="M5 12h14" />
      <Control label={t('map.all')} press={all} shape="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />
    </div>
  );
}

function Control({ label, press, shape }: { label: string; press: () => void; shape: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={press}
      className="flex size-11 items-center justify-center rounded-sm border border-control bg-surface text-ink"
    >
      <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5 fill-none stroke-current stroke-2">
        <path d={shape} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </button>
  );
}
