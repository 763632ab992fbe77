//! How far the database was when whoever asks wrote last, so that they see it whichever replica they
//! read from.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode},
    response::Response,
};
use store::Reads;
use wire::{Freshness, HOUSE_HEADER, POSITION_HEADER};

use crate::edge::Edge;

/// How long the database may take to say how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How new what is read for this request must be. What changes something reads nothing that may lag,
/// nor do those whom it asks. What is brought and was not made here, or too long ago, is passed over.
pub(crate) fn wanted(edge: &Edge, request: &Request) -> Freshness {
    let Edge { reads, house, clock, position_life, .. } = edge;
    if !reads.are_replicated() {
        return Freshness::Any;
    }
    if !request.method().is_safe() {
        return Freshness::Newest;
    }
    let brought = request.headers().get(POSITION_HEADER);
    let brought = brought.and_then(|value| value.to_str().ok());
    brought.and_then(|text| house.open(text, clock.now(), *position_life)).unwrap_or_default()
}

/// Whether its answer says how far the database is: what may have changed something, asked from outside
/// of the house.
pub(crate) fn is_told(service: &str, reads: &Reads, request: &Request) -> bool {
    let changes = !request.method().is_safe() && !request.headers().contains_key(HOUSE_HEADER);
    changes && reads.are_replicated() && service != "gateway"
}

/// Says so. What was refused has changed nothing; but who was refused because they saw too old a state
/// sees a newer one then.
pub(crate) async fn tell(edge: &Edge, response: &mut Response) {
    let Edge { reads, house, clock, .. } = edge;
    let status = response.status();
    let was_late = matches!(status, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED);
    if status.is_client_error() && !was_late {
        return;
    }
    let reached = match tokio::time::timeout(PATIENCE, reads.position()).await {
        Ok(Ok(position)) => Freshness::Since(position),
        // Then they read from the primary for a while.
        _ => Freshness::Newest,
    };
    let sealed =
        house.seal(reached, clock.now()).and_then(|sealed| HeaderValue::try_from(sealed).ok());
    if let Some(value) = sealed {
        response.headers_mut().insert(POSITION_HEADER, value);
    }
}
