use std::sync::Arc;

use catalogue::import::{Import, Mapping};
use catalogue_api::ProductChanged;
use kernel::ProductId;
use serde_json::{Value, json};

use super::{Desk, HEADER, LIST, a, counts, product};

async fn said(desk: &Desk, row: &str) -> Vec<String> {
    let done = desk.take(LIST, format!("{HEADER}{row}\n")).await.unwrap();
    done.report.iter().map(|line| format!("{} {}", line[2], line[3])).collect()
}

#[tokio::test]
async fn every_trap_of_a_row_is_refused_or_warned_of() {
    let desk = Desk::open().await;
    for (row, wanted) in [
        ("1,Gin,gin,40,0,,1", "refused volume-zero"),
        ("1,Gin,gin,40,-1,,1", "refused range"),
        ("1,Gin,gin,40,1e3,,1", "refused number"),
        ("1,Gin,gin,40,,,1", "refused missing"),
        ("1,Gin,gin,0,750,,1", "refused strength-missing"),
        ("1,Gin,gin,101,750,,1", "refused strength"),
        ("1,Gin,gin,,750,,1", "refused missing"),
        ("1,,gin,40,750,,1", "refused missing"),
        (",Gin,gin,40,750,,1", "refused missing"),
        ("1,Gin,bitters,40,750,,1", "refused category-unknown"),
        ("1,Gin,,40,750,,1", "refused missing"),
        ("1,=cmd|' /C calc'!A0,gin,40,750,,1", "refused formula"),
        ("1,@SUM(A1),gin,40,750,,1", "refused formula"),
        ("=1+1,Gin,gin,40,750,,1", "refused formula"),
        ("1,-196 Gin,gin,40,750,,1", "warning formula-like"),
        ("2,Cr\u{fffd}me,gin,40,750,,1", "warning damaged-text"),
        ("3,Claret,wine,0,750,,1", "warning strength-missing"),
        ("4,Gin W/2 GLASSES,gin,40,750,,1", "warning bundle"),
        ("5,Gin,gin,40,750,88004022724,1", "warning invalid-barcode"),
        ("6,Gin,gin,40,750,12AB,1", "warning invalid-barcode"),
        ("7,Gin,gin,40,750,,1x", "refused number"),
    ] {
        assert_eq!(said(&desk, row).await, [wanted], "{row}");
    }
    let long = format!("1,{},gin,40,750,,1", "x".repeat(201));
    assert_eq!(said(&desk, &long).await, ["refused too-long"]);
    assert_eq!(desk.products().await, 6);
}

#[tokio::test]
async fn a_second_import_changes_nothing_and_a_changed_row_only_itself() {
    let desk = Desk::open().await;
    let rows = |name: &str| {
        format!("{HEADER}1,{name},gin,40,750,88004022723,9.99\n2,Bombay,gin,47,1000,,1\n")
    };
    let dry = Import { commit: false, ..a(LIST, desk.file(rows("Gordon's"))) };
    let done = desk.import(&dry).await.unwrap();
    assert_eq!(done.summary.things, counts(2, 0, 0));
    assert_eq!(desk.products().await, 0, "a dry run writes nothing");
    for (name, wanted) in [
        ("Gordon's", counts(2, 0, 0)),
        ("Gordon's", counts(0, 0, 2)),
        ("Gordon's London Dry", counts(0, 1, 1)),
        ("Gordon's London Dry", counts(0, 0, 2)),
    ] {
        let done = desk.take(LIST, rows(name)).await.unwrap();
        assert_eq!(done.summary.things, wanted, "{name}");
    }
    let told = desk.shop.bench.told::<ProductChanged>("catalogue").await;
    let told: Vec<_> = told.iter().map(|event| (event.name.as_str(), event.version)).collect();
    assert_eq!(told, [("Gordon's", 1), ("Bombay", 1), ("Gordon's London Dry", 2)]);
}

#[tokio::test]
async fn what_people_set_by_hand_stays_where_the_file_does_not_speak_of_it() {
    let desk = Desk::open().await;
    let rows = |name: &str| format!("{HEADER}1,{name},gin,40,750,88004022723,9.99\n");
    desk.take(LIST, rows("Gordon's")).await.unwrap();
    sqlx::query("update product set description = 'Dry.', country = 'GB', active = false")
        .execute(&desk.db)
        .await
        .unwrap();
    let done =
        desk.take(LIST, rows("Gordon's").replace("88004022723", "88004022724")).await.unwrap();
    assert_eq!(done.summary.things, counts(0, 0, 1), "a wrong barcode says nothing");
    desk.take(LIST, rows("Gordon's Gin").replace("88004022723", "")).await.unwrap();
    let row: (String, String, bool, Option<String>) =
        sqlx::query_as("select description, country, active, gtin from product")
            .fetch_one(&desk.db)
            .await
            .unwrap();
    assert_eq!(row, ("Dry.".into(), "GB".into(), false, None));
}

#[tokio::test]
async fn barcodes_of_several_products_are_told_of_and_never_merged() {
    let desk = Desk::open().await;
    let rows = "1,Gordon's,gin,40,750,88004022723,9\n2,Bombay,gin,40,750,088004022723,9\n\
                3,Hendrick's,gin,40,750,5901234123457,9\n4,Hendrick's,gin,40,1000,5901234123457,12\n\
                5,Tanqueray,gin,40,750,96385074,9\n";
    let mapping = LIST.replace(", pad = 12", ", pad = 8");
    let done = desk
        .take(&mapping, format!("{HEADER}{}", rows.replace(",88004", ",088004")))
        .await
        .unwrap();
    assert_eq!(done.summary.shared_barcodes, 1);
    assert_eq!(done.lines("shared-barcode"), ["2", "3"]);
    assert_eq!(done.lines("repeated-barcode"), ["4", "5"]);
    assert_eq!(desk.products().await, 5);
    assert_eq!(desk.count("select count(distinct gtin) from product").await, 3);
}

#[tokio::test]
async fn a_key_is_taken_once_a_file_and_a_reused_one_is_noticed() {
    let desk = Desk::open().await;
    let rows = format!(
        "{HEADER}1,Gordon's,gin,40,0,,9\n1,Bombay,gin,40,750,,9\n1,Hendrick's,gin,40,750,,9\n"
    );
    let done = desk.take(LIST, rows).await.unwrap();
    assert_eq!(done.lines("key-twice"), ["4"], "the first one was refused and has no key");
    let name = "select name from product";
    assert_eq!(sqlx::query_scalar::<_, String>(name).fetch_one(&desk.db).await.unwrap(), "Bombay");
    let done = desk.take(LIST, format!("{HEADER}1,Tanqueray,gin,40,750,,9\n")).await.unwrap();
    assert_eq!((done.of("reused-key"), done.summary.things), (1, counts(0, 1, 0)));
}

#[tokio::test]
async fn a_store_gets_listings_without_stock_and_sleeves_wait_for_someone_to_look() {
    let desk = Desk::open().await;
    let rows = |price: &str| {
        let large: String = (2..9).map(|no| format!("{no},Gin {no},gin,40,750,,15.00\n")).collect();
        format!(
            "{HEADER}1,Gin one,gin,40,750,,{price}\n{large}50,Mini,gin,40,50,,6.45\n51,Free,gin,40,750,,0\n"
        )
    };
    let take = async |text: String| {
        let import = Import { store: Some(desk.shop.store), ..a(LIST, desk.file(text)) };
        desk.import(&import).await.unwrap()
    };
    let done = take(rows("9.38")).await;
    assert_eq!(done.lines("sleeve-price"), ["10"]);
    assert_eq!(done.summary.listings, counts(9, 0, 0));
    let done = take(rows("9.99")).await;
    assert_eq!((done.summary.things, done.summary.listings), (counts(0, 0, 10), counts(0, 1, 8)));
    let done = take(rows("9.995")).await;
    assert_eq!((done.of("price"), done.summary.listings), (1, counts(0, 0, 8)));
    let rows: Vec<(String, i64, bool, i32)> = sqlx::query_as(
        "select p.source_key, l.price_minor, l.active, k.on_hand
         from listing l join product p on p.id = l.product_id
         join stock k using (store_id, product_id)
         where p.source_key in ('1', '50') order by 1",
    )
    .fetch_all(&desk.db)
    .await
    .unwrap();
    assert_eq!(rows, [("1".into(), 999, true, 0), ("50".into(), 645, false, 0)]);
    let euros = Import {
        store: Some(desk.shop.store),
        mapping: Arc::new(Mapping::read(&format!("currency = \"EUR\"\n{LIST}")).unwrap()),
        ..a(LIST, desk.file(HEADER))
    };
    assert!(desk.import(&euros).await.err().unwrap().to_string().contains("EUR"));
}

#[tokio::test]
async fn two_imports_of_one_file_at_once_make_every_product_once() {
    let desk = Desk::open().await;
    let rows = (0..700).map(|number| format!("{number},Gin No {number},gin,40,750,,9.99\n"));
    let text: String = std::iter::once(HEADER.to_owned()).chain(rows).collect();
    let file = desk.file(text);
    let (import, other) = (a(LIST, file.clone()), a(LIST, file));
    let mut reports = (Default::default(), Default::default());
    let clock = &desk.shop.bench.clock;
    let (one, two) = tokio::join!(
        catalogue::import::run(&desk.db, clock, &import, &mut reports.0, |_| ()),
        catalogue::import::run(&desk.db, clock, &other, &mut reports.1, |_| ()),
    );
    let (one, two) = (one.unwrap().things, two.unwrap().things);
    assert_eq!((one.new + two.new, one.unchanged + two.unchanged), (700, 700));
    assert_eq!(desk.products().await, 700);
}

#[tokio::test]
async fn imported_products_are_found_by_customers() {
    let desk = Desk::open().await;
    desk.take(LIST, format!("{HEADER}1,Plymouth Navy,gin,57,750,88004022723,9\n")).await.unwrap();
    let found: Value = desk.shop.anyone().get("/v1/catalogue/products?q=plymuoth").await.ok();
    assert_eq!(found["items"][0]["name"], json!("Plymouth Navy"));
    assert_eq!(found["items"][0]["category"], json!("spirits/gin"));
}

#[tokio::test]
async fn two_rows_about_one_product_stop_nobody_else_however_they_name_it() {
    let desk = Desk::open().await;
    desk.take(LIST, format!("{HEADER}1,Gordon's,gin,40,750,,9\n")).await.unwrap();
    let known = product(&desk, "1").await;
    let new = ProductId::new();
    let row = |id: &str, source: &str, key: &str, name: &str| {
        format!("{id},{source},{key},{name},spirits/gin,spirits,40,750\n")
    };
    let rows = [
        row(&known.to_string(), "", "", "Gordon's Gin"),
        row("", "list", "1", "Gordon's Dry"),
        row(&new.to_string(), "list", "2", "Bombay"),
        row("", "list", "2", "Bombay Dry"),
        row(&ProductId::new().to_string(), "list", "2", "Bombay Blue"),
        row("", "list", "3", "Hendrick's"),
    ];
    let file = format!("id,source,key,name,category,class,abv,ml\n{}", rows.concat());
    for (commit, wanted) in
        [(false, counts(2, 1, 0)), (true, counts(2, 1, 0)), (true, counts(0, 0, 3))]
    {
        let import = Import { commit, ..a(NAMED, desk.file(&file)) };
        let done = desk.import(&import).await.unwrap();
        assert_eq!(done.lines("key-twice"), ["3", "5", "6"]);
        assert_eq!((done.summary.things, done.summary.refused), (wanted, 3));
    }
    assert_eq!(desk.products().await, 3);
}

/// A list whose rows may say our id, or a key and whose it is.
const NAMED: &str = r#"
    kind = "products"
    source = "list"
    [columns]
    id = "id"
    source = "source"
    key = "key"
    name = "name"
    category = "category"
    class = "class"
    abv = "abv"
    volume = "ml"
"#;

/// Whoever writes stock and listing of one product writes the stock first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_and_a_person_who_list_one_product_do_not_lock_each_other_out() {
    let desk = Desk::open().await;
    let rows = format!("{HEADER}1,Gordon's,gin,40,750,,9\n");
    desk.take(LIST, &rows).await.unwrap();
    let (gordons, store) = (product(&desk, "1").await, desk.shop.store);
    let mut person = desk.db.begin().await.unwrap();
    sqlx::query("insert into stock (store_id, product_id, changed_at) values ($1, $2, now())")
        .bind(store.uuid())
        .bind(gordons.uuid())
        .execute(&mut *person)
        .await
        .unwrap();
    let import = Import { store: Some(store), ..a(LIST, desk.file(&rows)) };
    let importing = desk.import(&import);
    let listing = async {
        desk.shop.somebody_waits().await;
        sqlx::query(
            "insert into listing (store_id, product_id, price_minor, changed_at)
             values ($1, $2, 800, now())",
        )
        .bind(store.uuid())
        .bind(gordons.uuid())
        .execute(&mut *person)
        .await
        .unwrap();
        person.commit().await.unwrap();
    };
    let (done, ()) = tokio::join!(importing, listing);
    assert_eq!(done.unwrap().summary.refused, 0);
}

#[tokio::test]
async fn what_people_cannot_see_is_no_part_of_a_name() {
    let desk = Desk::open().await;
    let exact = format!("exact = true\n{LIST}");
    let row = "1,Gor\u{1}don's,gin,40,750,,1\n";
    let done = desk.take(&exact, format!("{HEADER}{row}")).await.unwrap();
    assert_eq!((done.of("control-characters"), done.summary.refused), (1, 1));
    let done = desk.take(LIST, format!("{HEADER}{row}")).await.unwrap();
    assert_eq!(done.summary.things, counts(1, 0, 0), "elsewhere they count as blanks");
}
