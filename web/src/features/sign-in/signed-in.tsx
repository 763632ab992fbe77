import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { locales, t, word } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Narrow } from '@/ui/narrow.tsx';
import { Said } from '@/ui/said.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { enter } from './enter.ts';
import { useArrival } from './page.tsx';
import { begunAt } from './providers.tsx';
import { SecondFactor } from './second-factor.tsx';

const route = getRouteApi('/shop/signed-in');

/** Why it came to nothing, as far as that is for people. */
function because(error = ''): string {
  const told = word('because', error);
  return told === error ? t('signedIn.why') : told;
}

/** Back from a provider: what was kept here and what it brought open the session. */
export function Page(): React.ReactNode {
  const { flow = '', ticket = '', error } = route.useSearch();
  const begun = begunAt(flow);
  const arrive = useArrival(begun?.to);
  const redeemed = useQuery({
    queryKey: ['redeem', flow],
    enabled: Boolean(begun && ticket),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const input = { flow, flow_secret: begun?.secret ?? '', ticket, language: locales()[0] };
      const answer = await enter('/v1/accounts/providers/redeem', input);
      if ('second_factor' in answer) return answer.second_factor;
      await arrive(answer);
      return null;
    },
  });
  if (redeemed.data) {
    return (
      <SecondFactor challenge={redeemed.data} arrive={arrive} again={() => location.assign('/sign-in')} />
    );
  }
  if (begun && ticket && !redeemed.error) return <Waiting />;
  return (
    <Narrow title={t('signIn.title')}>
      <p role="alert" className="mb-6">
        {redeemed.error ? <Said of={redeemed.error} /> : `${t('signedIn.failed')} ${because(error)}`}
      </p>
      <Link to="/sign-in" className={secondary}>
        {t('signedIn.again')}
      </Link>
    </Narrow>
  );
}
