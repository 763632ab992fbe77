// Razorpay's script as the stand-in plays it: Checkout is a frame of its own above the page.
"use strict";
(() => {
  const origin = new URL(document.currentScript.src).origin;
  window.Razorpay = class {
    constructor(options) {
      this.options = options;
    }
    on() {}
    open() {
      const { key, order_id } = this.options;
      const frame = document.createElement("iframe");
      frame.title = "Razorpay Checkout";
      frame.src = `${origin}/v1/checkout/window?${new URLSearchParams({ key_id: key, order_id })}`;
      frame.style.cssText = "position: fixed; inset: 0; width: 100%; height: 100%; border: 0; z-index: 9";
      const told = (event) => {
        if (event.source !== frame.contentWindow || event.origin !== origin) return;
        removeEventListener("message", told);
        frame.remove();
        if (event.data.proof) this.options.handler(event.data.proof);
        else this.options.modal?.ondismiss?.();
      };
      addEventListener("message", told);
      document.body.append(frame);
    }
  };
})();
