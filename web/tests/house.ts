/** A house that answers as its own description says, with much, little or nothing in it. */
import house from '../../openapi/tipple.json' with { type: 'json' };

/** A part of the description: a schema, or what refers to one. */
interface Form {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  allOf?: Form[];
  oneOf?: Form[];
  properties?: Record<string, Form>;
  required?: string[];
  items?: Form;
  additionalProperties?: Form | boolean;
  minimum?: number;
  example?: unknown;
}

interface Path {
  get?: { responses: { 200?: { content?: Record<string, { schema?: Form }> } } };
}

/** How much is in the house. */
export interface Stock {
  /** How long lists are. */
  length: number;
  /** Whether there is also what need not be. */
  all: boolean;
  /** How many letters names have. */
  letters: number;
  /** Whether numbers are as small as they may be. */
  least?: true;
}

const forms = house.components.schemas as unknown as Record<string, Form>;
const paths = Object.entries(house.paths as unknown as Record<string, Path>).map(([path, { get }]) => ({
  form: get?.responses[200]?.content?.['application/json']?.schema,
  // What has a name of its own is meant before what any name may stand for.
  names: path.split('{').length,
  pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));
paths.sort((a, b) => a.names - b.names);

/** Texts that are not free. */
const WORDS: Record<string, string> = {
  currency: 'USD',
  time_zone: 'America/Chicago',
  country: 'US',
  jurisdiction: 'US-IA',
  language: 'en',
  category: 'wine/red',
  path: 'wine/red',
  number: 'T-1234-5678',
  issued_on: '2026-11-27',
  action: 'order.cancel',
  state: 'paid',
  x: '1',
  value: 'US',
};
/** What stands in maps, by what they are called. */
const MAPS: Record<string, string> = { exceptions: '2026-12-25' };
const NAMES = /name|title|label|address|producer|recipient|brand|region$|description|subject|detail|reason/;
const DEPTH = 12;
const LONG = /orders|jobs|messages|refunds|documents|entries|products|listings|stock/;

/** Gives answers; each thing has an id of its own. */
export class House {
  private made = 0;

  constructor(private readonly stock: Stock) {}

  /** What lies at an address; undefined where the description knows nothing. */
  answer(address: string): unknown {
    const url = new URL(address, 'http://house');
    const form = paths.find(({ form, pattern }) => form && pattern.test(url.pathname))?.form;
    if (!form) return undefined;
    const answer = this.like(form, url.pathname, 0) as { items?: unknown[]; next?: unknown };
    if (answer && typeof answer === 'object' && 'next' in answer) this.paged(answer, form, url);
    return answer;
  }

  /** A page of a long list, and where it goes on. */
  private paged(
    answer: { items?: unknown[]; next?: unknown },
    form: Form,
    { pathname, searchParams: asked }: URL,
  ) {
    const from = Number(asked.get('after') ?? 0);
    // Of stores, vendors, days there are never as many as of what people order.
    const all = LONG.test(pathname) ? this.stock.length : Math.min(this.stock.length, 100);
    const most = Math.min(Number(asked.get('limit') ?? 50), all - from);
    const items = this.whole(form).properties?.items?.items;
    if (items) answer.items = Array.from({ length: most }, (_, at) => this.like(items, 'item', 0, at));
    const next = from + most;
    answer.next = next < all ? String(next) : null;
  }

  private like(form: Form, key: string, depth: number, at = 0): unknown {
    const { enum: words, type, properties, items, oneOf, ...rest } = this.whole(form);
    if (words) return words[at % words.length];
    const kinds = [type ?? []].flat();
    if (oneOf) {
      const others = oneOf.filter((one) => one.type !== 'null');
      if (others.length < oneOf.length && !this.stock.all) return null;
      return this.like(others[at % others.length] as Form, key, depth, at);
    }
    if (kinds.includes('null') && !this.stock.all) return null;
    if (properties) return this.thing(properties, rest.required ?? [], depth, at);
    if (rest.example !== undefined && this.stock.length > 0) return rest.example;
    if (items) {
      const length =
        depth > DEPTH ? 0 : depth > 2 ? Math.min(this.stock.length, 3) : Math.min(this.stock.length, 50);
      return Array.from({ length }, (_, place) => this.like(items, key, depth + 1, place));
    }
    if (kinds.includes('object')) {
      const one = rest.additionalProperties;
      return typeof one === 'object' && this.stock.length > 0
        ? { [MAPS[key] ?? 'one']: this.like(one, key, depth + 1) }
        : {};
    }
    if (kinds.includes('boolean')) return at % 2 === 0;
    if (kinds.includes('integer') || kinds.includes('number')) return this.number(key, rest.minimum ?? 0, at);
    return this.text(key, rest.format, at);
  }

  private thing(properties: Record<string, Form>, needed: string[], depth: number, at: number) {
    const keys = Object.keys(properties).filter((key) =>
      depth > DEPTH || !this.stock.all ? needed.includes(key) : true,
    );
    return Object.fromEntries(
      keys.map((key) => [key, this.like(properties[key] as Form, key, depth + 1, at)]),
    );
  }

  private number(key: string, least: number, at: number): number {
    if (key === 'lat') return 41.58 + at / 1000;
    if (key === 'lon') return -93.62 - at / 1000;
    return this.stock.least ? least : Math.max(least, 1) + at;
  }

  private text(key: string, format: string | undefined, at: number): string {
    if (format === 'uuid') return this.id();
    if (format === 'date-time') return new Date(Date.UTC(2026, 10, 27, 18, at)).toISOString();
    if (format === 'date') return `2026-11-${String((at % 28) + 1).padStart(2, '0')}`;
    if (format === 'email') return `${'a'.repeat(60)}@example.com`;
    if (WORDS[key]) return WORDS[key];
    if (NAMES.test(key)) return `Name-${this.made++}-`.padEnd(this.stock.letters, 'Long');
    return `${key}-${at}`;
  }

  private id(): string {
    this.made += 1;
    return `01a21c5a-2673-7207-a3ac-${String(this.made).padStart(12, '0')}`;
  }

  /** A schema with what it refers to and is put together from. */
  private whole(form: Form): Form {
    if (form.$ref) return this.whole(forms[form.$ref.split('/').at(-1) as string] as Form);
    const [only] = form.oneOf ?? [];
    if (form.oneOf?.length === 1 && only) return this.whole(only);
    if (!form.allOf) return form;
    const parts = form.allOf.map((part) => this.whole(part));
    return {
      ...form,
      properties: Object.assign({}, ...parts.map(({ properties }) => properties), form.properties),
      required: [...parts.flatMap(({ required }) => required ?? []), ...(form.required ?? [])],
    };
  }
}
