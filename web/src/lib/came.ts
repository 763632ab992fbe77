/** How the visitor came to a page, as the browser's history keeps it beside the address. */
import type { Schema } from '@tipple/api';

export interface Came {
  from?: Schema<'Source'>;
  /** Whose list it was. */
  store?: string;
}

declare module '@tanstack/react-router' {
  interface HistoryState extends Came {}
}
