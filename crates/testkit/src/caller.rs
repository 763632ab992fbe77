use axum::{Router, body::Body};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tower::ServiceExt;

/// Someone who makes requests to a service's router, as the network would.
#[derive(Clone)]
pub struct Caller {
    pub(crate) router: Router,
    pub(crate) headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The JSON body; a string when it is not JSON, null when there is none.
    pub body: Value,
}

impl Caller {
    /// The same caller with these headers too, as often as they are there.
    pub fn with_all(mut self, headers: &HeaderMap) -> Self {
        for (name, value) in headers {
            self.headers.append(name, value.clone());
        }
        self
    }

    /// The same caller with one more header in every request.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.insert(name, value.parse().expect("a header value"));
        caller
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        self.send(Method::POST, path, json(&body)).await
    }

    pub async fn put(&self, path: &str, body: impl Serialize) -> Answer {
        self.send(Method::PUT, path, json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: impl Serialize) -> Answer {
        self.send(Method::PATCH, path, json(&body)).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).body(body).expect("request");
        *request.headers_mut() = self.headers.clone();
        let json = "application/json".parse().expect("a content type");
        request.headers_mut().entry(header::CONTENT_TYPE).or_insert(json);
        let Ok(answer) = self.router.clone().oneshot(request).await;
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a whole body");
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn json(body: &impl Serialize) -> Body {
    Body::from(serde_json::to_vec(body).expect("JSON"))
}

impl Answer {
    /// The body of an answer that must be a success.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(self) -> T {
        assert!(self.status.is_success(), "{}: {:#}", self.status, self.body);
        let body = if self.body == "" { Value::Null } else { self.body };
        serde_json::from_value(body.clone()).unwrap_or_else(|error| panic!("{error}: {body:#}"))
    }

    /// Checks that it is a refusal with this status and code, and gives the whole problem.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{:#}",
            self.body
        );
        assert_eq!(self.headers[header::CONTENT_TYPE], wire::PROBLEM_JSON);
        self.body
    }
}
