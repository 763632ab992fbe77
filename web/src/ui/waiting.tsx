import { t } from '@/lib/messages.ts';

/** As large as what comes, so that nothing moves when it is there. */
export function Bar({ className = 'h-5 w-full' }: { className?: string }) {
  return <div aria-busy="true" className={`animate-pulse rounded-sm bg-hairline ${className}`} />;
}

/** A page that is not there yet: what is below it is not seen, so that it is not seen moving. */
export function Waiting({ children }: { children?: React.ReactNode }) {
  return (
    <div className="min-h-dvh space-y-4" aria-busy="true">
      <p className="sr-only" role="status">
        {t('site.waiting')}
      </p>
      <Bar className="h-10 w-2/3 max-w-96" />
      <Bar className="h-5 w-1/2 max-w-72" />
      {children}
      <div className="grid gap-4 pt-4 md:grid-cols-2">
        <Bar className="h-40 w-full" />
        <Bar className="h-40 w-full" />
      </div>
    </div>
  );
}

/** A page that is not there yet, with nothing around it. */
export function WaitingAlone() {
  return (
    <main className="mx-auto w-full max-w-2xl px-4 py-6">
      <Waiting />
    </main>
  );
}
