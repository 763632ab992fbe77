/** What forms hold people to is what the house's own description says: every limit in a form is named here, with whose it is. */
import ts from 'typescript';
import { expect, test } from 'vitest';
import house from '../../openapi/tipple.json' with { type: 'json' };

type Limits = Partial<Record<(typeof KINDS)[number], number | string>>;
/** What the description says of a value: a property of a schema, or a parameter of an operation. */
type Of = `${string}.${string}` | `${string}?${string}`;
interface Theirs {
  of: Of | Of[];
  /** Limits of the form's own beside those of the house, and why. */
  own: Partial<Record<(typeof KINDS)[number], string>>;
}

/** Attributes of fields that hold somebody to something; `most` is handed on as `maxLength`. */
const KINDS = ['maxLength', 'minLength', 'min', 'max', 'pattern', 'most'] as const;
/** How the description calls each. */
const CALLED: Record<(typeof KINDS)[number], string> = {
  maxLength: 'maxLength',
  minLength: 'minLength',
  min: 'minimum',
  max: 'maximum',
  pattern: 'pattern',
  most: 'maxLength',
};

/** How one may write it at all; whether it is too much the house says. */
const WRITTEN = { own: 'how it is written' };
/** Only searches what is here already. */
const HERE = { own: 'searches what the browser has' };
/** A day or a time between which calendars are of use. */
const DAY = { own: 'a day that somebody means' };
/** What it may be follows from what else is chosen. */
const FOLLOWS = { own: 'follows from what is beside it' };
/** The house holds to it, and its description does not say so. */
const UNSAID = 'the description has no word of it';

const TABLE: Record<string, Of | Of[] | Theirs | { own: string }> = {
  'account/address-form.tsx address': ['AddressInput.address', 'Destination.address'],
  'account/address-form.tsx instructions': ['AddressInput.instructions', 'Destination.instructions'],
  'account/address-form.tsx label': 'AddressInput.label',
  'account/address-form.tsx recipient': ['AddressInput.recipient', 'Destination.recipient'],
  'account/contact/by-code.tsx code': 'CodeShown.code',
  'account/contact/email.tsx email': 'EmailChange.email',
  'account/contact/email.tsx password': 'EmailChange.password',
  'account/contact/phone.tsx phone': 'PhoneInput.phone',
  'account/profile.tsx date_of_birth': DAY,
  'account/profile.tsx family_name': 'ProfileChange.family_name',
  'account/profile.tsx given_name': 'ProfileChange.given_name',
  'account/second-factor/authenticator.tsx code': 'Code.code',
  'account/second-factor/offered.tsx code': 'Code.code',
  'account/second-factor/passkeys.tsx name': ['NewPasskey.name', 'PasskeyName.name'],
  'account/second-factor/password.tsx password': 'Again.password',
  'books/days.tsx input': FOLLOWS,
  'checkout/coupon.tsx code': 'NewCoupon.code',
  'driver/date-typed.tsx input': WRITTEN,
  'driver/hand-over.tsx input': 'HandOver.recipient_name',
  'driver/refuse.tsx textarea': 'Refuse.note',
  'driver/week.tsx input': FOLLOWS,
  'letter/password.tsx password': 'NewPassword.password',
  'operator/age-reviews/decide.tsx date_of_birth': DAY,
  'operator/age-reviews/decide.tsx reason': 'ReviewDecision.reason',
  'operator/books/limit-form.tsx per_day': WRITTEN,
  'operator/books/limit-form.tsx per_payment': WRITTEN,
  'operator/books/settlement.tsx note': 'Explanation.note',
  'operator/complaints/complaint.tsx reason': 'AnswerInput.words',
  'operator/deed.tsx reason': { own: 'handed on' },
  'operator/filters.tsx input': FOLLOWS,
  'operator/filters.tsx sought': { own: 'handed on' },
  'operator/invitations/page.tsx email': 'InvitationInput.email',
  'operator/law/draft/class-rules.tsx rules.[].minimum_age': 'ClassRules.minimum_age',
  'operator/law/draft/dry-zones.tsx [].lat': 'Place.lat',
  'operator/law/draft/dry-zones.tsx [].lon': 'Place.lon',
  'operator/law/draft/dry-zones.tsx [].metres': { own: UNSAID },
  'operator/law/draft/dry-zones.tsx [].name': 'DryZone.name',
  'operator/law/draft/editor.tsx valid_from': DAY,
  'operator/law/draft/general.tsx rules.last_dispatch_margin_minutes': 'Rules.last_dispatch_margin_minutes',
  'operator/law/draft/general.tsx rules.price_floor.amount': WRITTEN,
  'operator/law/draft/general.tsx rules.price_floor.currency': {
    of: 'Money.currency',
    own: { pattern: 'letters of either size' },
  },
  'operator/law/draft/general.tsx rules.price_floor.per_millilitres': 'PriceFloor.per_millilitres',
  'operator/law/draft/limits.tsx [].[]': {
    of: ['Limits.containers', 'Limits.millilitres', 'Limits.pure_alcohol_millilitres'],
    own: { max: 'more than the house counts is no limit' },
  },
  'operator/licences/change.tsx number': 'LicenceInput.number',
  'operator/live/job-deeds.tsx reason': 'Lose.reason',
  'operator/machines/add.tsx name': 'MachineInput.name',
  'operator/offers/coupon-form.tsx code': 'NewCoupon.code',
  'operator/offers/coupon-form.tsx max_uses': 'NewCoupon.max_uses',
  'operator/offers/coupon-form.tsx per_customer_uses': 'NewCoupon.per_customer_uses',
  'operator/offers/fields.tsx least': WRITTEN,
  'operator/offers/fields.tsx value': WRITTEN,
  'operator/offers/product-field.tsx input': 'find_products?q',
  'operator/offers/promotion-form.tsx buy': 'PromotionBenefit.buy',
  'operator/offers/promotion-form.tsx label': 'PromotionTerms.label',
  'operator/offers/promotion-form.tsx pay': 'PromotionBenefit.pay',
  'operator/offers/promotion-form.tsx priority': 'NewPromotion.priority',
  'operator/order/ask-refund.tsx reason': 'RefundInput.reason',
  'operator/order/doing.tsx reason': ['CancelOrder.reason', 'RejectOrder.reason'],
  'operator/orders/filter.tsx handling.find': 'all_orders?number',
  'operator/orders/filter.tsx handling.placedFrom': FOLLOWS,
  'operator/orders/filter.tsx handling.placedTo': FOLLOWS,
  'operator/palette/finder.tsx input': 'people?name',
  'operator/people/filter.tsx input': { own: 'handed on' },
  'operator/people/filter.tsx people.search': 'people?email',
  'operator/people/filter.tsx people.search.name': 'people?name',
  'operator/people/person.tsx reason': 'AccountsReason.reason',
  'operator/refunds/refund.tsx reason': 'DecisionInput.reason',
  'operator/stores/place.tsx address': 'StoreInput.address',
  'operator/stores/place.tsx lat': 'Place.lat',
  'operator/stores/place.tsx lon': 'Place.lon',
  'operator/stores/place.tsx metres': { own: UNSAID },
  'operator/stores/store-form.tsx currency': {
    of: 'StoreInput.currency',
    own: { pattern: 'letters of either size' },
  },
  'operator/stores/store-form.tsx licence': ['StoreInput.licence_number', 'LicenceInput.number'],
  'operator/stores/store-form.tsx minutes': 'StoreInput.preparation_minutes',
  'operator/stores/store-form.tsx name': 'StoreInput.name',
  'operator/stores/terms.tsx address': 'VendorTerms.address',
  'operator/stores/terms.tsx commission': WRITTEN,
  'operator/stores/terms.tsx days': 'VendorTerms.payout_interval_days',
  'operator/stores/terms.tsx legal_name': 'VendorTerms.legal_name',
  'operator/stores/terms.tsx tax_number': 'VendorTerms.tax_number',
  'operator/stores/vendor.tsx name': 'VendorInput.name',
  'operator/stores/vendors.tsx name': 'VendorInput.name',
  'operator/stores/way-form.tsx currencies': WRITTEN,
  'operator/stores/way-form.tsx label': 'WayInput.label',
  'operator/stores/way-form.tsx place': 'WayInput.place',
  'operator/tariffs/classes.tsx [][].authority': 'TaxRate.authority',
  'operator/tariffs/classes.tsx [][].label': 'TaxRate.label',
  'operator/tariffs/classes.tsx [][].ppm': WRITTEN,
  'operator/tariffs/classes.tsx tax_classes[].name': 'TaxClass.name',
  'operator/tariffs/duties.tsx excise[].authority': 'Excise.authority',
  'operator/tariffs/duties.tsx excise[].label': 'Excise.label',
  'operator/tariffs/duties.tsx excise[].micros_per_litre': WRITTEN,
  'operator/tariffs/fees.tsx delivery.free_metres': 'DeliveryFee.free_metres',
  'operator/tariffs/fees.tsx service.ppm': WRITTEN,
  'operator/tariffs/general.tsx currency': {
    of: 'Tariff.currency',
    own: { pattern: 'letters of either size' },
  },
  'operator/tariffs/general.tsx fee_tax_class': 'Tariff.fee_tax_class',
  'operator/top-picks/add.tsx input': 'find_products?q',
  'operator/top-picks/decide.tsx note': 'Curate.note',
  'operator/top-picks/decide.tsx position': 'Curate.position',
  'operator/top-picks/list.tsx PickRow': { own: 'no limit: the best score' },
  'operator/top-picks/row.tsx PartsBar': { own: 'no limit: the best score' },
  'operator/what-if/question.tsx at': DAY,
  'operator/what-if/question.tsx away': { own: 'a day' },
  'operator/what-if/question.tsx born': DAY,
  'operator/what-if/question.tsx lat': 'Place.lat',
  'operator/what-if/question.tsx lon': 'Place.lon',
  'operator/what-if/question.tsx n': { of: 'Item.quantity', own: { min: 'nobody asks about none of it' } },
  'operator/what-if/question.tsx price': WRITTEN,
  'order/complaint-form.tsx lines[].units': { own: 'as many as the order has left' },
  'order/complaint-form.tsx words': 'ComplaintInput.words',
  'place/choosing.tsx address': ['AddressInput.address', 'Destination.address'],
  'search/between.tsx input': WRITTEN,
  'search/box.tsx q': 'find_products?q',
  'search/facets.tsx search.abv': { own: 'no limit: the most that there is' },
  'search/facets.tsx search.volume': { own: 'no limit: the most that there is' },
  'sign-in/forgotten.tsx code': 'NewPassword.code',
  'sign-in/forgotten.tsx password': 'NewPassword.password',
  'sign-in/second-factor.tsx code': 'SecondFactorShown.code',
  'sign-in/sign-up-letter.tsx password': 'ShownAtSignUp.password',
  'sign-in/sign-up.tsx code': 'ShownAtSignUp.code',
  'sign-in/sign-up.tsx date_of_birth': DAY,
  'sign-in/sign-up.tsx family_name': 'SignUp.family_name',
  'sign-in/sign-up.tsx given_name': 'SignUp.given_name',
  'sign-in/sign-up.tsx password': 'SignUp.password',
  'vendor/hours/page.tsx least': WRITTEN,
  'vendor/hours/page.tsx minutes': 'TermsInput.preparation_minutes',
  'vendor/orders/accept.tsx minutes': {
    of: 'AcceptOrder.preparation_minutes',
    own: { min: 'what is usual at the store may be none', max: 'what is usual at the store may be more' },
  },
  'vendor/orders/reject.tsx reason': 'RejectOrder.reason',
  'vendor/orders/replacement.tsx input': 'replacements?q',
  'vendor/pause.tsx reason': 'PauseInput.reason',
  'vendor/products/count.tsx quantity': {
    of: 'MovementInput.quantity',
    own: { min: 'only a count may find none' },
  },
  'vendor/products/count.tsx reason': 'MovementInput.reason',
  'vendor/products/page.tsx input': HERE,
  'vendor/staff/invite.tsx email': 'InvitationInput.email',
};

interface Found {
  key: string;
  limits: Limits;
}

const sources = import.meta.glob<string>('../src/features/**/*.tsx', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** A literal, or what is written there instead of one; numbers that have a name in the same file are theirs. */
function value(of: ts.Expression | ts.JsxAttributeValue | undefined, file: ts.SourceFile): number | string {
  const inner = of && ts.isJsxExpression(of) ? of.expression : of;
  if (!inner) return '';
  if (ts.isStringLiteral(inner)) return inner.text;
  const text = inner.getText(file);
  const named = new RegExp(`const ${text.replace(/\W/g, '')} = ([\\d_]+);`).exec(file.text)?.[1];
  const number = Number((named ?? text).replaceAll('_', ''));
  return Number.isNaN(number) ? `{${text}}` : number;
}

/** All limits of a file. */
function found(path: string, text: string): Found[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const all: Found[] = [];
  const look = (node: ts.Node) => {
    if (ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node)) {
      const said = new Map(
        node.attributes.properties
          .filter(ts.isJsxAttribute)
          .map((one) => [one.name.getText(file), value(one.initializer, file)]),
      );
      const limits = Object.fromEntries(
        KINDS.flatMap((kind) => (said.has(kind) ? [[kind, said.get(kind)]] : [])),
      );
      const name = String(said.get('name') ?? (said.has('most') ? said.get('label') : '') ?? '').replaceAll(
        '`',
        '',
      );
      // A name that is put together, less what it is put together of.
      const plain = name.startsWith('{') ? name.slice(1, -1).replace(/\[?\$\{\w+\}\]?/g, '[]') : name;
      const called = /^\{t\('([\w.]+)'\)\}$/.exec(name)?.[1];
      const fixed = called ?? (name.startsWith('{') && !name.includes('$') ? '' : plain);
      if (Object.keys(limits).length > 0)
        all.push({ key: `${path} ${fixed || node.tagName.getText(file)}`, limits });
    }
    // Why something is done is asked in one place, told there how much may be said.
    if (ts.isPropertyAssignment(node) && node.name.getText(file) === 'most')
      all.push({ key: `${path} reason`, limits: { most: value(node.initializer, file) } });
    ts.forEachChild(node, look);
  };
  look(file);
  return all;
}

const everything = Object.entries(sources).flatMap(([path, text]) =>
  found(path.replace('../src/features/', ''), text),
);

interface Form {
  $ref?: string;
  properties?: Record<string, Form>;
  allOf?: Form[];
  oneOf?: Form[];
  pattern?: string;
}
interface Operation {
  operationId: string;
  parameters?: { name: string; schema: Form }[];
}
const schemas = house.components.schemas as unknown as Record<string, Form>;
const operations = Object.values(house.paths as unknown as Record<string, Record<string, Operation>>).flatMap(
  (path) => Object.values(path),
);

/** What the description says of it. */
function described(of: Of): Record<string, number | string | undefined> {
  const [, whose = '', kind, what = ''] = /^(\w+)([.?])(\w+)$/.exec(of) ?? [];
  if (kind === '?') {
    const parameters = operations.find(({ operationId }) => operationId === whose)?.parameters;
    return limitsOf(parameters?.find(({ name }) => name === what)?.schema, of);
  }
  const schema = schemas[whose];
  const parts = [schema, ...(schema?.oneOf ?? []), ...(schema?.allOf ?? [])];
  return limitsOf(parts.find((part) => part?.properties?.[what])?.properties?.[what], of);
}

function limitsOf(form: Form | undefined, of: Of) {
  if (!form) throw new Error(`the description has no ${of}`);
  const pattern = form.pattern?.replace(/^\^|\$$/g, '');
  return { maxLength: longest(pattern), ...form, pattern } as unknown as Record<string, number | string>;
}

/** How long a text of such a pattern is at most. */
function longest(pattern?: string): number | undefined {
  const parts = pattern?.match(/\[[^\]]+\](\{\d+,\d+\})?/g);
  if (!parts || parts.join('') !== pattern) return undefined;
  return parts.reduce((sum, part) => sum + Number(/,(\d+)\}$/.exec(part)?.[1] ?? 1), 0);
}

/** One may write the same pattern with more strokes. */
const bare = (limit: number | string | undefined) =>
  typeof limit === 'string' ? limit.replaceAll('\\-', '-') : limit;

test('each limit of a form is the one that the house describes', () => {
  expect(everything.length).toBeGreaterThan(100);
  const wrong = everything.flatMap(({ key, limits }) => {
    const theirs = TABLE[key];
    if (!theirs) return `${key} is not in the table: ${JSON.stringify(limits)}`;
    const { of, own = {} } =
      typeof theirs === 'string' || Array.isArray(theirs) ? { of: theirs } : { of: [], ...theirs };
    if (typeof own === 'string') return [];
    return Object.entries(limits).flatMap(([kind, limit]) =>
      kind in own
        ? []
        : [of].flat().flatMap((one) => {
            const said = described(one)[CALLED[kind as keyof Limits]];
            return said === bare(limit) ? [] : `${key}: ${kind} is ${limit}, and ${said} in ${one}`;
          }),
    );
  });
  expect(wrong).toEqual([]);
});

test('the table has what there is, and nothing else', () => {
  const keys = new Set(everything.map(({ key }) => key));
  expect(Object.keys(TABLE).filter((key) => !keys.has(key))).toEqual([]);
});
