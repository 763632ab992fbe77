// The checkout page. It puts the provider's component in place, tells the house when the component
// is done, and loads the page again whenever the house has something new to say. What it brings
// back is never believed: the house asks the provider.
"use strict";

(() => {
  const page = document.querySelector("main").dataset;
  const box = document.getElementById("component");
  const part = (id) => document.getElementById(id);

  const words = JSON.parse(page.words);
  const t = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // While the customer is in a window of the provider's, the page stays as it is.
  let busy = false;
  let asking = page.stage === "authorising";

  function trouble(text) {
    const said = part("trouble");
    said.textContent = text;
    said.hidden = !text;
    if (text) said.scrollIntoView({ block: "nearest" });
  }

  function showAsking() {
    asking = true;
    trouble("");
    part("asking").hidden = false;
    if (box) box.hidden = true;
    if (part("keeps")) part("keeps").hidden = true;
    if (part("ways")) part("ways").hidden = true;
  }

  function showComponent() {
    asking = false;
    part("asking").hidden = true;
    if (box) box.hidden = false;
    if (part("keeps")) part("keeps").hidden = false;
    if (part("ways")) part("ways").hidden = false;
  }

  const again = () => location.replace(page.path);

  // Loads the page again where it would say something else now.
  function look(state) {
    const mended = page.stage === "unreachable" && state.stage !== "unreachable";
    if (state.mark !== page.mark || mended) {
      if (!busy) again();
      return true;
    }
    return false;
  }

  async function told(path, options) {
    const answer = await fetch(page.path + path, { cache: "no-store", ...options });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function poll() {
    try {
      if (!document.hidden) look(await told("/state"));
    } catch {
      // The next time will tell.
    }
    setTimeout(poll, asking ? 1500 : 5000);
  }

  // The component is done, or gave up: the house asks the provider how it stands.
  async function comeBack(brought) {
    busy = false;
    showAsking();
    const body = JSON.stringify(brought);
    for (let turn = 0; ; turn += 1) {
      try {
        const headers = { "content-type": "application/json" };
        return look(await told("/return", { method: "POST", headers, body }));
      } catch {
        if (turn === 2) return false;
        await new Promise((done) => setTimeout(done, 1500));
      }
    }
  }

  // The attempt has not succeeded: the house's own sentence comes with the page, where it knows of
  // it; what was not even sent is said in the provider's words.
  async function failed(text) {
    if (await comeBack({})) return;
    showComponent();
    trouble(text || t("failed"));
  }

  function load(attributes) {
    return new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = box.dataset.script;
      script.nonce = box.dataset.nonce;
      for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
      script.onload = done;
      script.onerror = () => fail(new Error("the provider's script could not be loaded"));
      document.head.append(script);
    });
  }

  function button(text, pressed) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "main";
    made.textContent = text;
    made.addEventListener("click", async () => {
      trouble("");
      made.disabled = true;
      try {
        await pressed();
      } catch {
        await failed();
      }
      made.disabled = false;
    });
    return made;
  }

  const language = document.documentElement.lang;
  const amount = document.querySelector(".amount").textContent;
  const color = (name) => getComputedStyle(part("left")).getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;

  function frame(id) {
    const made = document.createElement("div");
    made.id = id;
    made.className = "frame";
    return made;
  }

  async function stripe(fields) {
    await load({});
    const options = { locale: language };
    if (box.dataset.account) options.stripeAccount = box.dataset.account;
    const provider = window.Stripe(box.dataset.key, options);
    if (!box.dataset.saved) return typed(provider, fields);
    // What the customer saved is in the payment already; the bank may still ask who they are.
    const pay = button(t("pay-saved", { amount }), () =>
      confirmed(provider, { clientSecret: box.dataset.secret }),
    );
    const other = button(t("other-card"), async () => typed(provider, fields));
    other.className = "";
    fields.replaceChildren(pay, other);
  }

  async function confirmed(provider, what) {
    busy = true;
    const { error, paymentIntent } = await provider.confirmPayment({
      ...what,
      confirmParams: { return_url: box.dataset.return },
      redirect: "if_required",
    });
    busy = false;
    if (!error) await comeBack({ payment_intent: paymentIntent.id });
    else if (error.type === "validation_error") trouble(error.message);
    else await failed(error.message);
  }

  function typed(provider, fields) {
    const elements = provider.elements({
      clientSecret: box.dataset.secret,
      appearance: { theme: dark ? "night" : "stripe" },
    });
    const element = elements.create("payment");
    const place = frame("element");
    fields.replaceChildren(place);
    const pay = button(t("pay", { amount }), () => confirmed(provider, { elements }));
    pay.disabled = true;
    element.on("ready", () => {
      pay.disabled = false;
    });
    element.on("loaderror", silent);
    element.mount(place);
    fields.append(pay);
  }

  const approved = {
    createOrder: () => {
      busy = true;
      return Promise.resolve(box.dataset.payment);
    },
    onApprove: (data) => {
      const brought = { token: data.orderID };
      if (data.payerID) brought.PayerID = data.payerID;
      return comeBack(brought);
    },
    onCancel: () => failed(t("abandoned")),
    onError: () => failed(),
  };

  async function paypalButtons(fields) {
    await load({ "data-csp-nonce": box.dataset.nonce });
    const place = frame("buttons");
    fields.replaceChildren(place);
    await window.paypal.Buttons(approved).render(place);
  }

  async function paypalCardFields(fields) {
    await load({ "data-csp-nonce": box.dataset.nonce });
    const card = window.paypal.CardFields(approved);
    if (!card.isEligible()) return silent();
    const kinds = [
      [t("number"), "NumberField"],
      [t("expires"), "ExpiryField"],
      [t("security-code"), "CVVField"],
    ];
    fields.replaceChildren();
    for (const [text, kind] of kinds) {
      const label = document.createElement("p");
      label.textContent = text;
      label.className = "label";
      const place = frame(`card-${kind}`);
      fields.append(label, place);
      await card[kind]({ placeholder: text }).render(place);
    }
    fields.append(button(t("pay", { amount }), () => card.submit()));
  }

  // PayPal has been told what the customer saved; their bank may want to know who they are.
  function agreed(fields) {
    if (!box.dataset.url) return showAsking();
    fields.replaceChildren(
      button(t("confirm"), async () => location.assign(box.dataset.url)),
    );
  }

  async function razorpay(fields) {
    await load({});
    const open = () => {
      const checkout = new window.Razorpay({
        key: box.dataset.key,
        order_id: box.dataset.payment,
        amount: Number(box.dataset.amount),
        currency: box.dataset.currency,
        name: box.dataset.name,
        description: box.dataset.description,
        theme: { color: color("--brand") },
        ...(box.dataset.customer ? { customer_id: box.dataset.customer } : {}),
        ...(box.dataset.saves ? { save: 1 } : {}),
        handler: (brought) =>
          comeBack({
            razorpay_order_id: brought.razorpay_order_id,
            razorpay_payment_id: brought.razorpay_payment_id,
            razorpay_signature: brought.razorpay_signature,
          }),
        modal: {
          ondismiss: () => failed(t("abandoned")),
        },
      });
      busy = true;
      checkout.open();
    };
    fields.replaceChildren(button(t("pay", { amount }), async () => open()));
  }

  function silent() {
    const text = document.createElement("p");
    text.textContent = t("silent");
    part("fields").replaceChildren(text, button(t("load-again"), async () => again()));
  }

  const components = {
    stripe_payment_element: stripe,
    paypal_buttons: paypalButtons,
    paypal_card_fields: paypalCardFields,
    razorpay_checkout: razorpay,
  };

  function countDown() {
    const end = performance.now() + Number(page.secondsLeft) * 1000;
    const tick = () => {
      const minutes = Math.floor((end - performance.now()) / 60000);
      const left = t(minutes > 2 ? "left.many" : minutes === 2 ? "left.two" : "left.less", { minutes });
      if (part("left").textContent !== left) part("left").textContent = left;
      setTimeout(tick, 10000);
    };
    tick();
  }

  // What the provider added to our address when it sent the browser back.
  const BROUGHT = ["payment_intent", "payment_intent_client_secret", "redirect_status", "token", "PayerID"];

  async function begin() {
    countDown();
    setTimeout(poll, 1500);
    const query = new URLSearchParams(location.search);
    const brought = BROUGHT.filter((name) => query.has(name)).map((name) => [name, query.get(name)]);
    if (brought.length > 0) {
      history.replaceState(null, "", page.path);
      if (!(await comeBack(Object.fromEntries(brought))) && query.get("redirect_status") === "failed") {
        showComponent();
      }
    }
    const component = box && components[box.dataset.kind];
    if (!component) return;
    if (box.dataset.saved && box.dataset.kind.startsWith("paypal")) return agreed(part("fields"));
    try {
      await component(part("fields"));
    } catch {
      silent();
    }
  }

  begin();
})();
