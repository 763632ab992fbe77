/** What addresses of lists say. */

export const text = (value: unknown, most: number) =>
  ['string', 'number', 'boolean'].includes(typeof value)
    ? String(value).slice(0, most) || undefined
    : undefined;

export const id = (value: unknown) =>
  typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value) ? value : undefined;

/** What is not said is not there. */
export const filled = <All extends object>(all: All): All =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as All;
