/** Pages that are fetched when somebody goes there. */
import { lazyRouteComponent, redirect } from '@tanstack/react-router';
import { type ComponentType, lazy } from 'react';
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

/** A part of a page, for a boundary that waits, with what the areas say. */
export function part<Shown>(page: () => Promise<{ Page: ComponentType<Shown> }>, ...areas: Area[]) {
  return lazy(async () => {
    const [found] = await Promise.all([page(), ...areas.map(learn)]);
    return { default: found.Page };
  });
}

/** Where one has to be signed in; then the way leads back here. */
export async function signedInOnly({ location }: { location: { href: string } }) {
  // Who cannot be asked just now is not sent away for it.
  if (!(await whoever()) && !perhaps()) throw redirect({ to: '/sign-in', search: { to: location.href } });
}
