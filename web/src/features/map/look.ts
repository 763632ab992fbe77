/** How things on a map look, by their tone: in classes for what the page draws, in colours for what others draw. */
import { useEffect, useState } from 'react';
import type { Tone } from './shown.ts';

export const background: Record<Tone, string> = {
  brand: 'bg-brand',
  accent: 'bg-accent',
  info: 'bg-info',
  danger: 'bg-danger',
  warn: 'bg-warn',
  muted: 'bg-muted',
};
export const stroke: Record<Tone, string> = {
  brand: 'stroke-brand',
  accent: 'stroke-accent',
  info: 'stroke-info',
  danger: 'stroke-danger',
  warn: 'stroke-warn',
  muted: 'stroke-muted',
};
export const fill: Record<Tone, string> = {
  brand: 'fill-brand/15',
  accent: 'fill-accent/15',
  info: 'fill-info/15',
  danger: 'fill-danger/15',
  warn: 'fill-warn/15',
  muted: 'fill-muted/15',
};

const NAMES = ['brand', 'accent', 'info', 'danger', 'warn', 'muted', 'hairline', 'bg', 'surface'] as const;
export type Colours = Record<(typeof NAMES)[number], string> & { dark: boolean };

/** The page's colours as they are now, for those who know nothing of its styles. */
function colours(): Colours {
  const probe = document.createElement('span');
  document.body.append(probe);
  const of = (name: string) => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(NAMES.map((name) => [name, of(name)])) as Record<string, string>;
  probe.style.color = 'light-dark(white, black)';
  const dark = getComputedStyle(probe).color === 'rgb(0, 0, 0)';
  probe.remove();
  return { ...(found as Omit<Colours, 'dark'>), dark };
}

/** The same, whenever the reader goes from light to dark. */
export function useColours(): Colours {
  const [now, setNow] = useState(colours);
  useEffect(() => {
    const look = () => setNow(colours());
    const system = matchMedia('(prefers-color-scheme: dark)');
    const chosen = new MutationObserver(look);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    system.addEventListener('change', look);
    return () => {
      chosen.disconnect();
      system.removeEventListener('change', look);
    };
  }, []);
  return now;
}
