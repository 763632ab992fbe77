//! What is answered before anything else of a request is looked at.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{Router, extract::Request, response::Response};
use futures::future::{Either, Ready, ready};
use tower::{Service, ServiceExt, util::Oneshot};

use crate::edge;

/// Answers at once what it can without waiting for anybody: such an answer passes none of the edge, and
/// so it has to keep all that the edge keeps.
pub type AtOnce = Arc<dyn Fn(&Request) -> Option<Response> + Send + Sync>;

/// A router before which something is answered at once.
pub(crate) fn first(at_once: AtOnce, rest: Router) -> Router {
    Router::new().fallback_service(First { at_once, rest })
}

#[derive(Clone)]
struct First {
    at_once: AtOnce,
    rest: Router,
}

impl Service<Request> for First {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, Oneshot<Router, Request>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match (self.at_once)(&request) {
            Some(mut answer) => {
                edge::name(&mut answer, &edge::request_id(request.headers()));
                tracing::debug!(status = answer.status().as_u16(), "answered at once");
                Either::Left(ready(Ok(answer)))
            }
            None => Either::Right(self.rest.clone().oneshot(request)),
        }
    }
}
