/** Pages that are fetched when somebody goes there. */
import { lazyRouteComponent, redirect } from '@tanstack/react-router';
import { type ComponentType, createElement, lazy } from 'react';
import { type Area, learn } from './messages.ts';
import { perhaps, whoever } from './session.ts';

/** A page of an area, with what the area says, and what it says of others. */
export function lazily(
  area: Area,
  // biome-ignore lint/suspicious/noExplicitAny: whatever a part of a page is given
  page: () => Promise<{ Page: ComponentType<any> }>,
  ...others: Area[]
) {
  return lazyRouteComponent(async () => {
    const [found] = await Promise.all([page(), ...[area, ...others].map(learn)]);
    return found;
  }, 'Page');
}

/** A part of a page could not be fetched: once that is forgotten, it is asked for anew. */
export class Unfetched extends Error {
  constructor(readonly forget: () => void) {
    super();
  }
}

/** A part of a page, for a boundary that waits, with what the areas say. */
export function part<Shown extends object>(
  page: () => Promise<{ Page: ComponentType<Shown> }>,
  ...areas: Area[]
): ComponentType<Shown> {
  const fetching = () => {
    const asked: ComponentType<Shown> = lazy(async () => {
      try {
        const [found] = await Promise.all([page(), ...areas.map(learn)]);
        return { default: found.Page };
      } catch {
        // What others have fetched anew meanwhile stays as it is.
        throw new Unfetched(() => {
          if (fetched === asked) fetched = fetching();
        });
      }
    });
    return asked;
  };
  let fetched = fetching();
  return (shown) => createElement(fetched, shown);
}

/** Where one has to be signed in; then the way leads back here. */
export async function signedInOnly({ location }: { location: { href: string } }) {
  // Who cannot be asked just now is not sent away for it.
  if (!(await whoever()) && !perhaps()) throw redirect({ to: '/sign-in', search: { to: location.href } });
}
