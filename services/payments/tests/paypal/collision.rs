//! Another body of the same CRC32, as anyone can make it.

/// Blanks at the end of JSON mean nothing: each of these is a space or a tab.
const BLANKS: usize = 48;

/// `body` with blanks at its end, so that its CRC32 is `target`. The CRC of a text is linear in its
/// bits, so the blanks are found by solving 32 equations.
pub fn with_crc(body: &str, target: u32) -> String {
    let with = |tabs: u64| {
        let blank = |place: usize| if tabs >> place & 1 == 1 { '\t' } else { ' ' };
        let blanks: String = (0..BLANKS).map(blank).collect();
        format!("{body}{blanks}")
    };
    let crc = |tabs: u64| crc32fast::hash(with(tabs).as_bytes());
    let base = crc(0);
    // Rows in echelon form: what changes, and by which tabs.
    let mut rows: Vec<(u32, u64)> = Vec::new();
    let reduce = |rows: &[(u32, u64)], mut change: u32, mut tabs: u64| {
        for (row, by) in rows {
            if change ^ row < change {
                (change, tabs) = (change ^ row, tabs ^ by);
            }
        }
        (change, tabs)
    };
    for place in 0..BLANKS {
        let (change, tabs) = reduce(&rows, crc(1 << place) ^ base, 1 << place);
        if change != 0 {
            rows.push((change, tabs));
            rows.sort_by_key(|row| std::cmp::Reverse(row.0));
        }
    }
    let (left, tabs) = reduce(&rows, target ^ base, 0);
    assert_eq!(left, 0, "48 blanks are enough for 32 bits");
    with(tabs)
}

#[test]
fn any_body_can_have_any_crc() {
    for target in [0, 1, 0xDEAD_BEEF, u32::MAX] {
        let body = with_crc(r#"{"resource":{}}"#, target);
        assert_eq!(crc32fast::hash(body.as_bytes()), target);
        assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok());
    }
}
