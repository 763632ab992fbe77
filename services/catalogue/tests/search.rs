use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::shop::{Shop, product_input};

async fn find(shop: &Shop, query: &str) -> Value {
    shop.anyone().get(&format!("/v1/catalogue/products?{query}")).await.ok()
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

async fn shelf() -> Shop {
    let shop = Shop::open().await;
    for (name, category, class, country, abv, ml) in [
        ("Jack Daniel's Old No. 7", "spirits/whiskey/tennessee", "spirits", "US", 4000, 750),
        ("Jack Daniel's Tennessee Honey", "spirits/liqueur", "spirits", "US", 3500, 750),
        ("Captain Morgan Spiced Rum", "spirits/rum", "spirits", "JM", 3500, 1750),
        ("Château Margaux", "wine/red", "wine", "FR", 1300, 750),
        ("Kim Crawford Sauvignon Blanc", "wine/white", "wine", "NZ", 1250, 750),
        ("Modelo Especial", "beer/lager", "beer", "MX", 440, 355),
    ] {
        let mut input = product_input(name, category);
        for (field, value) in [
            ("class", json!(class)),
            ("country", json!(country)),
            ("abv_bp", json!(abv)),
            ("volume_ml", json!(ml)),
            ("producer", json!("")),
            ("region", json!(null)),
        ] {
            input[field] = value;
        }
        shop.product(input).await;
    }
    shop
}

#[tokio::test]
async fn words_are_found_with_typing_errors_and_without_accents() {
    let shop = shelf().await;
    for (words, first) in [
        ("jack daniels", "Jack Daniel's Old No. 7"),
        ("jakc daniels honey", "Jack Daniel's Tennessee Honey"),
        ("captian morgen", "Captain Morgan Spiced Rum"),
        ("chateau margaux", "Château Margaux"),
        ("CHÂTEAU", "Château Margaux"),
        ("savignon", "Kim Crawford Sauvignon Blanc"),
        ("modello", "Modelo Especial"),
        ("rum 1.75l", "Captain Morgan Spiced Rum"),
        ("lager", "Modelo Especial"),
    ] {
        let words: String = words.replace(' ', "%20").replace('Â', "%C3%82");
        let page = find(&shop, &format!("q={words}")).await;
        assert_eq!(names(&page).first(), Some(&first), "{words}");
    }
    assert!(names(&find(&shop, "q=zzzzqqq").await).is_empty());
    assert!(names(&find(&shop, "q=!!!").await).is_empty());
}

#[tokio::test]
async fn a_barcode_is_found_by_its_digits_and_may_be_shared() {
    let shop = Shop::open().await;
    for name in ["Gift box", "Single bottle"] {
        let mut input = product_input(name, "spirits/gin");
        input["gtin"] = json!("088004022723");
        shop.product(input).await;
    }
    assert_eq!(names(&find(&shop, "q=088004022723").await).len(), 2);
    assert_eq!(names(&find(&shop, "q=0088004022723").await).len(), 2);
    assert_eq!(names(&find(&shop, "q=088004022724").await).len(), 0);
    assert_eq!(names(&find(&shop, "q=88004022723").await).len(), 2);
}

#[tokio::test]
async fn facets_narrow_and_count() {
    let shop = shelf().await;
    let page = find(&shop, "category=spirits&facets=true").await;
    assert_eq!(page["facets"]["total"], 3);
    assert_eq!(page["facets"]["country"][0], json!({ "value": "US", "products": 2 }));
    let category = &page["facets"]["category"][0];
    assert!(category["name"].as_str().is_some_and(|name| !name.is_empty()), "{category}");
    let categories = page["facets"]["category"].as_array().unwrap().len();
    assert_eq!(categories, 6, "the other categories stay visible");
    assert_eq!(page["facets"]["max_abv_bp"], 4000);
    for (query, count) in [
        ("class=wine", 2),
        ("country=FR", 1),
        ("abv_min=1000&abv_max=1300", 2),
        ("volume_max=400", 1),
        ("container=can", 0),
        ("category=spirits/whiskey", 1),
        ("q=jack&category=spirits/liqueur", 1),
    ] {
        assert_eq!(names(&find(&shop, query).await).len(), count, "{query}");
    }
    for bad in
        ["category=Wine", "country=fr", "abv_min=5&abv_max=4", "q=a%00b", "limit=0", "abv_min=x"]
    {
        let path = format!("/v1/catalogue/products?{bad}");
        shop.anyone().get(&path).await.refused(422, "invalid-input");
    }
}

#[tokio::test]
async fn price_and_stock_are_those_of_stores() {
    let shop = Shop::open().await;
    let (cheap, dear) = (shop.bottle("Cheap", 9).await, shop.bottle("Dear", 0).await);
    shop.product(product_input("Nowhere", "spirits/gin")).await;
    let path = shop.path(&format!("/listings/{cheap}"));
    let input = json!({ "price_minor": 999, "tax_class": "spirits", "active": true });
    shop.as_staff().with("if-match", "\"v1\"").put(&path, input).await.ok::<Value>();
    let page = find(&shop, "sort=price").await;
    assert_eq!(names(&page), ["Cheap", "Dear", "Nowhere"]);
    assert_eq!(page["items"][0]["from_price"], json!({ "amount": 999, "currency": "USD" }));
    assert_eq!(page["items"][2]["from_price"], Value::Null);
    assert_eq!(names(&find(&shop, &format!("store={}", shop.store)).await), ["Cheap", "Dear"]);
    assert_eq!(names(&find(&shop, "in_stock=true").await), ["Cheap"]);
    assert_eq!(names(&find(&shop, "price_min=1000").await), ["Dear"]);
    shop.held(cheap, 9).await;
    assert!(names(&find(&shop, "in_stock=true").await).is_empty(), "held is not in stock");
    let page: Value = shop.anyone().get(&format!("/v1/catalogue/products/{dear}")).await.ok();
    assert_eq!(page["offers"]["items"][0]["stock"], "out");
    assert_eq!(page["offers"]["items"][0]["price_per_litre"]["amount"], 3999);
    assert_eq!(page["alcohol_units_hundredths"], 3375);
}

#[tokio::test]
async fn products_are_found_by_their_ids() {
    let shop = shelf().await;
    let all = find(&shop, "").await;
    let of = |place: usize| all["items"][place]["product"].as_str().unwrap().to_owned();
    let page = find(&shop, &format!("ids={},{}", of(2), of(0))).await;
    assert_eq!(names(&page), [names(&all)[0], names(&all)[2]], "in the order of the list");
    let anyone = shop.anyone();
    let none = find(&shop, "ids=01a21c5a-2673-7207-a3ac-bcd75d15f9dc").await;
    assert!(names(&none).is_empty());
    for wrong in ["x".into(), String::new(), vec![of(0); 51].join(",")] {
        let answer = anyone.get(&format!("/v1/catalogue/products?ids={wrong}")).await;
        assert_eq!(answer.refused(422, "invalid-input")["field"], "ids");
    }
}

#[tokio::test]
async fn pages_are_complete_and_stay_so_while_products_come() {
    let shop = Shop::open().await;
    let mut expected = BTreeSet::new();
    for index in 0..12 {
        // Names repeat: the order must hold among equals too.
        let name = format!("Gin {}", index % 4);
        expected.insert(shop.product(product_input(&name, "spirits/gin")).await.to_string());
    }
    for query in ["sort=name", "sort=price", "q=gin"] {
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = find(&shop, &format!("{query}&limit=5{next}")).await;
            let items = page["items"].as_array().unwrap();
            seen.extend(items.iter().map(|item| item["product"].as_str().unwrap().to_owned()));
            let Some(after) = page["next"].as_str() else { break };
            next = format!("&after={after}");
            shop.product(product_input("Aquavit", "spirits/aquavit")).await;
        }
        let found: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(found.len(), seen.len(), "{query}: nothing twice");
        assert!(expected.is_subset(&found), "{query}: nothing missed");
    }
    let page = find(&shop, "sort=name&limit=1").await;
    let path =
        format!("/v1/catalogue/products?sort=price&after={}", page["next"].as_str().unwrap());
    shop.anyone().get(&path).await.refused(422, "invalid-input");
}

#[tokio::test]
async fn categories_are_made_with_what_they_are_in() {
    let shop = shelf().await;
    let page: Value = shop.anyone().get("/v1/catalogue/categories?limit=4").await.ok();
    let rows: Vec<_> = page["items"].as_array().unwrap().iter().collect();
    assert_eq!((&rows[2]["path"], &rows[2]["name"]), (&json!("spirits"), &json!("Spirits")));
    assert_eq!(rows[2]["products"], 3);
    let name = json!({ "path": "spirits/rum/agricole", "name": "Rhum agricole" });
    let answer = shop.as_operator().put("/v1/catalogue/categories", &name).await;
    assert_eq!(answer.status, 204);
    let next = page["next"].as_str().unwrap();
    let page: Value =
        shop.anyone().get(&format!("/v1/catalogue/categories?after={next}")).await.ok();
    let named = page["items"].as_array().unwrap().iter().any(|row| row["name"] == "Rhum agricole");
    assert!(named);
}

/// With the real names of a state's list, spelt as another snapshot of it spells them.
#[tokio::test]
async fn known_items_are_found_among_thousands() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !folder.exists() {
        eprintln!("skipped: the Iowa lists are not here");
        return;
    }
    let shop = Shop::open().await;
    let mut connection = shop.bench.connection().await;
    let mut products = csv::Reader::from_path(folder.join("iowa_products.csv")).unwrap();
    let (mut keys, mut names, mut ml) = (Vec::new(), Vec::new(), Vec::new());
    for row in products.records().map(Result::unwrap) {
        keys.push(row[0].to_owned());
        names.push(row[2].to_owned());
        ml.push(row[5].parse::<i32>().unwrap().max(1));
    }
    sqlx::query(
        "insert into catalogue.category values ('spirits', 'Spirits') on conflict do nothing",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::query("set search_path to catalogue, public").execute(&mut connection).await.unwrap();
    sqlx::query(
        "insert into product (id, name, category, class, abv_bp, volume_ml, source, source_key,
                              created_at, changed_at)
         select gen_random_uuid(), name, 'spirits', 'spirits', 4000, ml, 'iowa', key, now(), now()
         from unnest($1::text[], $2::text[], $3::integer[]) as p (key, name, ml)",
    )
    .bind(&keys)
    .bind(&names)
    .bind(&ml)
    .execute(&mut connection)
    .await
    .unwrap();
    let mut known = csv::Reader::from_path(folder.join("search_known_items_iowa.csv")).unwrap();
    let (mut tried, mut found) = (0, 0);
    for row in known.records().map(Result::unwrap).step_by(20) {
        let hits: Vec<String> = sqlx::query_scalar(
            "select source_key from found(words($1)) join product on id = product_id
             order by score desc, id limit 20",
        )
        .bind(&row[0])
        .fetch_all(&mut connection)
        .await
        .unwrap();
        tried += 1;
        found += i32::from(hits.contains(&row[1].to_owned()));
    }
    assert!(found * 100 >= tried * 90, "{found} of {tried} among the first twenty");
}
