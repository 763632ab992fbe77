//! docs/personal-data.md says of every column what becomes of it when its person is erased.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use testkit::Bench;

const LIST: &str = include_str!("../../docs/personal-data.md");

/// Tables that every service has.
const EVERYWHERE: &str = "every";

type Column = (String, String, String);

/// A line of the list.
struct Line {
    service: String,
    table: String,
    columns: Vec<String>,
    class: String,
    /// What, why, how long.
    told: [String; 3],
}

fn lines() -> Vec<Line> {
    let rows = LIST.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .skip(1)
        .filter(|cells| !cells[0].starts_with("---"))
        .map(|cells| {
            assert_eq!(cells.len(), 7, "{cells:?}");
            Line {
                service: cells[0].into(),
                table: cells[1].into(),
                columns: cells[2].split(", ").map(str::to_owned).collect(),
                class: cells[3].into(),
                told: [cells[4], cells[5], cells[6]].map(str::to_owned),
            }
        })
        .collect()
}

/// Every column of every table of the house.
async fn columns() -> BTreeSet<Column> {
    let bench = Bench::of(tipple::PARTS)
        .settings(
            "[payments.sandbox]\nsecret_key = \"sk_test_0123456789abcdef0123456789\"\n\
             webhook_secret = \"whsec_test_0123456789abcdef0123456789\"\n\
             [sandbox]\nsecret_key = \"sk_test_0123456789abcdef0123456789\"\n\
             webhook_secret = \"whsec_test_0123456789abcdef0123456789\"",
        )
        .start()
        .await;
    let rows = sqlx::query(
        "select table_schema, table_name, column_name
         from information_schema.columns join information_schema.tables
              using (table_schema, table_name)
         where table_type = 'BASE TABLE'
           and table_schema not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut bench.connection().await)
    .await
    .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

#[tokio::test]
async fn every_column_is_listed_once() {
    let columns = columns().await;
    assert!(columns.len() > 400, "the house was looked at: {}", columns.len());
    let mut listed: BTreeMap<Column, usize> = BTreeMap::new();
    for line in lines() {
        for name in &line.columns {
            let meant = columns.iter().filter(|(service, table, column)| {
                (line.service == EVERYWHERE || line.service == *service)
                    && line.table == *table
                    && name == column
            });
            let meant: Vec<_> = meant.collect();
            assert!(!meant.is_empty(), "there is no {}.{}.{name}", line.service, line.table);
            for column in meant {
                *listed.entry(column.clone()).or_default() += 1;
            }
        }
    }
    let missing: Vec<_> = columns.iter().filter(|column| !listed.contains_key(*column)).collect();
    assert!(missing.is_empty(), "docs/personal-data.md does not tell of {missing:#?}");
    let twice: Vec<_> = listed.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "docs/personal-data.md tells twice of {twice:#?}");
}

#[test]
fn what_is_kept_has_its_reason_and_its_end() {
    for line in lines() {
        let place = format!("{}.{}", line.service, line.table);
        let [what, why, how_long] = &line.told;
        match line.class.as_str() {
            "none" => assert!(line.told.iter().all(String::is_empty), "{place}"),
            "id" => assert!(!what.is_empty(), "{place}"),
            "erased" => assert!(!what.is_empty() && !how_long.is_empty(), "{place}"),
            "kept" => {
                assert!(line.told.iter().all(|text| !text.is_empty()), "{place}");
                assert!(why.len() > 5, "{place}");
            }
            class => panic!("{place} is {class}"),
        }
    }
}
