use std::fs::File;

use catalogue::{
    export,
    import::{Import, Kind},
};
use serde_json::json;

use super::{Desk, HEADER, LIST, counts, own};
use crate::shop::product_input;

impl Desk {
    async fn export(&self, kind: Kind) -> std::path::PathBuf {
        let path = self.file("");
        export::run(&self.db, kind, None, File::create(&path).unwrap()).await.unwrap();
        path
    }

    /// Exports, imports that, and expects that nothing is new or changed.
    async fn comes_back(&self, kind: Kind, rows: u64) {
        let done = self.import(&own(kind, self.export(kind).await)).await.unwrap();
        assert_eq!(done.summary.things, counts(0, 0, rows), "{kind} {:?}", done.report);
        assert_eq!(done.summary.refused, 0);
    }
}

#[tokio::test]
async fn what_is_exported_can_be_imported_again_and_changes_nothing() {
    let desk = Desk::open().await;
    desk.take(LIST, format!("{HEADER}1,-196 Gin,gin,40.5,750,88004022723,9\n")).await.unwrap();
    let mut odd = product_input("'=1+1  \"quoted\", and spaced", "spirits/gin");
    odd["description"] = json!("=cmd|' /C calc'!A0\nand a second line");
    odd["vintage"] = json!(1999);
    let mut lines = product_input("Two lines", "spirits/gin");
    lines["description"] = json!("As Windows writes them:\r\nlike this\rand\nthis.");
    desk.shop.product(lines).await;
    desk.shop.product(odd).await;
    desk.shop.bottle("Wild Turkey", 10).await;
    desk.comes_back(Kind::Products, 4).await;
    // Degrees to the last digit, as programs compute them.
    let corners = (1..=600_i32).map(|number| {
        let number = f64::from(number);
        json!({ "lat": number.sqrt() * 3.1, "lon": number.ln() * -17.3 })
    });
    let corners: Vec<_> = corners.collect();
    sqlx::query("update store set zone = $1")
        .bind(json!({ "shape": "polygon", "corners": corners }))
        .execute(&desk.db)
        .await
        .unwrap();
    desk.comes_back(Kind::Stores, 1).await;
    desk.comes_back(Kind::Stock, 1).await;
}

#[tokio::test]
async fn an_export_fills_an_empty_house() {
    let (one, two) = (Desk::open().await, Desk::open().await);
    one.take(LIST, format!("{HEADER}1,Gordon's,gin,40,750,88004022723,9\n")).await.unwrap();
    one.shop.bottle("Wild Turkey", 10).await;
    for (kind, wanted) in [
        (Kind::Products, counts(2, 0, 0)),
        (Kind::Stores, counts(1, 0, 0)),
        (Kind::Stock, counts(1, 0, 0)),
    ] {
        let done = two.import(&own(kind, one.export(kind).await)).await.unwrap();
        assert_eq!(done.summary.things, wanted, "{kind} {:?}", done.report);
    }
    let exports = (one.export(Kind::Products).await, two.export(Kind::Products).await);
    let read = |path| std::fs::read_to_string(path).unwrap();
    assert_eq!(read(exports.0), read(exports.1));
}

#[tokio::test]
async fn nothing_exported_is_computed_by_a_spreadsheet() {
    let desk = Desk::open().await;
    let mut input = product_input("=HYPERLINK(\"evil\")", "spirits/gin");
    input["producer"] = json!("@SUM(1)");
    input["region"] = json!("+1-1");
    desk.shop.product(input).await;
    let path = desk.export(Kind::Products).await;
    let mut reader = csv::Reader::from_path(path).unwrap();
    for record in reader.records() {
        for cell in &record.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
}

#[tokio::test]
async fn an_id_and_a_key_of_different_products_are_not_mixed() {
    let desk = Desk::open().await;
    desk.take(LIST, format!("{HEADER}1,Gordon's,gin,40,750,,9\n2,Bombay,gin,40,750,,9\n"))
        .await
        .unwrap();
    let text = std::fs::read_to_string(desk.export(Kind::Products).await).unwrap();
    let swapped = text.replace("list,1,", "list,X,").replace("list,2,", "list,1,");
    let done = desk.import(&own(Kind::Products, desk.file(swapped))).await.unwrap();
    assert_eq!(done.of("key-taken"), 1);
    assert_eq!(done.summary.things, counts(0, 0, 1), "a key is given once and stays");
    let dry = Import { commit: false, ..own(Kind::Products, desk.file(text)) };
    assert_eq!(desk.import(&dry).await.unwrap().summary.things, counts(0, 0, 2));
}
