import { useId, useState } from 'react';
import { t } from '@/lib/messages.ts';
import { Fails } from '@/ui/fails.tsx';
import { Controls } from './controls.tsx';
import { byGoogle, useDrawer } from './fetched.ts';
import { FRAME, type MapGiven } from './given.ts';
import { onKey } from './keys.ts';
import { Listed } from './listed.tsx';
import { Poster } from './poster.tsx';
import { fitting, type Place, type View, zoomed } from './projection.ts';
import { Scale } from './scale.tsx';
import { useSeen, useSize } from './seen.ts';
import { useSeldom } from './seldom.ts';
import { placesOf } from './shown.ts';

const MINUTE = 60_000;

/** Draws what it is given at once; what moves smoothly takes the place of that when it is there. */
export function MapView({ label, news, choose, pick: picked, className, ...given }: MapGiven) {
  const [frame, size] = useSize();
  const seen = useSeen(frame);
  const keys = useId();
  const { pins = [], lines = [], areas = [], around = [] } = given;
  const shown = { pins, lines, areas };
  // The reader's own view, until they want to see all of it again.
  const [held, hold] = useState<View>();
  const [ready, setReady] = useState(false);
  const [taken, setTaken] = useState(false);
  const Drawer = useDrawer(seen, taken);
  const fitted = fitting([...placesOf(shown), ...around], size);
  // Not all of Google's maps stand between two zooms.
  const view = held ?? (Drawer && byGoogle() ? { ...fitted, zoom: Math.floor(fitted.zoom) } : fitted);
  // What was pressed stays where the finger is.
  const pick =
    picked &&
    ((place: Place) => {
      hold(view);
      picked(place);
    });
  const drawn = { shown, size, view, choose, pick };
  return (
    <figure className="m-0">
      <section
        ref={frame}
        aria-label={label}
        aria-describedby={keys}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a map is moved by keys
        tabIndex={0}
        onPointerEnter={() => setTaken(true)}
        onKeyDown={onKey({ view, move: hold, pick })}
        className={`group ${FRAME} ${className ?? ''}`}
      >
        <p id={keys} className="sr-only">
          {t(pick ? 'map.keys.pick' : 'map.keys')}
        </p>
        {!ready && <Poster {...drawn} />}
        {Drawer && (
          <Fails instead={ready && <Poster {...drawn} />}>
            <div className={`absolute inset-0 ${ready ? '' : 'invisible'}`} dir="ltr">
              <Drawer {...drawn} moved={hold} ready={() => setReady(true)} />
            </div>
          </Fails>
        )}
        <Scale view={view} />
        {pick && <Cross />}
        <Controls
          nearer={() => hold(zoomed(view, 1))}
          further={() => hold(zoomed(view, -1))}
          all={() => hold(undefined)}
        />
      </section>
      <figcaption>
        <Listed shown={shown} choose={choose} />
        <News text={news ?? ''} />
      </figcaption>
    </figure>
  );
}

/** Where Enter puts it, while the keyboard is here. */
function Cross() {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className="pointer-events-none absolute inset-0 z-10 m-auto hidden size-8 stroke-ink stroke-2 group-focus-visible:block"
    >
      <path d="M12 2v8M12 14v8M2 12h8M14 12h8" />
    </svg>
  );
}

function News({ text }: { text: string }) {
  return (
    <p role="status" className="sr-only">
      {useSeldom(text, MINUTE)}
    </p>
  );
}
