//! HTTP between services: how one calls another, what a refusal looks like, who is asking.
//!
//! A call goes to an [`Upstream`]: the other service's router in this process, or its processes on
//! the network. Both see the same request and give the same answer.

pub mod access;
pub mod breaker;
mod card;
mod client;
mod context;
mod days;
mod extract;
mod fault;
mod flaw;
mod lent;
mod page;
mod peers;
mod position;
mod problem;
mod reader;
mod token;
mod upstream;

pub use access::{Reach, Rule};
pub use card::refuse_in_target;
pub use client::{CallError, Client};
pub use context::{Context, current};
pub use days::{Day, days, sensible_day};
pub use extract::{
    House, IdempotencyKey, IfMatch, Json, Path, Query, Raw, Signed, bearer, etag, on_the_globe,
    plain_text,
};
pub use fault::{Fault, Never, Refusal};
pub use http::StatusCode;
pub use lent::Lent;
pub use page::{Cursor, Page, PageQuery, of_our_days};
pub use peers::{Peers, Repeatable, Unanswered};
pub use position::{Freshness, POSITION_LENGTH, Position};
pub use problem::{FieldProblem, Problem};
pub use reader::Reader;
pub use token::{
    AccessNews, AccessToken, Ended, EndedTokens, HouseKey, Pass, SigningKey, Verifier, VerifyingKey,
};
pub use upstream::{AtHand, InHand, Upstream};

/// The content type of every refusal (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The header that carries the house token between services.
pub const HOUSE_HEADER: &str = "x-tipple-house";
/// The header that carries the request id, inwards and outwards.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// The header that says how many milliseconds the asker still waits.
pub const PATIENCE_HEADER: &str = "x-tipple-patience-ms";
/// The header by which a process says that it is about to end: the next request goes elsewhere.
pub const LEAVING_HEADER: &str = "x-tipple-leaving";
/// The header that says how far the database was when whoever asks wrote last, outwards and inwards:
/// what they read then is no older.
pub const POSITION_HEADER: &str = "tipple-position";
