//! Who may call which operation of accounts.

use kernel::RoleKind;
use wire::{Rule, access::*};

/// Whoever is signed in, for what is theirs.
const PEOPLE: &[Grant] = &[
    own(RoleKind::Customer),
    own(RoleKind::Clerk),
    own(RoleKind::Manager),
    own(RoleKind::VendorOwner),
    own(RoleKind::Driver),
    own(RoleKind::Support),
    own(RoleKind::Operator),
    own(RoleKind::Auditor),
];

const fn own(kind: RoleKind) -> Grant {
    Grant { kind, rows: Rows::Own }
}

pub const ACCESS: &[Rule] = &[
    anyone("sign_up", "a sign-up of one's own"),
    anyone("confirm_sign_up", "the sign-up whose code and password are shown"),
    anyone("sign_in", "the account whose e-mail address and password are shown"),
    anyone("refresh", "the session whose refresh token is shown"),
    anyone("reset_password", "the account of an e-mail address"),
    anyone("confirm_reset", "the account whose code is shown"),
    anyone("providers", "the providers that are set"),
    anyone_and(
        "begin_provider",
        &[PEOPLE],
        "a sign-in of one's own; signed in, a link to one's account",
    ),
    proof("provider_callback", "whoever brings the state of a sign-in", "that sign-in, once"),
    proof("provider_form_callback", "whoever brings the state of a sign-in", "that sign-in, once"),
    anyone_and(
        "redeem_provider",
        &[PEOPLE],
        "the sign-in whose secret and ticket are shown; a link by the same person only",
    ),
    proof("apple_notice", "whoever signs with Apple's keys", "identities at Apple"),
    proof(
        "delete_provider_data",
        "whoever signs with Facebook's app secret",
        "identities at Facebook",
    ),
    anyone("provider_deletion", "the request whose code is shown"),
    signed_in("identities", "one's identities"),
    signed_in("unlink_identity", "one's identities, but the last way in"),
    anyone("keys", "public keys"),
    anyone("machine_token", "the machine whose secret is shown"),
    signed_in("sessions", "one's sessions"),
    signed_in("end_session", "one's sessions"),
    signed_in("end_other_sessions", "one's sessions"),
    signed_in("sign_out", "this session"),
    signed_in("me", "one's account"),
    signed_in("change_me", "one's account"),
    signed_in("change_password", "one's account, with its password"),
    signed_in("change_email", "one's account, with its password"),
    signed_in("confirm_email", "one's account, with the code of one's letter"),
    signed_in("set_phone", "one's account"),
    signed_in("confirm_phone", "one's account, with the code of one's letter"),
    signed_in("remove_phone", "one's account"),
    signed_in("addresses", "one's addresses"),
    signed_in("add_address", "one's addresses"),
    signed_in("change_address", "one's addresses"),
    signed_in("remove_address", "one's addresses"),
    signed_in("favourites", "one's favourites"),
    signed_in("add_favourite", "one's favourites"),
    signed_in("remove_favourite", "one's favourites"),
    signed_in("accept_invitation", "an invitation to one's own e-mail address, with its code"),
    roles("invite", &[MANAGERS, OPERATORS], "invitations to roles that one may give"),
    roles("invitations", &[MANAGERS, OVERSEERS], "invitations to roles that one may give"),
    roles("withdraw_invitation", &[MANAGERS, OPERATORS], "invitations to roles that one may give"),
    roles("people", &[READERS], "people"),
    roles("set_roles", &[OPERATORS], "people"),
    roles("block", &[DESK], "people; operators and auditors by operators only"),
    roles("unblock", &[DESK], "people; operators and auditors by operators only"),
    roles("audit", &[OVERSEERS], "the audit trail"),
    roles("machines", &[OVERSEERS], "machines"),
    roles("add_machine", &[OPERATORS], "machines"),
    roles("end_machine", &[OPERATORS], "machines"),
    roles("change_key", &[OPERATORS], "signing keys"),
];
