/** The code that the binary runs, in an engine that has nothing but the language. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';

type Read = Record<
  string,
  | { answer: unknown }
  | { late: true }
  | { problem: { status: number; code: string; title: string; detail: string } }
>;

interface Written {
  status: number;
  title: string;
  listed: boolean;
  late: boolean;
  body: string;
  about: string;
  given: string;
}

const code = readFileSync(join(import.meta.dirname, '../dist/server/server.js'), 'utf8');
const engine = vm.createContext({});
vm.runInContext(`${code};globalThis.site = site`, engine);

async function page(url: string, answer: (address: string) => Read[string], language = 'en', help = {}) {
  const read: Read = {};
  for (let round = 0; round < 3; round++) {
    engine.asked = JSON.stringify({
      url,
      language,
      locale: language,
      read,
      help,
      house: 'https://shop.example',
    });
    const written = JSON.parse(
      await vm.runInContext('site.page(JSON.parse(asked)).then(JSON.stringify)', engine),
    );
    if (!written.wanted) return written as Written;
    for (const address of written.wanted) read[address] = answer(address);
  }
  throw new Error('it never has enough');
}

const drink = (name: string) => ({
  product: '01a21c5a-2673-7207-a3ac-bcd75d15f9dc',
  name,
  producer: 'A producer',
  category: 'wine/red',
  class: 'wine',
  abv_bp: 1410,
  volume_ml: 750,
  pack: 1,
  container: 'bottle',
  vintage: 2022,
  country: 'US',
  region: 'California',
  description: 'A description.',
  alcohol_units_hundredths: 1058,
  offers: { items: [] },
});
const closed = (until?: string) => ({
  now: false,
  reasons: [{ code: 'closed', detail: 'The store is closed.', classes: [], until }],
  from: until,
});
/** A drink, and nothing else of its kind. */
const only = (name: string) => (address: string) =>
  address.includes('category=') ? nothing() : { answer: drink(name) };
const nothing = () => ({ answer: { items: [], facets: null } });

describe('a page', () => {
  test('has its content, its title and what it was made of', async () => {
    const written = await page(`/p/${drink('').product}`, only('Cali Red'));
    expect(written.status).toBe(200);
    expect(written.title).toBe('Cali Red · Tipple');
    expect(written.body).toContain('<h1 class="mt-1"><bdi>Cali Red</bdi></h1>');
    expect(written.body).toContain('14.1%');
    expect(Object.keys(JSON.parse(written.given))).toHaveLength(2);
    expect(written.body).not.toContain('<script');
  });

  test.each([
    ['/search?q=rye&utm_source=mail', '“rye” · Tipple'],
    ['/search?q=rye&price=x&sort=none', '“rye” · Tipple'],
    ['/search?q=', 'Search · Tipple'],
    ['/c/wine?fbclid=1', 'Wine · Tipple'],
    ['/?utm_source=mail&utm_campaign=a', 'Drinks from stores near you · Tipple'],
  ])('is written whatever else stands in its address: %s', async (url, title) => {
    const written = await page(url, nothing);
    expect([written.status, written.title]).toEqual([200, title]);
    expect(written.body).toContain('<h1');
  });

  /** What it is about, by kind. */
  const things = ({ about }: Written) => {
    const said = JSON.parse(about);
    expect(said['@context']).toBe('https://schema.org');
    expect(about).not.toContain('<');
    return Object.fromEntries(said['@graph'].map((one: Record<string, unknown>) => [one['@type'], one]));
  };
  const steps = (list: {
    itemListElement: { position: number; name: string; item?: string; url?: string }[];
  }) => list.itemListElement.map(({ position, name, item, url }) => [position, name, item ?? url]);
  const HOUSE = 'https://shop.example';
  const ID = drink('').product;

  test('says of the first page how the shop is searched and who runs it', async () => {
    const help = { email: 'help@shop.example' };
    const { WebSite, Organization } = things(await page('/', nothing, 'en', help));
    expect(WebSite).toMatchObject({ name: 'Tipple', url: `${HOUSE}/` });
    expect(WebSite.potentialAction.target.urlTemplate).toBe(`${HOUSE}/search?q={search_term_string}`);
    expect(Organization).toMatchObject({ name: 'Tipple', contactPoint: { email: 'help@shop.example' } });
    expect(WebSite.publisher['@id']).toBe(Organization['@id']);
    const nobody = things(await page('/', nothing));
    expect(nobody.Organization.contactPoint).toBeUndefined();
  });

  test('says of a category and of a search the way there and what stands in it', async () => {
    const name = '</script><b>Cali Red</b>';
    const some = () => ({ answer: { items: [drink(name)], facets: null } });
    const category = things(await page('/c/wine/red', some));
    expect(steps(category.BreadcrumbList)).toEqual([
      [1, 'Tipple', `${HOUSE}/`],
      [2, 'Wine', `${HOUSE}/c/wine`],
      [3, 'Red wine', `${HOUSE}/c/wine/red`],
    ]);
    expect(category.ItemList.numberOfItems).toBe(1);
    expect(steps(category.ItemList)).toEqual([[1, name, `${HOUSE}/p/${ID}`]]);
    const search = things(await page('/search?q=%3C%2Fscript%3E', some));
    expect(steps(search.BreadcrumbList)[1]).toEqual([
      2,
      expect.stringContaining('</script>'),
      `${HOUSE}/search?q=%3C%2Fscript%3E`,
    ]);
    expect(steps(search.ItemList)).toEqual([[1, name, `${HOUSE}/p/${ID}`]]);
    const strange = things(await page('/c/%3C%2Fscript%3E', nothing));
    expect(strange.ItemList.itemListElement).toEqual([]);
  });

  test('says of a drink what it is and the way there', async () => {
    const name = '</script><b>Cali Red</b>';
    const { Product, BreadcrumbList } = things(await page(`/p/${ID}`, only(name)));
    expect(Product).toMatchObject({ name, brand: { name: 'A producer' }, description: 'A description.' });
    expect(steps(BreadcrumbList)).toEqual([
      [1, 'Tipple', `${HOUSE}/`],
      [2, 'Wine', `${HOUSE}/c/wine`],
      [3, 'Red wine', `${HOUSE}/c/wine/red`],
      [4, name, `${HOUSE}/p/${ID}`],
    ]);
  });

  test.each([
    ['/', 'Drinks from stores near you · Tipple'],
    ['/c/wine/red', 'Red wine · Tipple'],
    ['/search?q=port', '“port” · Tipple'],
    ['/stores', 'Stores · Tipple'],
    [`/p/${drink('').product}`, 'Tipple'],
  ])('%s keeps the place of what comes too late', async (url, title) => {
    const written = await page(url, () => ({ late: true }));
    expect(written).toMatchObject({ status: 200, title, late: true, listed: false, given: '' });
    expect(written.body).toContain('aria-busy="true"');
    expect(written.body).toContain('<header');
    const next = await page(url, (address) =>
      address.includes('/products/') ? only('Cali Red')(address) : nothing(),
    );
    expect(next.late).toBe(false);
    expect(next.body).not.toContain('aria-busy="true"');
  });

  test('is written from right to left where people read so', async () => {
    const written = await page('/stores', nothing, 'he');
    expect(written.title).toBe('חנויות · Tipple');
    expect(written.body).toContain('עדיין אין חנויות פתוחות');
  });

  test('keeps what products are called from becoming part of it', async () => {
    const name = '</script><script>alert(1)</script>';
    const written = await page(`/p/${drink('').product}`, only(name));
    expect(written.body).not.toContain('<script>');
    expect(written.given).not.toContain('<');
    expect(JSON.parse(written.given)[`/v1/catalogue/products/${drink('').product}?limit=50`].name).toBe(name);
  });

  test.each([
    '/',
    '/stores',
    '/search',
    '/search?q=port',
    '/c/wine',
    '/s/01a21c5a-2673-7207-a3ac-bcd75d15f9dc',
  ])('%s stands with nothing to show', async (url) => {
    const written = await page(url, (address) =>
      /stores\/[^/]+$/.test(address)
        ? { answer: { name: 'A store', address: '', sells: closed() } }
        : nothing(),
    );
    expect(written.status).toBe(200);
    expect(written.body).toContain('<h1');
  });

  test('tells of a closed store without a clock of the world', async () => {
    const store = {
      store: '01a21c5a-2673-7207-a3ac-bcd75d15f9dc',
      name: 'A store',
      address: '',
      sells: closed('2026-11-27T15:00:00Z'),
      time_zone: 'America/Chicago',
      distance_m: 1500,
    };
    const written = await page('/stores', () => ({ answer: { items: [store] } }));
    expect(written.body).toMatch(/>Closed, opens [\u2007 ]{20,}</);
    expect(written.body).toContain('1.5 km');
  });

  test.each(['/driver', '/driver/earnings', '/vendor', '/vendor/orders'])(
    '%s waits for its visitor, with nothing of the shop around it',
    async (url) => {
      const written = await page(url, nothing);
      expect(written.status).toBe(200);
      expect(written.given).toBe('');
      expect(written.body).toContain('aria-busy="true"');
      expect(written.body).not.toContain('<header');
    },
  );

  test.each([
    '/sign-up',
    '/reset-password',
    '/confirm-email',
    '/confirm-phone',
    '/invitation',
    '/account/second-factor',
  ])('%s waits for its visitor, and is in no list', async (url) => {
    const written = await page(url, nothing);
    expect(written.status).toBe(200);
    expect(written.listed).toBe(false);
    expect(written.body).toContain('aria-busy="true"');
  });

  test('of an order says what counts at its door, before anybody knows which it is', async () => {
    const written = await page(`/orders/${drink('').product}`, nothing);
    expect(written.status).toBe(200);
    expect(written.body).toContain('must be of age and shows an ID');
  });

  test('says whom to ask, where there is somebody', async () => {
    const named = { email: 'help@shop.example', phone: '' };
    expect((await page('/help', nothing, 'he', named)).body).toContain('href="mailto:help@shop.example"');
    const unnamed = await page('/help', nothing, 'he', { email: '', phone: '' });
    expect(unnamed.body).not.toMatch(/mailto:|tel:/);
  });

  test('says that it is not there, or not now', async () => {
    const problem = (status: number) => () => ({
      problem: { status, code: '', title: 'Not now.', detail: '' },
    });
    expect((await page('/nowhere', nothing)).status).toBe(404);
    expect((await page('/p/x', problem(404))).status).toBe(404);
    const failed = await page('/p/x', problem(503));
    expect(failed.status).toBe(503);
    expect(failed.body).toContain('role="alert"');
  });
});
