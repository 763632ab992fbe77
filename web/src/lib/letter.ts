/** What a letter's link brings after its `#`, where no server learns it: kept in this tab until it has been used. */
import { redirect } from '@tanstack/react-router';

export interface Letter {
  flow: string;
  code: string;
}

/** The pages that letters lead to. */
export type LetterPage = '/sign-up' | '/reset-password' | '/confirm-email' | '/confirm-phone' | '/invitation';

const NAME = 'letter:';

/** Before such a page is shown: what the link brought is taken out of the address, for others to see nothing. */
export function opened({ location }: { location: { pathname: string; hash: string; search: object } }) {
  const said = new URLSearchParams(location.hash);
  const [flow, code] = [said.get('flow'), said.get('code')];
  if (flow === null || code === null) return;
  const letter: Letter = { flow: flow.slice(0, 40), code: code.slice(0, 20) };
  sessionStorage.setItem(NAME + location.pathname, JSON.stringify(letter));
  throw redirect({ to: location.pathname as '/', search: location.search, replace: true });
}

/** What the newest letter brought that led to this page. */
export function kept(page: LetterPage): Letter | undefined {
  return JSON.parse(sessionStorage.getItem(NAME + page) ?? 'null') ?? undefined;
}

export function forget(page: LetterPage) {
  sessionStorage.removeItem(NAME + page);
}
