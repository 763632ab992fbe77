use catalogue::import::Import;
use catalogue_api::{Held, StockLow};

use super::{Desk, HEADER, LIST, a, counts, product};

const COUNTED: &str = r#"
    kind = "stock"
    source = "list"
    [columns]
    key = "no"
    gtin = { column = "code", pad = 12 }
    on_hand = "count"
    price = "price"
"#;

async fn count(desk: &Desk, rows: &str, commit: bool) -> super::Done {
    let file = desk.file(format!("no,code,count,price\n{rows}"));
    let import = Import { store: Some(desk.shop.store), commit, ..a(COUNTED, file) };
    desk.import(&import).await.unwrap()
}

async fn with_three_gins() -> Desk {
    let desk = Desk::open().await;
    let rows = "1,Gordon's,gin,40,750,88004022723,9\n2,Bombay,gin,40,750,5901234123457,9\n\
                3,Hendrick's,gin,40,750,5901234123457,9\n";
    desk.take(LIST, format!("{HEADER}{rows}")).await.unwrap();
    desk
}

#[tokio::test]
async fn a_count_is_a_movement_and_only_where_it_differs() {
    let desk = with_three_gins().await;
    let rows = "1,,24,9.99\n2,,0,\n";
    let done = count(&desk, rows, false).await;
    assert_eq!((done.summary.things, done.summary.listings), (counts(2, 0, 0), counts(1, 0, 0)));
    assert_eq!(desk.count("select count(*) from stock").await, 0, "a dry run writes nothing");
    count(&desk, rows, true).await;
    let done = count(&desk, rows, true).await;
    assert_eq!((done.summary.things, done.summary.listings), (counts(0, 0, 2), counts(0, 0, 1)));
    let done = count(&desk, "1,,20,8.99\n", true).await;
    assert_eq!((done.summary.things, done.summary.listings), (counts(0, 1, 0), counts(0, 1, 0)));
    let moved: Vec<i32> = sqlx::query_scalar("select quantity from movement order by id")
        .fetch_all(&desk.db)
        .await
        .unwrap();
    assert_eq!(moved, [24, -4]);
    desk.shop.the_ledger_adds_up().await;
}

#[tokio::test]
async fn a_count_never_takes_what_is_promised_and_warns_once_when_it_runs_low() {
    let desk = with_three_gins().await;
    count(&desk, "1,,24,9.99\n", true).await;
    let gordons = product(&desk, "1").await;
    let order = desk.shop.held(gordons, 4).await;
    desk.shop.allocate(order).await.ok::<Held>();
    desk.shop.held(gordons, 3).await;
    let done = count(&desk, "1,,6,\n", true).await;
    assert_eq!((done.of("promised"), done.summary.refused), (1, 1));
    assert_eq!(desk.shop.counts(gordons).await, [24, 4, 3, 17]);
    for left in [8, 7, 9] {
        count(&desk, &format!("1,,{left},\n"), true).await;
    }
    let told = desk.shop.bench.told::<StockLow>("catalogue").await;
    assert_eq!(told.iter().map(|low| low.free).collect::<Vec<_>>(), [1], "one alert per crossing");
    desk.shop.the_ledger_adds_up().await;
}

#[tokio::test]
async fn a_product_may_be_named_by_its_barcode_if_that_means_only_one() {
    let desk = with_three_gins().await;
    let done = count(
        &desk,
        ",88004022723,5,\n,5901234123457,5,\n,4006381333931,5,\n,124,5,\n9,,5,\n",
        true,
    )
    .await;
    assert_eq!(done.summary.things, counts(1, 0, 0));
    assert_eq!(done.lines("shared-barcode"), ["3"]);
    assert_eq!(done.lines("product-unknown"), ["4", "6"]);
    assert_eq!(done.lines("invalid-barcode"), ["5"]);
    desk.shop.list(product(&desk, "3").await, 3999).await;
    let done = count(&desk, ",5901234123457,5,\n1,,6,\n,088004022723,7,\n2,,-1,\n", true).await;
    assert_eq!(done.summary.things.new + done.summary.things.changed, 2, "the one that is listed");
    assert_eq!(done.lines("key-twice"), ["4"]);
    assert_eq!(done.lines("range"), ["5"]);
}

#[tokio::test]
async fn a_product_is_counted_once_a_file_however_far_apart_its_rows_are() {
    let desk = with_three_gins().await;
    let others: String = (0..600).map(|number| format!("x{number},,1,\n")).collect();
    let rows = format!("1,,24,9.99\n{others},88004022723,12,\n");
    for wanted in [counts(1, 0, 0), counts(0, 0, 1)] {
        let done = count(&desk, &rows, true).await;
        assert_eq!(done.lines("key-twice"), ["603"]);
        assert_eq!((done.summary.things, done.of("product-unknown")), (wanted, 600));
    }
}
