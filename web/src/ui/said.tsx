import { type Sentence, sentence } from '@/lib/said.ts';

/** What went wrong, in the reader's words. */
export function Said({ of }: { of: Error }) {
  return <InWords of={sentence(of)} />;
}

/** A sentence; what only the house has said is marked as what it is. */
export function InWords({ of: { text, foreign } }: { of: Sentence }) {
  if (!foreign) return text;
  return (
    <span lang="en" dir="auto">
      {text}
    </span>
  );
}
