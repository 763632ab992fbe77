/** Nothing is here, and what to do next. */
export function Empty({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children?: React.ReactNode;
}) {
  return (
    <section className="mt-6 rounded-md border border-hairline bg-surface p-8 text-center">
      <h2 className="text-xl">{title}</h2>
      <p className="mx-auto mt-2 mb-4 max-w-prose text-muted">{text}</p>
      {children}
    </section>
  );
}
