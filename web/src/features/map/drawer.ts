import type { Place, Size, View } from './projection.ts';
import type { Shown } from './shown.ts';

/** What those who draw a map that moves are given. */
export interface DrawerGiven {
  shown: Shown;
  size: Size;
  view: View;
  /** The reader has moved it. */
  moved: (view: View) => void;
  choose?: (key: string) => void;
  pick?: (place: Place) => void;
  /** It is there: what stood in its place may go. */
  ready: () => void;
}
