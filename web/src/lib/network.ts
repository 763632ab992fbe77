/** Asking the house over the network, as whoever is signed in. */
import type { Schema } from '@tipple/api';
import { learn } from './messages.ts';
import type { Sentence } from './said.ts';
import { renewed, token } from './session.ts';

export type Problem = Pick<
  Schema<'Problem'>,
  'status' | 'code' | 'title' | 'detail' | 'request_id' | 'field' | 'errors'
>;

/** What is said of it in the reader's words. */
export interface Words {
  whole?: string;
  /** The same, where what is wrong with each field stands at it. */
  placed?: string;
  fields: Record<string, Sentence>;
}

/** What the house said instead of an answer, or that it did not say anything. */
export class Failed extends Error {
  constructor(
    readonly problem: Problem,
    readonly words?: Words,
  ) {
    super(problem.detail || problem.title);
  }
}

/** What is not acceptable already here, in the reader's words. */
export const ours = (detail: string, field?: string) =>
  new Failed({ status: 422, code: 'ours', title: '', detail, field });

/** What is said in the first load, or not at all. */
const SAID = ['unauthenticated', 'not-found'];
/** So long a no waits for its words, in milliseconds; without them it is said as the house said it. */
const PATIENCE = 2_000;

/** A no of the house, once there are words for it here. */
export async function refusal(problem: Problem): Promise<Failed> {
  if (!SAID.includes(problem.code)) {
    const learnt = Promise.all([import('./refused.ts'), learn('refused'), learn('reasons')])
      .then(([{ inWords }]) => inWords(problem))
      .catch(() => undefined);
    const late = new Promise<undefined>((done) => setTimeout(done, PATIENCE));
    return new Failed(problem, await Promise.race([learnt, late]));
  }
  return new Failed(problem);
}

/** The same for everybody, so nobody has to be known first. */
const OPEN =
  /^\/v1\/(catalogue\/(products(\/[^/?]+)?|categories|stores(\/[^/?]+(\/listings)?)?)|insight\/top-picks)(\?|$)/;

/** Whether nobody has to be known first to read it. */
export const isOpen = (address: string, { method = 'GET' }: RequestInit) =>
  method === 'GET' && OPEN.test(address);

/** The answer's body as JSON, or `Failed`. Some see more of what is open: then it is asked for as themselves. */
export async function ask(
  address: string,
  init: RequestInit = {},
  open = isOpen(address, init),
): Promise<unknown> {
  return told(await answer(address, init, open ? undefined : await token()));
}

/**
 * What an answer says, or `Failed`. What is no word of the house was said by something between, as a network that
 * wants to be signed in to does: nobody takes that for a yes, nor for a no.
 */
export async function told(response: Response): Promise<unknown> {
  const { ok, status, statusText: title } = response;
  const body = status === 204 ? null : await response.json().catch(() => undefined);
  if (ok && body !== undefined) return body;
  if (body?.code) throw await refusal(body);
  throw status < 500 ? unheard() : new Failed({ status, code: 'unreadable', title, detail: '' });
}

const unheard = () => new Failed({ status: 0, code: 'offline', title: '', detail: '' });

/** The bare answer. A token that no longer holds is renewed once. */
export async function answer(address: string, init: RequestInit, token?: string): Promise<Response> {
  const response = await sent(address, init, token);
  if (response.status !== 401 || !token) return response;
  const next = await renewed(token);
  return next ? sent(address, init, next) : response;
}

async function sent(address: string, init: RequestInit, token?: string): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has('accept')) headers.set('accept', 'application/json');
  if (token) headers.set('authorization', `Bearer ${token}`);
  try {
    return await fetch(address, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw unheard();
  }
}
