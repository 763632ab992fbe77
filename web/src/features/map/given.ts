import type { Place } from './projection.ts';
import type { Area, Line, Pin } from './shown.ts';

export interface MapGiven {
  /** What it is a map of. */
  label: string;
  pins?: Pin[];
  lines?: Line[];
  areas?: Area[];
  /** What is in view besides, or where there is nothing else. */
  around?: Place[];
  /** What has become of that which moves: read out, now and then. */
  news?: string;
  /** A pin was chosen, on the map or in the list. */
  choose?: (key: string) => void;
  /** A place was pressed, or taken by the keyboard. */
  pick?: (place: Place) => void;
  className?: string;
}

/** Its size is known before anything is drawn. */
export const FRAME =
  'relative aspect-4/3 max-h-104 w-full overflow-hidden rounded-md border border-hairline bg-bg';
