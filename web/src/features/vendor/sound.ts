/** The bell for new orders. Browsers are silent until somebody has tapped something. */
import { useSyncExternalStore } from 'react';

/** Two notes, in hertz, and how long each lasts, in seconds. */
const NOTES = [880, 1174.66];
const LENGTH = 0.35;

let context: AudioContext | undefined;
let on = false;
const watchers = new Set<() => void>();

/** To be called by a tap. */
export async function setSound(wanted: boolean) {
  on = wanted;
  if (wanted) {
    context ??= new AudioContext();
    await context.resume();
    ring();
  }
  for (const watcher of watchers) watcher();
}

export function ring() {
  if (!on || !context) return;
  const start = context.currentTime;
  for (const [place, note] of NOTES.entries()) {
    const from = start + place * LENGTH * 0.6;
    const tone = new OscillatorNode(context, { frequency: note });
    const loudness = new GainNode(context, { gain: 0 });
    // Swells and fades, for a tone that is cut off clicks.
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.4, from + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + LENGTH);
    tone.connect(loudness).connect(context.destination);
    tone.start(from);
    tone.stop(from + LENGTH);
  }
}

export function useSound(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => on,
  );
}
