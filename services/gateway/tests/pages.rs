use testkit::Answer;

#[track_caller]
fn page(answer: &Answer, kind: &str) -> String {
    assert_eq!(answer.status, 200);
    let content_type = answer.headers["content-type"].to_str().unwrap();
    assert!(content_type.starts_with(kind), "{content_type}");
    answer.body.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_finds_the_api_and_nothing_comes_from_elsewhere() {
    let bench = super::bench().start().await;
    let anyone = bench.anyone("gateway");
    assert_eq!(anyone.get("/docs").await.headers["location"], "/docs/");
    let answer = anyone.get("/docs/").await;
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'self'"));
    let docs = page(&answer, "text/html");
    assert!(docs.contains("swagger-ui") && docs.contains("name=\"viewport\""));
    for elsewhere in ["http://", "https://"] {
        assert!(!docs.contains(elsewhere), "{docs}");
    }
    page(&anyone.get("/docs/swagger-ui-bundle.js").await, "text/javascript");
    page(&anyone.get("/docs/swagger-ui.css").await, "text/css");
    let start = page(&anyone.get("/docs/swagger-initializer.js").await, "text/javascript");
    assert!(start.contains("/openapi.json"));
    anyone.get("/docs/none.js").await.refused(404, "not-found");
}
