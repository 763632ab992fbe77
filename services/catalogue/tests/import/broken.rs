use std::io::Write;

use catalogue::import::{Finding, Outcome, Report};

use super::{Desk, HEADER, LIST, a, counts};

const GOOD: &str = "1,Gordon's,gin,40,750,,9.99\n";

/// Rows enough for more than one batch, so that something would be written before the break.
fn long_file(end: &[u8]) -> Vec<u8> {
    let mut file = HEADER.as_bytes().to_vec();
    for number in 0..1_200 {
        file.extend_from_slice(format!("{number},Gin No {number},gin,40,750,,9.99\n").as_bytes());
    }
    file.extend_from_slice(end);
    file
}

#[tokio::test]
async fn a_file_that_is_broken_at_its_end_imports_nothing() {
    let desk = Desk::open().await;
    let cases: [(&[u8], &str); 6] = [
        (b"x,\"Open,gin,40,750,,9.99\n", "open-quote"),
        (b"x,\"Open,gin,40,750,,9.99\ny,\"Closed\",gin,40,750,,9.99\n", "open-quote"),
        (b"x,Caf\xE9,gin,40,750,,9.99\n", "encoding"),
        (b"x,Nul\0,gin,40,750,,9.99\n", "nul"),
        (&vec![b'x'; 2 * 1024 * 1024], "line-too-long"),
        (&[&b"x,\""[..], &vec![b'y'; 100_000]].concat(), "open-quote"),
    ];
    for (end, code) in cases {
        assert_eq!(desk.broken(LIST, long_file(end)).await, (code, 1202));
    }
    assert_eq!(desk.products().await, 0);
    assert_eq!(desk.count("select count(*) from outbox where kind like '%product%'").await, 0);
    let done = desk.take(LIST, long_file(b"")).await.unwrap();
    assert_eq!(done.summary.things, counts(1200, 0, 0));
    assert_eq!(desk.count("select count(*) from outbox where kind like '%product%'").await, 1200);
}

#[tokio::test]
async fn what_is_no_csv_file_at_all_is_named() {
    let desk = Desk::open().await;
    let utf_16: Vec<u8> =
        format!("\u{feff}{HEADER}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(desk.broken(LIST, "").await, ("empty", 1));
    assert_eq!(desk.broken(LIST, "\n\r\n\n").await, ("empty", 1));
    assert_eq!(desk.broken(LIST, &utf_16).await, ("utf-16", 1));
    assert_eq!(desk.broken(LIST, &utf_16[2..]).await, ("nul", 1));
    assert_eq!(desk.broken(LIST, b"PK\x03\x04....").await, ("not-text", 1));
    assert_eq!(desk.broken(LIST, b"\x1f\x8b\x08....").await, ("not-text", 1));
    assert_eq!(desk.broken(LIST, "\nno;name;kind\n1;a;b\n").await, ("columns-missing", 2));
    assert_eq!(desk.broken(LIST, format!("name,{HEADER}{GOOD}")).await, ("column-twice", 1));
    let missing = desk.import(&a(LIST, desk.folder.join("none.csv"))).await.err().unwrap();
    assert!(format!("{missing:#}").contains("none.csv"), "{missing:#}");
}

#[tokio::test]
async fn a_gigabyte_in_one_line_needs_neither_its_memory_nor_its_time() {
    let desk = Desk::open().await;
    let path = desk.folder.join("large.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(HEADER.as_bytes()).unwrap();
    // Letters first, then a hole: a gigabyte in the eyes of whoever reads it.
    file.write_all(&vec![b'x'; 3 * 1024 * 1024]).unwrap();
    file.set_len(1 << 30).unwrap();
    let began = std::time::Instant::now();
    let error = desk.import(&a(LIST, path)).await.err().unwrap();
    assert!(error.to_string().starts_with("line 2: the record is longer"), "{error}");
    assert!(began.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn every_kind_of_line_end_and_a_byte_order_mark_will_do() {
    let desk = Desk::open().await;
    let rows = "1,Gordon's,gin,40,750,,9.99\n\n2,Zero,gin,40,0,,1\n3,\"Two\nlines\",gin,40,750,,1\n4,Z,gin,40,0,,1";
    let unix = format!("\u{feff}{HEADER}{rows}");
    for text in [unix.clone(), unix.replace('\n', "\r\n"), unix.replace('\n', "\r")] {
        let done = desk.take(LIST, text).await.unwrap();
        assert_eq!(done.lines("volume-zero"), ["4", "7"]);
        assert_eq!((done.summary.rows, done.summary.refused), (4, 2));
    }
    let name: String = sqlx::query_scalar("select name from product where source_key = '3'")
        .fetch_one(&desk.db)
        .await
        .unwrap();
    assert_eq!(name, "Two lines");
}

#[tokio::test]
async fn other_encodings_and_delimiters_are_a_setting() {
    let desk = Desk::open().await;
    let semicolons = format!("{HEADER}1,Café,gin,40,750,,9.99\n").replace(',', ";");
    let head = "encoding = \"latin1\"\ndelimiter = \";\"\n";
    let latin: Vec<u8> = semicolons.chars().map(|c| c as u8).collect();
    desk.take(&format!("{head}{LIST}"), latin).await.unwrap();
    let utf_16: Vec<u8> =
        format!("\u{feff}{semicolons}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let head = "encoding = \"utf-16le\"\ndelimiter = \";\"\n";
    let done = desk.take(&format!("{head}{LIST}"), utf_16).await.unwrap();
    assert_eq!(done.summary.things, counts(0, 0, 1));
}

#[tokio::test]
async fn a_row_with_a_comma_too_many_stops_nobody_else() {
    let desk = Desk::open().await;
    let rows =
        format!("{HEADER}{GOOD}2,Gin, dry,gin,40,750,,9.99\n3,Short\n4,Bombay,gin,40,750,,1\n");
    let done = desk.take(LIST, rows).await.unwrap();
    assert_eq!(done.lines("columns"), ["3", "4"]);
    assert_eq!(done.summary.things, counts(2, 0, 0));
}

#[tokio::test]
async fn a_report_replaces_only_a_report() {
    let desk = Desk::open().await;
    let input = desk.file(format!("{HEADER}{GOOD}"));
    let error = Report::to_file(&input).err().unwrap().to_string();
    assert!(error.contains("is no report"), "{error}");
    assert_eq!(std::fs::read_to_string(&input).unwrap(), format!("{HEADER}{GOOD}"));
    let path = desk.folder.join("again.csv");
    for code in ["longer-than-the-next", "short"] {
        let mut report = Report::to_file(&path).unwrap();
        let (key, why, outcome) = (String::new(), String::new(), Outcome::Warning);
        report.add(Finding { line: 2, key, outcome, code, why }).unwrap();
        report.finish().unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written, "line,key,outcome,code,why\n2,,warning,short,\n");
}

#[test]
fn a_mapping_that_does_not_hold_together_is_refused() {
    use catalogue::import::Mapping;
    for (from, to) in [
        ("abv = \"abv\"", ""),
        ("key = \"no\"", "key = \"no\"\ncolour = \"red\""),
        ("kind = \"products\"", "kind = \"bottles\""),
        ("source = \"list\"", "source = \"\""),
        ("source = \"list\"", "source = \"list\"\nencoding = \"klingon\""),
        ("source = \"list\"", "source = \"list\"\ndelimiter = \"\\\"\""),
        ("\"spirits/gin\"", "\"Spirits & Gin\""),
        ("class = \"wine\"", "class = \"grape\""),
        ("pad = 12", "padding = 12"),
    ] {
        let text = LIST.replacen(from, to, 1);
        assert_ne!(text, LIST);
        assert!(Mapping::read(&text).is_err(), "{to}");
    }
}
