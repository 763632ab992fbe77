/** Passkeys, which the browser makes and shows where its person agrees. */
import { t } from './messages.ts';
import { ours } from './network.ts';

/** What the house gives to begin with, its bytes in base64url. */
interface Asked {
  publicKey: never;
}

/** One that is made anew, as the house takes it. */
export function madePasskey(options: unknown): Promise<Record<string, never>> {
  return given(() => {
    const { publicKey } = options as Asked;
    return navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
    });
  });
}

/** One that there is. */
export function shownPasskey(options: unknown): Promise<Record<string, never>> {
  return given(() => {
    const { publicKey } = options as Asked;
    return navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
    });
  });
}

/** Its person may call it off, and not every browser can. */
async function given(ask: () => Promise<Credential | null>) {
  const credential = await Promise.resolve()
    .then(ask)
    .catch(() => null);
  if (credential) return (credential as PublicKeyCredential).toJSON() as unknown as Record<string, never>;
  throw ours(t('second.noPasskey'));
}
