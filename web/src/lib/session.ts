/** Who is signed in: an access token in memory, and in a cookie that no script reads what renews it. */
import type { Schema } from '@tipple/api';
import { useSyncExternalStore } from 'react';

type SignedIn = Schema<'SignedIn'>;

export interface Session extends Pick<SignedIn, 'person' | 'roles' | 'session' | 'must_enrol'> {
  token: string;
  /** By this machine's clock, in milliseconds. */
  until: number;
}

/** Whether it is worth asking who is signed in. */
const WORTH = 'signed-in';
/** What is kept in this browser under names that begin so goes with the session. */
export const OWN = 'own:';
/** So long before its end a token is renewed, in milliseconds. */
const EARLY = 30_000;

let session: Session | null = null;
/** How far the house's clock is before this machine's, as the newest token tells it, in milliseconds. */
let ahead = 0;
let renewing: Promise<Session | null> | undefined;
const watchers = new Set<() => void>();
const tabs = import.meta.env.SSR ? undefined : new BroadcastChannel('session');
tabs?.addEventListener('message', ({ data }) => {
  if (data !== 'over') return;
  become(null);
  told.over?.();
});

/** What follows where another tab ended the session, and where somebody else is signed in than before. */
export const told: { over?: () => void; other?: () => void } = {};
let last: string | undefined;

function become(next: Session | null) {
  session = next;
  if (next) localStorage.setItem(WORTH, '1');
  else forget();
  for (const watcher of watchers) watcher();
}

function forget() {
  localStorage.removeItem(WORTH);
  for (const key of Object.keys(localStorage)) if (key.startsWith(OWN)) localStorage.removeItem(key);
}

/** Takes what signing in gave. */
export function signedIn({ access_token, person, roles, session: id, must_enrol }: SignedIn): Session {
  const next = { token: access_token, person, roles, session: id, must_enrol, until: until(access_token) };
  become(next);
  if (last && last !== person) told.other?.();
  last = person;
  return next;
}

/** This machine's clock may be wrong: how long a token lives counts, from now. */
function until(token: string): number {
  const claims = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
  const { iat, exp } = JSON.parse(atob(claims));
  ahead = iat * 1000 - Date.now();
  return Date.now() + (exp - iat) * 1000;
}

/** A time of this machine's clock by the clock of the house, to a second or so, in milliseconds. */
export function byTheHouse(time = Date.now()): number {
  return time + ahead;
}

/** Who is signed in, once that is known. */
export async function whoever(): Promise<Session | null> {
  if (session && session.until - EARLY > Date.now()) return session;
  if (!session && !localStorage.getItem(WORTH)) return null;
  renewing ??= renew().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

export async function token(): Promise<string | undefined> {
  return (await whoever())?.token;
}

/** Another token than this one, which was refused. */
export async function renewed(refused: string): Promise<string | undefined> {
  if (session?.token === refused) session = null;
  return token();
}

/** The same, asked of the house anew: roles may have come, or the session gone. */
export async function anew(): Promise<Session | null> {
  session = null;
  return whoever();
}

async function renew(): Promise<Session | null> {
  const response = await fetch('/v1/accounts/sessions/refresh', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session': 'cookie' },
    body: '{}',
  }).catch(() => null);
  const told = response?.ok && (await response.json().catch(() => null));
  if (told) return signedIn(told);
  // Only a clear no ends it: without a network one is still oneself.
  if (response?.status === 401) become(null);
  return null;
}

/** It has ended: nobody is signed in here any more, nor in the other tabs. */
export function over() {
  become(null);
  tabs?.postMessage('over');
}

/** Whether somebody is signed in, as far as is known without asking. */
export function perhaps(): boolean {
  return session !== null || localStorage.getItem(WORTH) !== null;
}

/** The same, for as long as it is shown. */
export function useSignedIn(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    perhaps,
    () => false,
  );
}
