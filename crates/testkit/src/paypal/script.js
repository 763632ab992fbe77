// PayPal's script as the stand-in plays it: a button in a frame of its own opens PayPal's page, and a
// card is typed in frames of their own.
"use strict";
(() => {
  const origin = new URL(document.currentScript.src).origin;
  function made(path, title, style, options) {
    const frame = document.createElement("iframe");
    frame.title = title;
    frame.src = origin + path;
    frame.style.cssText = `border: 0; width: 100%; color-scheme: light dark; ${style}`;
    addEventListener("message", async (event) => {
      if (event.source !== frame.contentWindow || event.origin !== origin) return;
      const said = event.data;
      if (said.asked) return frame.contentWindow.postMessage({ order: await options.createOrder() }, origin);
      if (said.challenge) return document.body.append(bank(said.challenge, options));
      if (title === "Your bank") frame.remove();
      if (said.orderID) options.onApprove(said);
      else if (said.failed) options.onError?.(new Error(said.failed));
      else options.onCancel?.({});
    });
    return frame;
  }
  const bank = (order, options) => {
    const style = "position: fixed; inset: 0; height: 100%; z-index: 9; background: #fff";
    return made(`/checkoutnow?popup=1&token=${order}`, "Your bank", style, options);
  };
  const into = (place, frame) => (typeof place === "string" ? document.querySelector(place) : place).append(frame);
  window.paypal = {
    Buttons: (options) => ({
      render: async (place) => into(place, made("/sdk/button", "PayPal", "height: 48px", options)),
    }),
    CardFields: (options) => {
      let number;
      const field = (label) => () => ({
        render: async (place) => {
          const frame = made(`/sdk/card?label=${encodeURIComponent(label)}`, label, "height: 44px", options);
          number ??= frame;
          into(place, frame);
        },
      });
      return {
        isEligible: () => true,
        NumberField: field("Card number"),
        ExpiryField: field("Expires"),
        CVVField: field("Security code"),
        submit: async () => {
          number.contentWindow.postMessage({ submit: await options.createOrder() }, origin);
        },
      };
    },
  };
})();
