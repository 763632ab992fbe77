import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';
import { learn, t } from '@/lib/messages.ts';
import { useFollowing } from '@/lib/typed.ts';
import type { Proposing, Said } from './proposals.tsx';

const NOTHING: Said = { expanded: false };

/** Works without a script too: it is a form that leads to the search page. */
export function SearchBox() {
  const navigate = useNavigate();
  const { q: written } = useSearch({ strict: false });
  // On other pages the address may say anything.
  const q = typeof written === 'string' ? written : undefined;
  const input = useFollowing(q);
  const [Proposals, setProposals] = useState<ComponentType<Proposing>>();
  const [said, say] = useState<Said>(NOTHING);
  /** What proposes comes when somebody goes there. Without it the field finds all the same, so a failure is not told. */
  const begin = () =>
    void Promise.all([import('./proposals.tsx'), learn('proposals'), learn('kinds')]).then(
      ([found]) => setProposals(() => found.Proposals),
      () => undefined,
    );
  return (
    <search className="relative order-last w-full sm:order-none sm:w-auto sm:flex-1">
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
          ref={input}
          type="search"
          role="combobox"
          name="q"
          defaultValue={q}
          maxLength={200}
          autoComplete="off"
          aria-autocomplete="list"
          aria-expanded={said.expanded}
          aria-controls={said.list}
          aria-activedescendant={said.active}
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          onFocus={begin}
          onInput={Proposals ? undefined : begin}
          className="h-11 w-full min-w-0 rounded-s-pill border border-control bg-bg px-4"
        />
        <button type="submit" className="h-11 rounded-e-pill bg-brand px-5 font-semibold text-on-brand">
          {t('search.submit')}
        </button>
      </form>
      {Proposals && <Proposals input={input} say={say} done={() => setProposals(undefined)} />}
    </search>
  );
}
