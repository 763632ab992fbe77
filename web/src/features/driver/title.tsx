import { type ReactNode, useEffect, useRef } from 'react';

/** What to do now. Who pressed what is gone by then goes on here: it is read out, and it is in sight. */
export function Title({ children, className = '' }: { children: ReactNode; className?: string }) {
  const place = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.focus();
  }, []);
  return (
    <h1 ref={place} tabIndex={-1} className={`outline-none ${className}`}>
      {children}
    </h1>
  );
}
