/** The bell for new orders. That it shall ring is kept on the device; browsers are silent until somebody has tapped something. */
import { useSyncExternalStore } from 'react';

/** Two notes, in hertz, and how long each lasts, in seconds. */
const NOTES = [880, 1174.66];
const LENGTH = 0.35;
/** A browser that lets it ring without a tap does so within that time, in milliseconds. */
const SOON = 1_000;
const KEPT = 'vendor-sound';

/** Whether it rings; refused is what shall ring, and does not before somebody taps. */
export type Sound = 'on' | 'off' | 'refused';

let context: AudioContext | undefined;
/** Until it is known, too: what has come meanwhile rings then. */
let refused = true;
let rung = Number.NEGATIVE_INFINITY;
const watchers = new Set<() => void>();

const tell = () => {
  for (const watcher of watchers) watcher();
};
const wanted = () => localStorage.getItem(KEPT) === 'on';

/** Makes it ready, where that needs no tap or is one; whether it is refused is known after a while. */
async function start() {
  if (!context) {
    context = new AudioContext();
    context.addEventListener('statechange', settle);
  }
  const late = new Promise((then) => setTimeout(then, SOON));
  // Without a tap some never answer.
  await Promise.race([context.resume().catch(() => {}), late]);
  settle();
}

function settle() {
  refused = context?.state !== 'running';
  tell();
}

/** Any tap will do. */
function tapped() {
  if (wanted() && context?.state !== 'running') void start();
}

/** To be called by a tap. */
export async function setSound(on: boolean) {
  if (!on) localStorage.removeItem(KEPT);
  else {
    localStorage.setItem(KEPT, 'on');
    await start();
    ring();
  }
  tell();
}

export function ring() {
  if (!wanted() || context?.state !== 'running') return;
  const start = context.currentTime;
  // Two that ask for it at once get one.
  if (start - rung < 1) return;
  rung = start;
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

const sound = (): Sound => (!wanted() ? 'off' : refused ? 'refused' : 'on');

function watch(watcher: () => void) {
  if (watchers.size === 0) {
    for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, tapped, true);
    // In another window of the portal.
    addEventListener('storage', tell);
    if (wanted()) void start();
  }
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    for (const kind of ['pointerdown', 'keydown']) removeEventListener(kind, tapped, true);
    removeEventListener('storage', tell);
  };
}

export const useSound = () => useSyncExternalStore(watch, sound);
