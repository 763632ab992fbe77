/** What a map shows. */
import { type Place, ringOf, type Zone } from './projection.ts';

export type Tone = 'brand' | 'accent' | 'info' | 'danger' | 'warn' | 'muted';

export interface Pin {
  key: string;
  kind: 'store' | 'door' | 'driver' | 'corner';
  /** As people call it; it stands beside the pin. */
  label: string;
  place: Place;
  /** What the list says of it besides. */
  note?: string;
  /** Its kind's own colour unless told. */
  tone?: Tone;
}

export interface Line {
  key: string;
  label: string;
  through: Place[];
  /** The same along streets, as Google encodes it: its terms show it on its own map alone. */
  road?: string;
  tone?: Tone;
}

export interface Area {
  key: string;
  label: string;
  zone: Zone;
  tone?: Tone;
}

export interface Shown {
  pins: Pin[];
  lines: Line[];
  areas: Area[];
}

const TONES = { store: 'brand', door: 'accent', driver: 'info', corner: 'info' } as const;

export const toneOf = (pin: Pin): Tone => pin.tone ?? TONES[pin.kind];

/** Every place that has to be seen for all of it to be seen. */
export function placesOf({ pins, lines, areas }: Shown): Place[] {
  return [
    ...pins.map(({ place }) => place),
    ...lines.flatMap(({ through }) => through),
    ...areas.flatMap(({ zone }) => ringOf(zone)),
  ];
}
