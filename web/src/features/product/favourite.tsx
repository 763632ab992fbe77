import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { whole } from '@/lib/whole.ts';
import { secondary } from '@/ui/button.ts';

/** All of them: whether one is marked may stand on any page. */
export const favourites = whole('/v1/accounts/me/favourites', { query: {} });

/** Marks a drink, or takes the mark away; for who is signed in. */
export function FavouriteButton({ product, begun }: { product: string; begun: boolean }) {
  // Whether it is marked already can wait until somebody looks around: the first view asks for little.
  const { data } = useQuery({ ...favourites, enabled: begun });
  const known = data?.some((one) => one.product === product);
  // As it was pressed, while the house hears of it.
  const [pressed, setPressed] = useState<boolean>();
  // Not known yet is neither: nothing is drawn, and a press marks it.
  const marked = pressed ?? known;
  const mark = useSending((wanted: boolean) =>
    send(wanted ? 'put' : 'delete', '/v1/accounts/me/favourites/{product}', { path: { product } } as never),
  );
  return (
    <button
      type="button"
      aria-pressed={marked}
      onClick={() => {
        setPressed(!marked);
        mark.mutate(!marked, { onError: () => setPressed(undefined) });
      }}
      className={`${secondary} mt-4`}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4 stroke-brand stroke-2">
        <path
          className={marked ? 'fill-brand' : marked === false ? 'fill-none' : 'invisible'}
          d="M8 14 2.500 8.500a3.500 3.500 0 0 1 5.500-4.300 3.500 3.500 0 0 1 5.500 4.300z"
        />
      </svg>
      {t('product.favourite')}
    </button>
  );
}
