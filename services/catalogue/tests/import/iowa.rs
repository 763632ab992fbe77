//! The State of Iowa's lists as they are. They are no part of the project: where they are not at
//! hand these tests say so and pass.

use std::{fs, path::PathBuf};

use super::{Desk, Import, a, counts};

fn data(file: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

const PRODUCTS: &str = include_str!("../../../../mappings/iowa-products.toml");
const STORES: &str = include_str!("../../../../mappings/iowa-stores.toml");

#[tokio::test]
async fn the_products_of_iowa() {
    let Some(path) = data("iowa_products.csv") else { return };
    let desk = Desk::open().await;
    let import = a(PRODUCTS, path.clone());
    let dry = desk.import(&Import { commit: false, ..a(PRODUCTS, path.clone()) }).await.unwrap();
    assert_eq!(desk.products().await, 0);
    let done = desk.import(&import).await.unwrap();
    assert_eq!(done.summary, dry.summary, "a dry run says what happens");
    assert_eq!((done.summary.rows, done.summary.refused), (6482, 6));
    assert_eq!(done.summary.things, counts(6476, 0, 0));
    assert_eq!(done.summary.shared_barcodes, 1475);
    assert_eq!((done.of("volume-zero"), done.of("strength-missing")), (5, 6));
    assert_eq!(done.of("damaged-text"), 6);
    assert_eq!(done.of("invalid-barcode"), 0);
    assert!((400..=520).contains(&done.of("sleeve-price")), "{:?}", done.codes);
    assert_eq!(desk.products().await, 6476);
    let second = desk.import(&import).await.unwrap();
    assert_eq!(second.summary.things, counts(0, 0, 6476));
    let text = fs::read_to_string(&path).unwrap().replace(
        "SCORESBY RARE SCOTCH,421,SAZERAC COMPANY  INC,750",
        "SCORESBY SCOTCH,421,SAZERAC COMPANY  INC,750",
    );
    let third = desk.import(&a(PRODUCTS, desk.file(text))).await.unwrap();
    assert_eq!(third.summary.things, counts(0, 1, 6475));
    assert_eq!(desk.count("select count(*) from outbox where kind like '%product%'").await, 6477);
}

#[tokio::test]
async fn the_stores_of_iowa() {
    let Some(path) = data("iowa_stores.csv") else { return };
    let desk = Desk::open().await;
    let import = a(STORES, path);
    let done = desk.import(&import).await.unwrap();
    assert_eq!(
        (done.summary.rows, done.summary.refused, done.of("place-missing")),
        (2296, 125, 125)
    );
    assert_eq!(done.summary.things, counts(2171, 0, 0));
    assert_eq!(desk.import(&import).await.unwrap().summary.things, counts(0, 0, 2171));
    assert!(desk.count("select count(*) from store where not active").await > 200);
}
