// Somebody whom the demo does not know yet.
import { letter } from "./letters.js";
import { call } from "./people.js";

export const PASSWORD = "correct horse battery";

/** Somebody new, with an account; `ahead` is how far the house's clock is before ours, in milliseconds. */
export async function newcomer(date_of_birth = "1990-04-01") {
  const email = `new-${Date.now()}@demo.tipple.test`;
  const person = { email, password: PASSWORD, given_name: "Robin", family_name: "Reed", date_of_birth };
  const { flow } = await call("POST", "/v1/accounts/sign-up", undefined, person);
  const { code } = await letter(email, "ends your sign-up");
  const shown = { flow, code, password: PASSWORD };
  const { access_token: token } = await call("POST", "/v1/accounts/sign-up/confirm", undefined, shown);
  const { iat } = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  return { email, token, ahead: iat * 1000 - Date.now() };
}
