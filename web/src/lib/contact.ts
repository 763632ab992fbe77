/** Whom people can ask, where the operator names somebody. */
export interface Contact {
  email?: string;
  phone?: string;
}

let told: Contact = {};

/** For where pages are written, which has no document yet. */
export function tell(contact: Contact) {
  told = contact;
}

export function contact(): Contact {
  if (import.meta.env.SSR) return told;
  const { helpEmail: email, helpPhone: phone } = document.documentElement.dataset;
  return { email, phone };
}
