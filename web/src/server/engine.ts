/** What the engine in the binary lacks of what libraries take for granted. */
import 'core-js/actual/url';
import 'core-js/actual/url-search-params';
import 'core-js/actual/queue-microtask';
import 'abortcontroller-polyfill/dist/abortcontroller-polyfill-only.js';

const engine = globalThis as unknown as Record<string, unknown>;

// A page is written at once: what is put off goes after what is under way, and what waits for a time never comes.
engine.setTimeout ??= (then: () => void, wait = 0) => {
  if (wait === 0) queueMicrotask(then);
  return 0;
};
engine.clearTimeout ??= () => {};
engine.console ??= { log() {}, info() {}, warn() {}, error() {}, debug() {} };
// Nothing is one, but it is asked of what pages give whether it is.
engine.Response ??= class {};
