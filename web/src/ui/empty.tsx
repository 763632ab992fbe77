/** Nothing is here, and what to do next. */
export function Empty({
  heading: Heading = 'h2',
  title,
  text,
  children,
}: {
  heading?: 'h1' | 'h2' | 'h3';
  title: string;
  text: string;
  children?: React.ReactNode;
}) {
  return (
    <section className="mt-6 rounded-md border border-hairline bg-surface p-8 text-center">
      <Heading className="text-xl">{title}</Heading>
      <p className="mx-auto mt-2 mb-4 max-w-prose text-muted">{text}</p>
      {children}
    </section>
  );
}
