//! Operations that know a request that comes twice: those whose documents ask for a key.

use std::sync::OnceLock;

use axum::http::{HeaderMap, Method};
use utoipa::openapi::{OpenApi, RefOr};

/// The header with the key, as the documents name it.
const KEY: &str = "Idempotency-Key";

static PATHS: OnceLock<Vec<String>> = OnceLock::new();

/// Names the documents of the services that run in this house; the first call counts.
pub fn publish(documents: &[(&'static str, OpenApi)]) {
    let _ = PATHS.set(documents.iter().flat_map(|(_, document)| paths(document)).collect());
}

/// The paths to which something may be posted with a key.
fn paths(document: &OpenApi) -> Vec<String> {
    let takes_key = |operation: &utoipa::openapi::path::Operation| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|parameter| matches!(parameter, RefOr::T(one) if one.name == KEY))
    };
    let items = document.paths.paths.iter();
    let keyed = items.filter(|(_, item)| item.post.as_ref().is_some_and(takes_key));
    keyed.map(|(path, _)| path.clone()).collect()
}

/// Whether the request may be sent a second time although the first may have had its effect.
pub fn is_keyed(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    method == Method::POST
        && headers.contains_key(KEY)
        && PATHS.get().is_some_and(|paths| paths.iter().any(|keyed| host::fits(keyed, path)))
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::{
        OpenApiBuilder, PathItem, PathsBuilder,
        path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder},
    };

    use super::*;

    #[test]
    fn what_asks_for_a_key_is_known_by_it() {
        let keyed = ParameterBuilder::new().name("Idempotency-Key").build();
        let keyed = OperationBuilder::new().parameter(keyed).build();
        let post = |operation: Operation| PathItem::new(HttpMethod::Post, operation);
        let paths = PathsBuilder::new()
            .path("/v1/orders/orders/{order}/refunds", post(keyed.clone()))
            .path("/v1/orders/orders", post(Operation::default()))
            .path("/v1/orders/read", PathItem::new(HttpMethod::Get, keyed));
        publish(&[("orders", OpenApiBuilder::new().paths(paths).build())]);
        let with =
            HeaderMap::from_iter([("idempotency-key".parse().unwrap(), "a".parse().unwrap())]);
        let asked = |method, path, headers: &HeaderMap| is_keyed(&method, path, headers);
        assert!(asked(Method::POST, "/v1/orders/orders/7/refunds", &with));
        assert!(!asked(Method::POST, "/v1/orders/orders/7/refunds", &HeaderMap::new()));
        assert!(!asked(Method::PUT, "/v1/orders/orders/7/refunds", &with));
        assert!(!asked(Method::POST, "/v1/orders/orders", &with), "it would be done twice");
        assert!(!asked(Method::POST, "/v1/orders/read", &with));
    }
}
