//! WebAuthn with one relying party, which the public address names. Passkeys are discoverable and
//! verify their user, so one alone is two factors.

use anyhow::Context as _;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::PersonId;
use serde_json::{Value, json};
use url::{Host, Url};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::db::passkey::PasskeyRow;

/// The relying party; none where the public address has no name, for browsers know passkeys by name
/// only.
#[derive(Clone)]
pub struct Passkeys(Option<Webauthn>);

/// A ceremony that was begun: what the browser is given, and what is kept.
pub struct Begun {
    /// For `navigator.credentials`, with bytes in unpadded base64url.
    pub options: Value,
    pub state: Value,
}

impl Passkeys {
    /// For this public address. One that is this machine by number is `localhost` by name.
    pub fn new(public_url: &str) -> anyhow::Result<Self> {
        let mut origin = Url::parse(public_url).context("public_url")?;
        let name = match origin.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) if address.is_loopback() => "localhost".to_owned(),
            Some(Host::Ipv6(address)) if address.is_loopback() => "localhost".to_owned(),
            _ => return Ok(Self(None)),
        };
        origin.set_host(Some(&name)).context("public_url")?;
        let party = WebauthnBuilder::new(&name, &origin)
            .and_then(|builder| builder.rp_name("Tipple").build());
        Ok(Self(Some(party.context("passkeys for public_url")?)))
    }

    fn party(&self) -> Result<&Webauthn, WebauthnError> {
        self.0.as_ref().ok_or(WebauthnError::Configuration)
    }

    /// Whether there can be passkeys at all.
    pub const fn available(&self) -> bool {
        self.0.is_some()
    }

    /// Begins to add a passkey of a person who has these.
    pub fn begin_adding(
        &self,
        person: PersonId,
        (name, display_name): (&str, &str),
        known: &[PasskeyRow],
    ) -> anyhow::Result<Begun> {
        let known = known.iter().map(|row| row.credential.0.cred_id().clone()).collect();
        let (options, state) = self.party()?.start_passkey_registration(
            person.uuid(),
            name,
            display_name,
            Some(known),
        )?;
        let mut options = serde_json::to_value(options)?;
        // So that one can sign in with it without saying who one is.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        Ok(Begun { options, state: serde_json::to_value(state)? })
    }

    /// The passkey that an authenticator made.
    pub fn finish_adding(
        &self,
        made: &RegisterPublicKeyCredential,
        state: Value,
    ) -> Result<Passkey, WebauthnError> {
        let state: PasskeyRegistration =
            serde_json::from_value(state).map_err(|_| WebauthnError::ChallengeNotFound)?;
        self.party()?.finish_passkey_registration(made, &state)
    }

    /// Begins to have a passkey shown: one of these, or of whomever where there are none.
    pub fn begin_showing(&self, known: &[PasskeyRow]) -> anyhow::Result<Begun> {
        let (options, state) = self.party()?.start_discoverable_authentication()?;
        let mut options = serde_json::to_value(options)?;
        // Whether the browser offers passkeys at once or in a field's list is the page's choice.
        options.as_object_mut().context("options")?.remove("mediation");
        let allowed = known.iter().map(
            |row| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(&row.credential_id) }),
        );
        options["publicKey"]["allowCredentials"] = allowed.collect();
        Ok(Begun { options, state: serde_json::to_value(state)? })
    }

    /// Whose passkey this says to be.
    pub fn says_to_be(&self, shown: &PublicKeyCredential) -> Option<PersonId> {
        let said = self.party().ok()?.identify_discoverable_authentication(shown).ok()?;
        Some(PersonId::from_uuid(said.0))
    }

    /// Whether the passkey signed what it was to sign; `row` then knows what it said of itself. One
    /// whose counter went back is refused: there are two of it.
    pub fn finish_showing(
        &self,
        shown: &PublicKeyCredential,
        state: Value,
        row: &mut PasskeyRow,
    ) -> Result<(), WebauthnError> {
        let state: DiscoverableAuthentication =
            serde_json::from_value(state).map_err(|_| WebauthnError::ChallengeNotFound)?;
        let passkey = &mut row.credential.0;
        let party = self.party()?;
        let result = party.finish_discoverable_authentication_v2(shown, state, &*passkey)?;
        passkey.update_credential(&result).ok_or(WebauthnError::CredentialNotFound)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relying_party_has_a_name() {
        for (url, available) in [
            ("https://shop.example", true),
            ("https://shop.example:8443", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("https://192.0.2.7", false),
            ("https://[2001:db8::7]", false),
        ] {
            assert_eq!(Passkeys::new(url).unwrap().available(), available, "{url}");
        }
        assert!(Passkeys::new("shop.example").is_err());
    }
}
