import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Size } from './projection.ts';

/** Until it is measured, which is before it is painted. */
const USUAL: Size = { width: 640, height: 400 };

export function useSize(): [RefObject<HTMLElement | null>, Size] {
  const element = useRef<HTMLElement>(null);
  const [size, setSize] = useState(USUAL);
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = measured;
      if (width > 0 && height > 0) setSize({ width, height });
    };
    measure();
    if (!('ResizeObserver' in window)) return;
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}

/** Whether it has been in sight, or nearly. */
export function useSeen(element: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setSeen(true);
        observer.disconnect();
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return seen;
}
