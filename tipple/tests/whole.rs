//! The same orders in one process and in one process per service, whatever carries the events: equal answers.

mod support;

use support::{
    Town,
    story::{House, assert_equal, story},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_and_many_give_equal_answers() {
    let together = story(House::together(Town::new(1).await).await).await;
    assert!(together.len() >= 60, "the story was told in {} lines", together.len());
    assert_equal(&together, &story(House::apart(Town::new(1).await).await).await);
    // And where a broker carries the events, and loses all that it has in the midst of it.
    let Some(url) = testkit::broker() else { return };
    let town = Town::new(1).await.by_rabbitmq(&url);
    assert_equal(&together, &story(House::apart(town).await).await);
}

#[tokio::test]
async fn a_role_cannot_read_another_services_tables() {
    let town = Town::new(1).await;
    let house = town.house();
    house.migrate(|_| ()).await.expect("the tables");
    let orders = house.database("orders").await.expect("orders' own database");
    for query in ["select 1 from payments.payment", "select 1 from orders.orders"] {
        let found = sqlx::query(query).fetch_all(&orders).await;
        if query.contains("payments") {
            let error = found.expect_err("orders reads payments");
            let code = error.as_database_error().and_then(|error| error.code().map(String::from));
            assert_eq!(code.as_deref(), Some("42501"), "{error}");
        } else {
            found.expect("its own table");
        }
    }
    orders.acquire().await.expect("a connection").close().await.expect("closed");
}
