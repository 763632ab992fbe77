/** A form over what may be read anew while somebody types: what was typed stays, and what others did meanwhile is said. */
import { useQueryClient } from '@tanstack/react-query';
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import { keyOf, useHeld } from '@/lib/held.ts';
import { part } from '@/lib/lazily.ts';
import type { Failed } from '@/lib/network.ts';
import { Later } from './later.tsx';
import { Page } from './meanwhile.tsx';
import { Bar } from './waiting.tsx';

const Meanwhile = part(async () => ({ Page }), 'refused');

/** What a form is told, and what it tells. */
export interface Hands<Read> {
  /** What its change goes over: where there is something else by now, the house refuses it. */
  over: Read;
  /** Something is otherwise than it was read. What is typed or chosen is seen here; what a button does is to be told. */
  touch: () => void;
  /** What was typed is kept. */
  done: () => void;
}

interface Shown<Read> {
  read: Read;
  /** What of it the form decides: another version with the same in it is nothing new. */
  decided: (read: Read) => unknown;
  /** What is said once it is kept. */
  saved?: string;
  children: (held: Read, hands: Hands<Read>) => ReactNode;
}

export function Held<Read>({ read, decided, saved, children }: Shown<Read>) {
  const [typed, setTyped] = useState(false);
  const [kept, setKept] = useState(false);
  /** What was there when it was kept: until something else is read, the form is left as it is. */
  const [past, setPast] = useState<Read>();
  /** What others have made of it, where one keeps to one's own all the same. */
  const [known, know] = useState<Read>();
  const [seen, see] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const held = useHeld(read, typed || read === past);
  const key = (of: Read) => keyOf(decided(of));
  const over = known ?? held;
  const others = typed && key(over) !== key(read);
  useOvertaken();
  const type = () => {
    setTyped(true);
    setKept(false);
  };
  const rest = () => {
    setTyped(false);
    know(undefined);
    see(false);
  };
  const done = () => {
    rest();
    setKept(true);
    setPast(read);
  };
  /** The sentence goes with its buttons: whoever pressed one goes on from where it was. */
  const then = (deed: () => void) => () => {
    place.current?.focus();
    deed();
  };
  return (
    <>
      {saved !== undefined && (
        <p role="status" className="mt-2 font-medium text-success">
          {kept && saved}
        </p>
      )}
      <div ref={place} role="status" tabIndex={-1} className="outline-none">
        {others && (
          <Later room={<Bar className="my-3 h-16 w-full" />}>
            <Meanwhile
              seen={seen}
              see={() => see(true)}
              keep={then(() => {
                know(read);
                see(false);
              })}
              take={then(rest)}
            />
          </Later>
        )}
      </div>
      <div hidden={others && seen} onChange={type}>
        <Fragment key={key(held)}>
          {children(held, { over: others ? over : read, touch: type, done })}
        </Fragment>
      </div>
      {others && seen && (
        <fieldset disabled className="min-w-0">
          <Fragment key={key(read)}>{children(read, { over: read, touch() {}, done() {} })}</Fragment>
        </fieldset>
      )}
    </>
  );
}

/** Of whoever was faster. */
const OVERTAKEN = ['stale-version', 'version-not-newer'];

/** Where a change is refused since somebody else was faster, what there is by now is read. */
function useOvertaken() {
  const readings = useQueryClient();
  useEffect(
    () =>
      readings.getMutationCache().subscribe(({ type, mutation }) => {
        const failed = mutation?.state.error as Failed | null | undefined;
        if (type === 'updated' && OVERTAKEN.includes(failed?.problem?.code ?? ''))
          void readings.invalidateQueries();
      }),
    [readings],
  );
}
