/** What pages are about, as schema.org says it; only who is not a browser reads it. */
import { contact } from './contact.ts';
import { t } from './messages.ts';

let house = '';

/** For where pages are written: addresses in what is said there are whole. */
export function houseAt(address: string) {
  house = address.replace(/[/]$/, '');
}

/** Several things that one page is about. */
export const about = (...things: object[]) => ({ '@context': 'https://schema.org', '@graph': things });

/** The shop, how it is searched, and who runs it. */
export function aboutHouse() {
  const { email, phone } = contact();
  const asked =
    email || phone
      ? { '@type': 'ContactPoint', contactType: 'customer service', email, telephone: phone }
      : undefined;
  return about(
    {
      '@type': 'WebSite',
      '@id': `${house}/#site`,
      name: t('site.name'),
      url: `${house}/`,
      publisher: { '@id': `${house}/#organization` },
      potentialAction: {
        '@type': 'SearchAction',
        target: { '@type': 'EntryPoint', urlTemplate: `${house}/search?q={search_term_string}` },
        'query-input': 'required name=search_term_string',
      },
    },
    {
      '@type': 'Organization',
      '@id': `${house}/#organization`,
      name: t('site.name'),
      url: `${house}/`,
      contactPoint: asked,
    },
  );
}

/** The way from the first page to this one. */
export function way(...steps: { name: string; path: string }[]) {
  const all = [{ name: t('site.name'), path: '/' }, ...steps];
  return {
    '@type': 'BreadcrumbList',
    itemListElement: all.map(({ name, path }, at) => ({
      '@type': 'ListItem',
      position: at + 1,
      name,
      item: house + path,
    })),
  };
}

/** Drinks in the order in which they stand there. */
export function listed(drinks: { product: string; name: string }[]) {
  return {
    '@type': 'ItemList',
    numberOfItems: drinks.length,
    itemListElement: drinks.map(({ product, name }, at) => ({
      '@type': 'ListItem',
      position: at + 1,
      name,
      url: `${house}/p/${product}`,
    })),
  };
}
