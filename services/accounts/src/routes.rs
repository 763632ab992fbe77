mod address;
mod age;
mod audit;
mod birth;
mod change_email;
mod change_password;
mod contact;
mod data;
mod erase_me;
mod factors;
mod favourites;
mod identities;
mod invitations;
mod jwks;
mod letter;
mod machines;
mod me;
mod news;
mod people;
mod phone;
mod providers;
mod refresh;
mod reset_password;
mod sessions;
mod sign_in;
mod sign_in_passkey;
mod sign_in_second;
mod sign_up;
mod sign_up_confirm;
mod staff;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::Problem;

use crate::{App, access::ACCESS, cookie};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(coming_in()).merge(at_providers()).merge(ones_own()).merge(running())
}

/// Ways in, and what keeps one in.
fn coming_in() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_up::sign_up))
        .routes(routes!(sign_up_confirm::confirm_sign_up))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in_second::show_second_factor))
        .routes(routes!(sign_in_passkey::begin_passkey_sign_in))
        .routes(routes!(sign_in_passkey::passkey_sign_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(sessions::sessions, sessions::end_other_sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(reset_password::confirm_reset))
        .routes(routes!(change_password::change_password))
        .routes(routes!(change_email::change_email))
        .routes(routes!(change_email::confirm_email))
        .routes(routes!(phone::set_phone, phone::remove_phone))
        .routes(routes!(phone::confirm_phone))
}

/// Signing in at providers.
fn at_providers() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(providers::list::providers))
        .routes(routes!(providers::begin::begin_provider))
        .routes(routes!(
            providers::callback::provider_callback,
            providers::callback::provider_form_callback
        ))
        .routes(routes!(providers::redeem::redeem_provider))
        .routes(routes!(providers::apple_notice::apple_notice))
        .routes(routes!(providers::deletion::delete_provider_data))
        .routes(routes!(providers::deletion::provider_deletion))
        .routes(routes!(identities::list::identities))
        .routes(routes!(identities::remove::unlink_identity))
}

/// What one's account is made of.
fn ones_own() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me::me, me::change_me))
        .routes(routes!(erase_me::erase_me))
        .routes(routes!(address::list::addresses, address::add::add_address))
        .routes(routes!(address::change::change_address, address::remove::remove_address))
        .routes(routes!(factors::second_factors))
        .routes(routes!(factors::authenticator::begin_authenticator))
        .routes(routes!(factors::authenticator::confirm_authenticator))
        .routes(routes!(factors::authenticator::remove_authenticator))
        .routes(routes!(factors::recovery_codes::renew_recovery_codes))
        .routes(routes!(factors::passkeys_add::begin_passkey))
        .routes(routes!(factors::passkeys::passkeys, factors::passkeys_add::add_passkey))
        .routes(routes!(factors::passkeys::rename_passkey, factors::passkeys::remove_passkey))
        .routes(routes!(age::mine::age_proof, age::prove::prove_age))
        .routes(routes!(age::mine::ask_age_review))
        .routes(routes!(invitations::accept_invitation))
        .routes(routes!(favourites::favourites))
        .routes(routes!(favourites::add_favourite, favourites::remove_favourite))
}

/// What those do who run stores or the platform.
fn running() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(age::reviews::age_reviews))
        .routes(routes!(age::decide::decide_age_review))
        .routes(routes!(invitations::invite, invitations::invitations))
        .routes(routes!(invitations::withdraw_invitation))
        .routes(routes!(staff::list))
        .routes(routes!(staff::set_grade, staff::remove))
        .routes(routes!(people::list::people))
        .routes(routes!(people::read::person))
        .routes(routes!(people::roles::set_roles))
        .routes(routes!(people::block::block))
        .routes(routes!(people::block::unblock))
        .routes(routes!(audit::trail))
        .routes(routes!(machines::add_machine, machines::machines))
        .routes(routes!(machines::end_machine))
        .routes(routes!(machines::machine_token))
        .routes(routes!(jwks::keys))
        .routes(routes!(jwks::change_key))
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/accounts/people/{person}/birth", get(birth::birth))
        .route("/internal/accounts/people/{person}/contact", get(contact::contact))
        .route("/internal/accounts/news", get(news::news))
        .route("/internal/accounts/flows/{flow}/code", post(letter::letter))
        .route("/internal/accounts/people/{person}/data", get(data::data))
        .layer(middleware::from_fn_with_state(app.clone(), cookie::keep))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "Who people are, how they sign in, where they live.";
    host::open_api("Tipple accounts", about, ACCESS, routes().into_openapi())
}

/// The token holds, but its person is no longer there.
pub fn gone() -> Problem {
    Problem::unauthenticated("The account is gone. Sign up again.")
}
