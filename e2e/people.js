// The other people of the demo, who work through the interface while a customer looks at pages.
export const base = process.env.BASE ?? "http://127.0.0.1:8080";
export const password = "tipple-demo-2026";

export async function call(method, path, token, body, headers = {}) {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { "content-type": "application/json" }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const tokens = new Map();
/** So long a token is used again, in milliseconds: well within its life. */
const FRESH = 300_000;

function known(name) {
  const before = tokens.get(name);
  if (before && Date.now() - before.since < FRESH) return before.coming;
  // Who is asked for by several at once signs in once, too.
  const coming = begun(name).catch((error) => {
    tokens.delete(name);
    throw error;
  });
  tokens.set(name, { since: Date.now(), coming });
  return coming;
}

async function begun(name) {
  const input = { email: `${name}@demo.tipple.test`, password };
  const signIn = () => call("POST", "/v1/accounts/sign-in", undefined, input);
  const { access_token: token } = await patiently(signIn);
  const { iat } = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  return { token, ahead: iat * 1000 - Date.now() };
}

/** Somebody who signs in in two places at the same moment is asked to wait for one of them. */
export async function patiently(enter) {
  for (let tries = 0; ; tries++) {
    try {
      return await enter();
    } catch (error) {
      if (tries === 5 || !/slow-down/.test(error.message)) throw error;
      await new Promise((then) => setTimeout(then, 1_000));
    }
  }
}

/** A token of one of the demo's people. */
export async function signIn(name) {
  return (await known(name)).token;
}

export async function until(what, look) {
  for (let tries = 0; tries < 120; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((then) => setTimeout(then, 250));
  }
  throw new Error(`it never happened: ${what}`);
}

/** What is in a cart is ordered and paid at what it costs now. */
export async function ordered(customer, cart) {
  const { quote } = await call("GET", `/v1/cart/carts/${cart}`, customer);
  const key = { "idempotency-key": crypto.randomUUID() };
  const wanted = { cart, expected_total: quote.total };
  const { order, payment } = await call("POST", "/v1/orders/orders", customer, wanted, key);
  await call("POST", `/sandbox/v1/payment_intents/${payment.provider_payment}/confirm`, undefined, {
    client_secret: payment.client_secret,
    card: { number: "4242424242424242", exp: "12/34", cvc: "123" },
  });
  return order;
}

/** The demo's customer orders so many bottles of a spirit at a store, with a tip in cents, pays, and the store packs them;
 * the order's id. */
export async function packed({ clerk, store }, quantity = 1, tip = 0) {
  const customer = await signIn("customer");
  const spirits = `/v1/catalogue/stores/${store.store}/listings?limit=5&category=spirits`;
  const { product } = (await call("GET", spirits, customer)).items[0];
  const cart = await filled(customer, store.store, [[product, quantity]]);
  await call("PUT", `/v1/cart/carts/${cart}/destination`, customer, {
    recipient: "Ann Lindqvist",
    address: "500 Locust St, Des Moines, IA 50309",
    place: { lat: 41.5873, lon: -93.624 },
    instructions: "Third floor, the bell is broken: knock.",
  });
  await call("PUT", `/v1/cart/carts/${cart}/tip`, customer, { amount: tip });
  const order = await ordered(customer, cart);
  const state = async () => (await call("GET", `/v1/orders/orders/${order.order}`, customer)).state;
  await until("the money is there", async () => (await state()) === "paid");
  await call("POST", `/v1/orders/orders/${order.order}/accept`, clerk, {});
  await call("POST", `/v1/orders/orders/${order.order}/pack`, clerk, {});
  return { order: order.order, state };
}

/** The clerk's store. */
export async function theStore(clerk) {
  const { roles } = await call("GET", "/v1/accounts/me", clerk);
  return call("GET", `/v1/catalogue/stores/${roles.find((role) => role.stores).stores[0]}`);
}

/** The clerk's store, and a driver who has not begun. */
export async function beforeWork() {
  const [clerk, driver] = await Promise.all([signIn("clerk"), signIn("driver")]);
  const [store, { on_shift_since: since, job }] = await Promise.all([
    theStore(clerk),
    call("GET", "/v1/delivery/me", driver),
  ]);
  // What an earlier run left in the bag, and in the store.
  if (job && job.state !== "assigned") {
    await call("POST", `/v1/delivery/jobs/${job.job}/return`, await signIn("operator"), {});
  }
  if (since) await call("DELETE", "/v1/delivery/shift", driver);
  const { items } = await call("GET", `/v1/orders/stores/${store.store}/queue?limit=100`, clerk);
  const packed = items.filter(({ state }) => state === "packed");
  if (packed.length > 0) {
    await call("POST", "/v1/delivery/shift", driver, { place: store.place });
    for (const { order } of packed) await handOver(driver, await drive(driver, order));
    await call("DELETE", "/v1/delivery/shift", driver);
  }
  return { clerk, driver, store };
}

/** The same, and the driver's shift begins there. */
export async function atWork() {
  const work = await beforeWork();
  await call("POST", "/v1/delivery/shift", work.driver, { place: work.store.place });
  return work;
}

/** The customer's cart at a store with these in it, and nothing else: each a product, how many of it, and the wish if it is missing. */
export async function filled(customer, store, wanted) {
  const { cart, lines } = await call("POST", "/v1/cart/carts", customer, { store });
  for (const [product, quantity, if_missing] of [...lines.map(({ product }) => [product, 0]), ...wanted]) {
    await call("PUT", `/v1/cart/carts/${cart}/lines/${product}`, customer, { quantity, if_missing });
  }
  return cart;
}

/** The first products of a store that can be had. */
export async function shelf(store, count) {
  return (await call("GET", `/v1/catalogue/products?store=${store}&in_stock=true&limit=${count}`)).items;
}

/** A customer orders the first two products of a store, one and two of them, which may be replaced, and pays. */
export async function order(store) {
  const customer = await signIn("customer");
  const items = await shelf(store, 2);
  const wanted = items.map(({ product }, place) => [product, place + 1, "best_match"]);
  const cart = await filled(customer, store, wanted);
  const [{ recipient, address, place, kind }] = (await call("GET", "/v1/accounts/addresses", customer)).items;
  await call("PUT", `/v1/cart/carts/${cart}/destination`, customer, { recipient, address, place, kind });
  const order = await ordered(customer, cart);
  return { ...order, seen: () => call("GET", `/v1/orders/orders/${order.order}`, customer) };
}

/** A driver has the job of an order in the bag; its id. What others ordered before is brought to them first. */
export async function pickUp(driver, order) {
  for (;;) {
    const taken = await pickUpNext(driver);
    if (taken.order === order) return taken.job;
    await call("POST", `/v1/delivery/jobs/${taken.job}/arrive`, driver, {});
    await handOver(driver, taken.job);
  }
}

async function pickUpNext(driver) {
  const me = () => call("GET", "/v1/delivery/me", driver);
  const { offer } = await until("an offer", async () => (await me()).offer);
  await call("POST", `/v1/delivery/offers/${offer}/accept`, driver, {});
  const taken = await until("a job that is ready", async () => {
    const { job } = await me();
    return job?.ready && job;
  });
  await call("POST", `/v1/delivery/jobs/${taken.job}/pick-up`, driver, {});
  return taken;
}

/** The same, as far as the door. */
export async function drive(driver, order) {
  const job = await pickUp(driver, order);
  await call("POST", `/v1/delivery/jobs/${job}/arrive`, driver, {});
  return job;
}

/** A driver on shift is somewhere now, by the house's clock. */
export async function isAt(place) {
  const { token, ahead } = await known("driver");
  const at = new Date(Date.now() + ahead).toISOString();
  await call("POST", "/v1/delivery/pings", token, { points: [{ at, place }] });
}

/** The document is looked at, and it changes hands. */
export async function handOver(driver, job) {
  await call("POST", `/v1/delivery/jobs/${job}/check`, driver, {
    document: { kind: "driving_licence", date_of_birth: "1990-04-01", expires_on: "2099-01-01" },
    name_matches: true,
    sober: true,
  });
  await call("POST", `/v1/delivery/jobs/${job}/hand-over`, driver, { recipient_name: "Ann Lindqvist" });
}
