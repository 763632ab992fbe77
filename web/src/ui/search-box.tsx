import { useNavigate, useSearch } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';

/** Works without a script too: it is a form that leads to the search page. */
export function SearchBox() {
  const navigate = useNavigate();
  const { q: said } = useSearch({ strict: false });
  // On other pages the address may say anything.
  const q = typeof said === 'string' ? said : undefined;
  return (
    <search className="order-last w-full sm:order-none sm:w-auto sm:flex-1">
      <form
        action="/search"
        onSubmit={(event) => {
          event.preventDefault();
          const words = String(new FormData(event.currentTarget).get('q') ?? '').trim();
          navigate({ to: '/search', search: words ? { q: words } : {} });
        }}
        className="flex"
      >
        <input
          key={q}
          type="search"
          name="q"
          defaultValue={q}
          maxLength={200}
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          className="h-11 w-full min-w-0 rounded-s-pill border border-control bg-bg px-4"
        />
        <button type="submit" className="h-11 rounded-e-pill bg-brand px-5 font-semibold text-on-brand">
          {t('search.submit')}
        </button>
      </form>
    </search>
  );
}
