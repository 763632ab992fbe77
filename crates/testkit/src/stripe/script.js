// Stripe's script as the stand-in plays it: fields in a frame of its own, where alone a card is typed.
"use strict";
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const frames = [];
  addEventListener("message", (event) => {
    const frame = frames.find((one) => one.contentWindow === event.source);
    if (event.origin === origin && frame) frame.told(event.data);
  });
  window.Stripe = (key) => ({
    elements: ({ clientSecret }) => {
      const all = { clientSecret };
      all.create = () => {
        const listeners = {};
        const frame = document.createElement("iframe");
        frame.title = "Secure payment input frame";
        frame.src = `${origin}/v3/fields`;
        frame.style.cssText = "width: 100%; height: 150px; border: 0; color-scheme: light dark";
        frame.told = (said) => {
          if (said.ready) listeners.ready?.();
          else frame.confirmed?.(said);
        };
        frames.push(frame);
        all.frame = frame;
        return {
          on: (name, listener) => (listeners[name] = listener),
          mount: (place) => place.append(frame),
        };
      };
      return all;
    },
    confirmPayment: ({ elements, confirmParams, redirect }) =>
      new Promise((done) => {
        elements.frame.confirmed = (said) => {
          const to = said.paymentIntent?.next_action?.redirect_to_url?.url;
          if (to) location.assign(to);
          else if (said.error || redirect === "if_required") done(said);
          else location.assign(confirmParams.return_url);
        };
        const asked = { key, secret: elements.clientSecret, return_url: confirmParams.return_url };
        elements.frame.contentWindow.postMessage(asked, origin);
      }),
  });
})();
