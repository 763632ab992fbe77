import type { Schema } from '@tipple/api';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { secondary } from '@/ui/button.ts';
import { Said } from '@/ui/said.tsx';

interface Begun {
  flow: string;
  secret: string;
  to?: string;
}

const BEGUN = 'sign-in-begun';

/** What this browser keeps while its visitor is at the provider. */
export function begunAt(flow: string): Begun | undefined {
  const begun: Begun | null = JSON.parse(sessionStorage.getItem(BEGUN) ?? 'null');
  return begun?.flow === flow ? begun : undefined;
}

/** Signing in at others, where the operator has set that up. */
export function Providers({ listed, to }: { listed: Schema<'ListedProvider'>[]; to?: string }) {
  const begin = useSending(
    (provider: string) =>
      send('post', '/v1/accounts/providers/{provider}/begin', { path: { provider }, body: {} }),
    ({ url, flow, flow_secret: secret }) => {
      sessionStorage.setItem(BEGUN, JSON.stringify({ flow, secret, to } satisfies Begun));
      location.assign(url);
    },
  );
  if (listed.length === 0) return null;
  return (
    <section className="mt-6 space-y-2">
      <h2 className="text-sm font-medium text-muted">{t('signIn.others')}</h2>
      {listed.map(({ provider, display_name }) => (
        <button key={provider} type="button" onClick={() => begin.mutate(provider)} className={secondary}>
          {t('signIn.at', { provider: display_name })}
        </button>
      ))}
      {begin.error && (
        <p role="alert">
          <Said of={begin.error} />
        </p>
      )}
    </section>
  );
}
