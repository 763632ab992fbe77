/** What happens, as it happens: server-sent events, read with the visitor's own token. */
import { useEffect } from 'react';
import { answer } from './network.ts';
import { token } from './session.ts';

/**
 * So long after a stream has ended it is opened again, more or less, in milliseconds: twice as long each time, whoever
 * ended it, until one has lasted.
 */
const SOON = 1_000;
const LATE = 60_000;
/** What was open for so long did not fail. */
const LASTED = 30_000;

/** Calls `heard` for each event at `address` while the page is open. */
export function useLive(address: string, wanted: boolean, heard: () => void) {
  useEffect(() => {
    if (!wanted) return;
    const leaving = new AbortController();
    follow(address, heard, leaving.signal).catch(() => undefined);
    return () => leaving.abort();
    // What is heard is looked up when it is called.
  }, [address, wanted, heard]);
}

async function follow(address: string, heard: () => void, signal: AbortSignal): Promise<void> {
  let last: string | undefined;
  let wait = SOON;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      const headers = { accept: 'text/event-stream', ...(last && { 'last-event-id': last }) };
      const response = await answer(address, { headers, signal }, await token());
      if (response.status === 403 || response.status === 404) return;
      if (!response.ok || !response.body) throw new Error(response.statusText);
      for await (const id of events(response.body)) {
        last = id ?? last;
        heard();
      }
    } catch {
      // It is opened again, whatever it was.
    }
    if (signal.aborted) return;
    if (Date.now() - began >= LASTED) wait = SOON;
    // Not all pages at once that have lost the same house.
    await pause(wait * (0.5 + Math.random()), signal);
    wait = Math.min(wait * 2, LATE);
  }
}

/** As long as that, unless somebody looks again or the network comes back. */
function pause(time: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  return new Promise<void>((then) => {
    const listening = { signal: over.signal };
    const waited = setTimeout(then, time);
    over.signal.addEventListener('abort', () => clearTimeout(waited));
    signal.addEventListener('abort', () => then(), listening);
    window.addEventListener('online', () => then(), listening);
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && then(),
      listening,
    );
  }).finally(() => over.abort());
}

/** The ids of events, which are all that is needed: what they changed is read anew. */
async function* events(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string | undefined> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (/^data:/m.test(block)) yield /^id: ?(.*)$/m.exec(block)?.[1];
    }
  }
}
