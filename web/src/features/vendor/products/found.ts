import { useMemo } from 'react';
import type { Row } from './rows.ts';

/** As it is compared: without case and accents. */
const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

const URGENCY = { out: 0, low: 1, in_stock: 2 };
const urgency = ({ stock, listing }: Row) => URGENCY[stock?.stock ?? listing.stock];

/** Rows that have all the words, wherever; on wish with what runs out first. */
export function useFound(rows: Row[] | undefined, words: string, lowFirst: boolean): Row[] | undefined {
  const texts = useMemo(
    () =>
      rows?.map(({ listing: { name, producer, category, gtin } }) =>
        plain(`${name} ${producer} ${category} ${gtin ?? ''}`),
      ),
    [rows],
  );
  return useMemo(() => {
    const wanted = plain(words).split(/\s+/).filter(Boolean);
    const found = rows?.filter((_, place) => wanted.every((word) => texts?.[place]?.includes(word)));
    return lowFirst ? found?.toSorted((a, b) => urgency(a) - urgency(b)) : found;
  }, [rows, texts, words, lowFirst]);
}
