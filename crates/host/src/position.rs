//! How far the database was when whoever asks wrote last, so that they see it whichever replica they
//! read from.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode},
    response::Response,
};
use store::Reads;
use wire::{HOUSE_HEADER, POSITION_HEADER, Position};

/// How long the database may take to say how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How new what is read for this request must be. What changes something reads nothing that may lag,
/// nor do those whom it asks.
pub(crate) fn wanted(reads: &Reads, request: &Request) -> Position {
    if !reads.are_replicated() {
        return Position::default();
    }
    if !request.method().is_safe() {
        return Position::NEWEST;
    }
    let brought = request.headers().get(POSITION_HEADER);
    let brought = brought.and_then(|value| value.to_str().ok()?.parse().ok());
    brought.unwrap_or_default()
}

/// Whether its answer says how far the database is: what may have changed something, asked from outside
/// of the house.
pub(crate) fn is_told(service: &str, reads: &Reads, request: &Request) -> bool {
    let changes = !request.method().is_safe() && !request.headers().contains_key(HOUSE_HEADER);
    changes && reads.are_replicated() && service != "gateway"
}

/// Says so. What was refused has changed nothing; but who was refused because they saw too old a state
/// sees a newer one then.
pub(crate) async fn tell(reads: &Reads, response: &mut Response) {
    let status = response.status();
    let was_late = matches!(status, StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED);
    if status.is_client_error() && !was_late {
        return;
    }
    let position = match tokio::time::timeout(PATIENCE, reads.position()).await {
        Ok(Ok(position)) => position,
        // Then they read from the primary for a while.
        _ => Position::NEWEST,
    };
    if let Ok(value) = HeaderValue::from_str(&position.to_string()) {
        response.headers_mut().insert(POSITION_HEADER, value);
    }
}
