use compliance::NewLicence;
use kernel::{PersonId, Place, StoreId};
use serde_json::{Value, json};

#[tokio::test]
async fn deliveries_are_made_from_six_to_ten_and_nothing_is_sold_from_two_to_six() {
    let (bench, store) = super::in_iowa().await;
    let mut facts = super::facts(store, PersonId::new(), bench.now());
    facts["moment"] = json!("door");
    facts["back_by"] = json!(null);
    facts["shown_date_of_birth"] = json!("1990-04-01");
    let house = bench.house("compliance");
    for (instant, local, against) in [
        ("2026-06-16T02:59:59Z", "21:59:59", 0),
        ("2026-06-16T03:00:00Z", "22:00: no delivery", 1),
        ("2026-06-16T06:59:59Z", "01:59:59: no delivery", 1),
        ("2026-06-16T07:00:00Z", "02:00: no sale either", 2),
        ("2026-06-16T10:59:59Z", "05:59:59", 2),
        ("2026-06-16T11:00:00Z", "06:00", 0),
        ("2026-06-14T11:00:00Z", "06:00 on a Sunday", 0),
        ("2026-11-01T06:30:00Z", "01:30, before the clock is turned back", 1),
        ("2026-11-01T07:30:00Z", "01:30, after it", 1),
        ("2026-11-01T08:00:00Z", "02:00", 2),
        ("2026-11-01T11:59:59Z", "05:59:59", 2),
        ("2026-11-01T12:00:00Z", "06:00", 0),
        ("2026-03-08T07:59:59Z", "01:59:59, before it is turned forward", 1),
        ("2026-03-08T08:00:00Z", "03:00", 2),
        ("2026-03-08T11:00:00Z", "06:00", 0),
    ] {
        facts["at"] = json!(instant);
        let verdict: Value = house.post("/internal/compliance/judge", &facts).await.ok();
        assert_eq!(verdict["allowed"], against == 0, "{local}: {verdict}");
        assert_eq!(super::reasons(&verdict), vec!["outside-sale-hours"; against], "{local}");
        assert_eq!(verdict["rules"], json!(["US-IA@1"]));
        assert_eq!(verdict["minimum_age"], 21);
    }
}

#[tokio::test]
async fn seeding_again_leaves_what_is_there() {
    let (bench, store) = super::in_iowa().await;
    let other = StoreId::new();
    let again = [
        NewLicence::for_all(store, "another number", 2026..=2026),
        NewLicence::for_all(other, "LE0005678", 2026..=2026),
    ];
    super::seed(&bench, &again).await;
    let operator = bench.signed("compliance", &testkit::operator());
    let path = |store| format!("/v1/compliance/licences/{store}");
    let kept: Value = operator.get(&path(store)).await.ok();
    assert_eq!(kept["number"], "LE0001234");
    let added: Value = operator.get(&path(other)).await.ok();
    assert_eq!(added["number"], "LE0005678");
    let books: Value = operator.get("/v1/compliance/jurisdictions/US-IA/rulebooks").await.ok();
    assert_eq!(books["items"].as_array().unwrap().len(), 1);
}

/// Cities at Iowa's edges, and those across the rivers.
#[tokio::test]
async fn iowa_is_about_where_it_is() {
    let (bench, store) = super::in_iowa().await;
    let operator = bench.signed("compliance", &testkit::operator());
    for (city, lat, lon, inside) in [
        ("Des Moines", 41.5868, -93.6250, true),
        ("Council Bluffs", 41.2619, -95.8608, true),
        ("Sioux City", 42.4963, -96.4049, true),
        ("Davenport", 41.5236, -90.5776, true),
        ("Keokuk", 40.3998, -91.3877, true),
        ("Dubuque", 42.5006, -90.6646, true),
        ("Decorah", 43.3033, -91.7857, true),
        ("Omaha", 41.2565, -95.9345, false),
        ("Moline", 41.5067, -90.5151, false),
        ("Minneapolis", 44.9778, -93.2650, false),
        ("Kansas City", 39.0997, -94.5786, false),
    ] {
        let place = Place { lat, lon };
        let what_if = json!({
            "moment": "cart",
            "store": store,
            "store_place": place,
            "items": [super::bourbon()],
        });
        let would: Value = operator.post("/v1/compliance/what-if", what_if).await.ok();
        assert_eq!(would["allowed"], inside, "{city}: {would}");
    }
}
