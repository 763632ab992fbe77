// The other people of the demo, who work through the interface while a customer looks at pages.
export const base = process.env.BASE ?? "http://127.0.0.1:8080";
export const password = "tipple-demo-2026";

export async function call(method, path, token, body) {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { "content-type": "application/json" }),
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

export async function signIn(name) {
  const input = { email: `${name}@demo.tipple.test`, password };
  return (await call("POST", "/v1/accounts/sign-in", undefined, input)).access_token;
}

export async function until(what, look) {
  for (let tries = 0; tries < 120; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((then) => setTimeout(then, 250));
  }
  throw new Error(`it never happened: ${what}`);
}

/** The clerk's store, and a driver whose shift begins there. */
export async function atWork() {
  const [clerk, driver] = await Promise.all([signIn("clerk"), signIn("driver")]);
  const { roles } = await call("GET", "/v1/accounts/me", clerk);
  const store = await call("GET", `/v1/catalogue/stores/${roles.find((role) => role.stores).stores[0]}`);
  const { on_shift_since: since } = await call("GET", "/v1/delivery/me", driver);
  if (since) await call("DELETE", "/v1/delivery/shift", driver);
  await call("POST", "/v1/delivery/shift", driver, { place: store.place });
  return { clerk, driver, store };
}

/** A driver takes the next job as far as the door; its id. */
export async function drive(driver) {
  const me = () => call("GET", "/v1/delivery/me", driver);
  const { offer } = await until("an offer", async () => (await me()).offer);
  await call("POST", `/v1/delivery/offers/${offer}/accept`, driver, {});
  const { job } = await until("a job that is ready", async () => {
    const { job } = await me();
    return job?.ready && job;
  });
  await call("POST", `/v1/delivery/jobs/${job}/pick-up`, driver, {});
  await call("POST", `/v1/delivery/jobs/${job}/arrive`, driver, {});
  return job;
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
