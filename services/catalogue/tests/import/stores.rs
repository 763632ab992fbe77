use kernel::StoreId;

use super::{Desk, counts};

const STORES: &str = r#"
    kind = "stores"
    source = "list"
    [columns]
    key = "no"
    name = "name"
    address = { template = "{street}, {city}", case = "title" }
    lat = "lat"
    lon = "lon"
    active = { column = "status", yes = ["A"], no = ["I"] }
    [defaults]
    vendor = "Licensees"
    time_zone = "America/Chicago"
    currency = "USD"
    hours = "mon-sat 09:00-22:00; sun closed"
    delivery_radius_m = 5000
"#;

const HEADER: &str = "no,name,street,city,lat,lon,status\n";

#[tokio::test]
async fn every_trap_of_a_store_is_refused() {
    let desk = Desk::open().await;
    for (row, wanted) in [
        ("1,Corner,MAIN ST,AMES,,,A", "place-missing"),
        ("1,Corner,MAIN ST,AMES,42.0,,A", "place-missing"),
        ("1,Corner,MAIN ST,AMES,0,0,A", "place-missing"),
        ("1,Corner,MAIN ST,AMES,142.0,-93,A", "place-outside"),
        ("1,Corner,MAIN ST,AMES,NaN,-93,A", "place-outside"),
        ("1,Corner,MAIN ST,AMES,north,-93,A", "number"),
        ("1,Corner,MAIN ST,AMES,42.0,-93,X", "status-unknown"),
        ("1,,MAIN ST,AMES,42.0,-93,A", "missing"),
        ("1,=HYPERLINK(1),MAIN ST,AMES,42.0,-93,A", "formula"),
    ] {
        let done = desk.take(STORES, format!("{HEADER}{row}\n")).await.unwrap();
        assert_eq!(done.codes.keys().copied().collect::<Vec<_>>(), [wanted], "{row}");
    }
    assert_eq!(desk.count("select count(*) from store").await, 1, "only the shop itself");
}

#[tokio::test]
async fn a_store_that_moves_takes_its_circle_along_and_keeps_its_own_hours() {
    let desk = Desk::open().await;
    let rows = |lat: &str, status: &str| {
        format!("{HEADER}7,Corner,12 MAIN ST,AMES,{lat},-93.6,{status}\n")
    };
    let done = desk.take(STORES, rows("42.03", "I")).await.unwrap();
    assert_eq!(done.summary.things, counts(1, 0, 0));
    sqlx::query(
        "update store set preparation_minutes = 3, time_zone = 'America/Denver' where source_key = '7'",
    )
    .execute(&desk.db)
    .await
    .unwrap();
    assert_eq!(
        desk.take(STORES, rows("42.03", "I")).await.unwrap().summary.things,
        counts(0, 0, 1)
    );
    assert_eq!(
        desk.take(STORES, rows("42.04", "A")).await.unwrap().summary.things,
        counts(0, 1, 0)
    );
    let row: (String, bool, String, i32, f64, i64) = sqlx::query_as(
        "select s.address, s.active, s.time_zone, s.preparation_minutes,
                (s.zone -> 'centre' ->> 'lat')::float8, s.version
         from store s join vendor v on v.id = s.vendor_id
         where s.source_key = '7' and v.name = 'Licensees'",
    )
    .fetch_one(&desk.db)
    .await
    .unwrap();
    assert_eq!(row, ("12 Main St, Ames".into(), true, "America/Denver".into(), 3, 42.04, 2));
}

#[tokio::test]
async fn two_rows_about_one_store_stop_nobody_else_however_they_name_it() {
    let desk = Desk::open().await;
    let mapping = STORES.replace("key = \"no\"", "key = \"no\"\nid = \"id\"");
    let row = |id: &str, key: &str| format!("{id},{key},Corner,12 MAIN ST,AMES,42.03,-93.6,A\n");
    let (shop, new) = (desk.shop.store.to_string(), StoreId::new().to_string());
    let rows = [row(&new, "7"), row("", "7"), row(&shop, ""), row("", "8")].concat();
    let done = desk.take(&mapping, format!("id,{HEADER}{rows}")).await.unwrap();
    assert_eq!(done.lines("key-twice"), ["3"]);
    assert_eq!(done.summary.things, counts(2, 1, 0));
}
