import { useEffect, useRef, useState } from 'react';

/** What is said at most once in `pause` milliseconds: the newest, not all that was between. */
export function useSeldom(text: string, pause: number): string {
  const [said, setSaid] = useState(text);
  const last = useRef(Date.now());
  useEffect(() => {
    if (text === said) return;
    const say = () => {
      last.current = Date.now();
      setSaid(text);
    };
    const wait = last.current + pause - Date.now();
    if (wait <= 0) {
      say();
      return;
    }
    const timer = setTimeout(say, wait);
    return () => clearTimeout(timer);
  }, [text, said, pause]);
  return said;
}
