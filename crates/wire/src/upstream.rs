use std::sync::{Arc, OnceLock};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use tower::ServiceExt;

/// Where a service is: in this process, or on the network.
#[derive(Clone)]
pub enum Upstream {
    /// The service's own router, filled in once it has started.
    Local(Arc<OnceLock<Router>>),
    /// `http://host:port`, without a trailing slash.
    Remote { base: String, http: reqwest::Client },
}

/// The most that one answer between services may weigh.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

impl Upstream {
    pub fn local() -> Self {
        Self::Local(Arc::default())
    }

    pub fn remote(base: &str, http: reqwest::Client) -> Self {
        Self::Remote { base: base.trim_end_matches('/').into(), http }
    }

    /// Names the router that answers from now on; a remote upstream needs none.
    pub fn fill(&self, router: Router) {
        if let Self::Local(slot) = self {
            let _ = slot.set(router);
        }
    }

    /// Sends a request whose body is whole, and reads the whole answer.
    pub async fn send(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        match self {
            Self::Local(slot) => {
                let router = slot.get().ok_or_else(|| anyhow::anyhow!("has not started"))?;
                let answer = router.clone().oneshot(request.map(Body::from)).await?;
                let (parts, body) = answer.into_parts();
                Ok(Response::from_parts(parts, axum::body::to_bytes(body, MAX_ANSWER).await?))
            }
            Self::Remote { base, http } => {
                let answer = http.execute(onto(base, request)?.try_into()?).await?;
                let mut response = Response::builder().status(answer.status());
                if let Some(headers) = response.headers_mut() {
                    *headers = answer.headers().clone();
                }
                let body = Body::from_stream(answer.bytes_stream());
                Ok(response.body(axum::body::to_bytes(body, MAX_ANSWER).await?)?)
            }
        }
    }

    /// Passes a request on as it streams, and streams the answer back: what the gateway does.
    pub async fn forward(&self, request: Request<Body>) -> anyhow::Result<Response<Body>> {
        match self {
            Self::Local(slot) => {
                let router = slot.get().ok_or_else(|| anyhow::anyhow!("has not started"))?;
                Ok(router.clone().oneshot(request).await?)
            }
            Self::Remote { base, http } => {
                let (parts, body) = onto(base, request)?.into_parts();
                let request = http
                    .request(parts.method, parts.uri.to_string())
                    .headers(parts.headers)
                    .body(reqwest::Body::wrap_stream(body.into_data_stream()))
                    .build()?;
                let answer = http.execute(request).await?;
                let mut response = Response::builder().status(answer.status());
                if let Some(headers) = response.headers_mut() {
                    *headers = answer.headers().clone();
                }
                Ok(response.body(Body::from_stream(answer.bytes_stream()))?)
            }
        }
    }
}

fn onto<B>(base: &str, mut request: Request<B>) -> anyhow::Result<Request<B>> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = format!("{base}{path}").parse()?;
    request.headers_mut().remove(http::header::HOST);
    Ok(request)
}
