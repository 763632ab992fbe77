//! What is answered before anything else of a request is looked at.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    response::Response,
};
use futures::future::Either;
use tower::{BoxError, ServiceExt};

use crate::unread;

/// Answers at once what it can without waiting for anybody and without what the request brings. Such an
/// answer passes none of the edge, and so it has to keep all that the edge keeps.
pub type AtOnce = Arc<dyn Fn(&Request<()>) -> Option<Response> + Send + Sync>;

/// A router, and what is answered before it is asked.
#[derive(Clone)]
pub(crate) struct First {
    pub at_once: Option<AtOnce>,
    pub rest: Router,
}

impl From<Router> for First {
    fn from(rest: Router) -> Self {
        Self { at_once: None, rest }
    }
}

impl First {
    pub fn answer<B>(
        &self,
        request: Request<B>,
    ) -> impl Future<Output = Result<Response, Infallible>> + Send + use<B>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (head, body) = request.into_parts();
        let request = Request::from_parts(head, ());
        let Some(mut answer) = self.at_once.as_ref().and_then(|at_once| at_once(&request)) else {
            return Either::Right(self.rest.clone().oneshot(request.map(|()| body)));
        };
        let (status, path) = (answer.status().as_u16(), request.uri().path());
        let request_id = answer.headers().get(wire::REQUEST_ID_HEADER);
        tracing::debug!(status, path, ?request_id, "answered at once");
        let left = unread::may_be(&request, &body).then_some(body);
        Either::Left(async {
            if let Some(body) = left {
                Box::pin(unread::read(Body::new(body), &mut answer)).await;
            }
            Ok(answer)
        })
    }

    /// The same for whoever calls it within this process.
    pub fn router(self) -> Router {
        if self.at_once.is_none() {
            return self.rest;
        }
        Router::new().fallback(move |request: Request| self.answer(request))
    }
}
