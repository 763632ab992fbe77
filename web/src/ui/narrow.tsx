/** A page of one column, for forms. */
export function Narrow({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="mx-auto max-w-md py-4">
      <h1 className="mb-6 text-3xl">{title}</h1>
      {children}
    </section>
  );
}
