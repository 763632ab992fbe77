import { Link } from '@tanstack/react-router';

/** The rules that were applied: `US-IA@1`, as verdicts name them. */
export function Rulebook({ name }: { name: string }) {
  const [code = '', version] = name.split('@');
  return (
    <Link
      to="/operator/compliance/$code"
      params={{ code }}
      search={{ version: Number(version) }}
      className="inline-flex min-h-11 items-center text-sm text-brand underline underline-offset-4"
    >
      <bdi>{name}</bdi>
    </Link>
  );
}
