//! The web app, as it comes from the front door.

use std::time::{Duration, Instant};

use axum::{Json, Router, extract::Path, http::StatusCode, response::IntoResponse, routing};
use http::{Method, header};
use serde_json::{Value, json};
use testkit::{Answer, Bench};

const DRINK: &str = "01a21c5a-2673-7207-a3ac-bcd75d15f9dc";

/// Whether it has been built; where changes are checked it must have been.
fn is_built() -> bool {
    let made = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/made");
    let built = std::path::Path::new(made).exists();
    assert!(built || std::env::var_os("CI").is_none(), "run make web");
    if !built {
        eprintln!("skipped: the web app is not built");
    }
    built
}

fn drink() -> Value {
    json!({
        "product": DRINK, "name": "</script><b>Rye & Sons</b>", "producer": "Templeton",
        "description": "", "category": "spirits/whiskey", "class": "spirits", "abv_bp": 4000,
        "volume_ml": 750, "pack": 1, "container": "bottle", "alcohol_units_hundredths": 3000,
        "active": true, "version": 1, "in_stock": true, "stores": 1,
        "from_price": {"amount": 3299, "currency": "USD"},
        "offers": {"items": []},
    })
}

fn catalogue() -> Router {
    let list = |items: Value| move || async move { Json(json!({"items": items})) };
    Router::new()
        .route("/v1/catalogue/categories", routing::get(list(json!([]))))
        .route("/v1/catalogue/products", routing::get(list(json!([drink()]))))
        .route("/v1/catalogue/stores", routing::get(list(json!([]))))
        .route(
            "/v1/catalogue/products/{product}",
            routing::get(|Path(product): Path<String>| async move {
                if product == DRINK {
                    Json(drink()).into_response()
                } else {
                    wire::Problem::not_found("product").into_response()
                }
            }),
        )
}

async fn shop(catalogue: Router) -> Bench {
    let settings = "[gateway]\nservices = [\"catalogue\"]";
    Bench::of(super::PARTS).settings(settings).stand_in("catalogue", catalogue).start().await
}

fn html(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status);
    assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    answer.body.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_is_whole_before_its_script_runs() {
    if !is_built() {
        return;
    }
    let bench = shop(catalogue()).await;
    let anyone = bench.anyone("gateway");
    let home = html(&anyone.get("/").await, 200);
    assert!(home.contains("<html lang=\"en\" dir=\"ltr\""));
    assert!(home.contains("Rye &amp; Sons") && home.contains("$32.99"), "{home}");
    let hebrew = anyone.with("accept-language", "he-IL,en;q=0.5").get("/").await;
    assert!(html(&hebrew, 200).contains("<html lang=\"he\" dir=\"rtl\" data-locale=\"he-IL\""));
    let page = html(&anyone.get(&format!("/p/{DRINK}")).await, 200);
    assert!(page.contains("<script type=\"application/ld+json\">{\"@context\""));
    assert!(page.contains("<link rel=\"canonical\" href=\"http"));
    assert!(!page.contains("noindex"));
    assert!(!page.contains("</script><b>"), "what a drink is called ends no script");
}

#[tokio::test]
async fn a_page_knows_whose_map_it_shows() {
    if !is_built() {
        return;
    }
    let settings = "[gateway]\nservices = [\"catalogue\"]\n[gateway.map]\n\
                    style_url = \"https://maps.example/style.json?a=1&b=2\"";
    let bench = Bench::of(super::PARTS).settings(settings).stand_in("catalogue", catalogue());
    let bench = bench.start().await;
    let answer = bench.anyone("gateway").get("/account").await;
    assert_eq!(answer.headers[header::REFERRER_POLICY], "strict-origin");
    let page = html(&answer, 200);
    assert!(page.contains(" data-map-style=\"https://maps.example/style.json?a=1&amp;b=2\">"));
    assert!(!page.contains("data-google"));
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("connect-src 'self' https://maps.example;"), "{policy}");
}

/// A page's own code comes beside what all pages begin with; nobody else fetches it.
#[tokio::test]
async fn a_page_begins_with_its_own_code_too() {
    if !is_built() {
        return;
    }
    let bench = shop(catalogue()).await;
    let anyone = bench.anyone("gateway");
    let parts = async |path: &str| -> Vec<String> {
        let page = html(&anyone.get(path).await, 200);
        let list = page.split("id=\"parts\">").nth(1).unwrap().split('<').next().unwrap();
        serde_json::from_str(list).unwrap()
    };
    let all = parts("/operator").await;
    let product = format!("/p/{DRINK}");
    for path in ["/", &product, "/search?q=rye", "/c/spirits", "/basket", "/orders/1", "/sign-in"] {
        let more = parts(path).await;
        assert!(all.iter().all(|part| more.contains(part)), "{path}: {all:?} {more:?}");
        assert!(more.len() > all.len(), "{path}: {all:?} {more:?}");
        for part in &more {
            assert_eq!(anyone.get(part).await.status, 200, "{part}");
        }
    }
}

#[tokio::test]
async fn a_page_says_whom_to_ask_where_somebody_is_named() {
    if !is_built() {
        return;
    }
    let nobody = html(&shop(catalogue()).await.anyone("gateway").get("/help").await, 200);
    assert!(!nobody.contains("data-help") && !nobody.contains("mailto:"), "{nobody}");
    let settings = "[gateway]\nservices = [\"catalogue\"]\n[gateway.help]\n\
                    email = \"help@shop.example\"\nphone = \"+1 (515) 555-0100\"";
    let bench = Bench::of(super::PARTS).settings(settings).stand_in("catalogue", catalogue());
    let bench = bench.start().await;
    let anyone = bench.anyone("gateway");
    for (path, status, times) in
        [("/", 200, 1), ("/help", 200, 2), ("/p/01a21c5a-0000-7207-a3ac-bcd75d15f9dc", 404, 2)]
    {
        let page = html(&anyone.get(path).await, status);
        assert!(page.contains(" data-help-email=\"help@shop.example\""), "{path}: {page}");
        assert_eq!(page.matches("mailto:help@shop.example").count(), times, "{path}: {page}");
        assert_eq!(page.matches("tel:+15155550100").count(), times, "{path}: {page}");
    }
}

#[tokio::test]
async fn what_is_for_one_person_alone_is_not_listed_and_not_read_for_anybody() {
    if !is_built() {
        return;
    }
    let bench = shop(catalogue()).await;
    for path in ["/orders", "/basket", "/account", "/checkout/x", "/sign-in"] {
        let page = html(&bench.anyone("gateway").get(path).await, 200);
        assert!(page.contains("noindex") && page.contains("aria-busy"), "{path}: {page}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_now_is_said_in_a_page() {
    if !is_built() {
        return;
    }
    let bench = shop(catalogue()).await;
    let anyone = bench.anyone("gateway");
    let none = html(&anyone.get("/p/01a21c5a-0000-7207-a3ac-bcd75d15f9dc").await, 404);
    assert!(none.contains("noindex"));
    assert_eq!(anyone.send(Method::POST, "/stores", "{}".into()).await.status, 405);
    let browser = anyone.with("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    for path in ["/serch", "/stores/", "/%2e%2e/stores", "/internal/orders/x", "/a%3Cb%3E"] {
        let nothing = html(&browser.get(path).await, 404);
        assert!(nothing.contains("There is nothing here") && nothing.contains("noindex"), "{path}");
        anyone.get(path).await.refused(404, "not-found");
    }
    let fails = Router::new().fallback(|| async { StatusCode::INTERNAL_SERVER_ERROR });
    let bench = shop(fails).await;
    let home = html(&bench.anyone("gateway").get("/").await, 503);
    assert!(home.contains("<main"), "what is around it is there: {home}");
}

#[tokio::test]
async fn files_come_compressed_and_are_kept() {
    if !is_built() {
        return;
    }
    let bench = shop(catalogue()).await;
    let anyone = bench.anyone("gateway");
    let home = html(&anyone.get("/").await, 200);
    let script = home.split("id=\"parts\">[\"").nth(1).unwrap().split('"').next().unwrap();
    let plain = anyone.get(script).await;
    assert_eq!(plain.status, 200);
    assert!(plain.headers.get(header::CONTENT_ENCODING).is_none());
    let small = anyone.with("accept-encoding", "gzip, br").get(script).await;
    assert_eq!(small.headers[header::CONTENT_ENCODING], "br");
    let kept = small.headers[header::CACHE_CONTROL].to_str().unwrap();
    assert!(kept.contains("immutable"), "{kept}");
    anyone.get("/assets/none.js").await.refused(404, "not-found");
    anyone.get("/assets/../manifest.json").await.refused(404, "not-found");
}

#[tokio::test]
async fn a_page_is_sent_while_what_it_shows_is_late() {
    if !is_built() {
        return;
    }
    let slow = || async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        Json(json!({"items": []}))
    };
    let bench = shop(Router::new().fallback(slow)).await;
    let anyone = bench.anyone("gateway");
    // The engine starts with its first page.
    html(&anyone.get("/sign-in").await, 200);
    let product = format!("/p/{DRINK}");
    for path in ["/", "/c/wine", "/search?q=rye", "/stores", &product] {
        let began = Instant::now();
        let page = html(&anyone.get(path).await, 200);
        assert!(began.elapsed() < Duration::from_millis(1_900), "{path}: {:?}", began.elapsed());
        assert!(page.contains("Tipple</title>") && page.contains("aria-busy=\"true\""), "{page}");
        assert!(page.contains("id=\"given\"></script>") && page.contains("noindex"), "{page}");
    }
}

/// Nobody else is sent a page in which something lacks that has come since.
#[tokio::test]
async fn a_page_that_was_late_is_not_kept() {
    if !is_built() {
        return;
    }
    let first = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let once = move || {
        let late = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        async move {
            if late {
                tokio::time::sleep(Duration::from_mins(1)).await;
            }
            Json(json!({"items": []}))
        }
    };
    let bench = shop(Router::new().route("/v1/catalogue/stores", routing::get(once))).await;
    let anyone = bench.anyone("gateway");
    let waits = "aria-busy=\"true\"";
    assert!(html(&anyone.get("/stores").await, 200).contains(waits));
    assert!(!html(&anyone.get("/stores").await, 200).contains(waits));
}
