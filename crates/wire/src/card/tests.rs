use proptest::prelude::*;

use super::{issuers::*, number::*, *};

/// The numbers that schemes and providers publish for tests.
const PUBLISHED: &[&str] = &[
    "4242424242424242",
    "4000000000003220",
    "4222222222222",
    "5555555555554444",
    "2223003122003222",
    "5105105105105100",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "3056930009020004",
    "36227206271667",
    "30569309025904",
    "38520000023237",
    "6555900000604105",
    "3566002020360505",
    "6200000000000005",
    "6205500000000000004",
    "6759649826438453",
    "5018000000000009",
    "6304000000000000",
    "6362970000457013",
    "5066991111111118",
    "5060990580000217499",
    "6062826786276634",
    "6370950000000005",
    "2200000000000004",
];

fn found(text: &str) -> bool {
    holds_one(text.as_bytes(), Kind::Any)
}

#[test]
fn published_test_numbers_are_found_however_they_are_typed() {
    for number in PUBLISHED {
        assert!(found(number), "{number}");
        let grouped = |mark: &str| {
            let groups: Vec<String> =
                number.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into()).collect();
            groups.join(mark)
        };
        for mark in [" ", "-", " - ", "\u{a0}", "\u{2011}", "  "] {
            assert!(found(&grouped(mark)), "{}", grouped(mark));
        }
        let texts = [
            format!("my card is {number}, please"),
            format!("ring twice\n{}", grouped(" ")),
            format!("Card:{number}."),
            format!("no.{number}"),
            format!("12 {} 03", grouped("-")),
            format!("({number})"),
        ];
        for text in texts {
            assert!(found(&text), "{text}");
            let body = serde_json::json!({"lines": [{"note": text}]}).to_string();
            let problem = refuse_in_json(body.as_bytes()).expect_err(&body);
            assert_eq!((problem.status, problem.field.as_deref()), (422, Some("lines[0].note")));
            assert_eq!(problem.code, "card-number-refused");
            assert!(!serde_json::to_string(&problem).expect("JSON").contains(&number[6..]));
        }
    }
    assert!(found("3782 822463 10005") && found("3056 930902 5904"));
}

#[test]
fn what_only_looks_like_one_passes() {
    for text in [
        "4242424242424241",
        "424242424242424242424242",
        "1234567812345670",
        "pi_4242424242424242",
        "4242424242424242_secret",
        "3fa94242424242424242",
        "DE89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "019a2c5e-7c11-7123-8123-424242424242",
        "42424242-4242-4242-8242-424242424242",
        "52.4242424242424242",
        "+4242424242424",
        "+49 1512 3456789",
        "4006381333931",
        "5010677015738",
        "2026-11-27T05:18:05.424242424242424Z",
        "4242\n4242\n4242\n4242",
        "DAQ4242424242424242",
    ] {
        assert!(!found(text), "{text}");
    }
}

/// Not optimised it costs 2 ns a byte of words, and 200 ns of nothing but groups of digits; this
/// keeps it from growing with the square of the length.
#[test]
fn looking_costs_little_whatever_is_looked_at() {
    let cost = |text: &str| {
        let body = text.repeat(1024 * 256 / text.len());
        let started = std::time::Instant::now();
        std::hint::black_box(holds_one(body.as_bytes(), Kind::Any));
        started.elapsed()
    };
    for text in ["plain words, ", "4123-", "4123 5678 ", "41", "4a-"] {
        let took = cost(text);
        println!("{text:?}: {:.2} ns a byte", took.as_nanos() as f64 / f64::from(1024 * 256));
        assert!(took.as_millis() < 1000, "{text}: {took:?}");
    }
}

#[test]
fn a_field_is_named_wherever_it_is() {
    let field = |body: &str| refuse_in_json(body.as_bytes()).err().and_then(|it| it.field);
    let card = "4242 4242 4242 4242";
    assert_eq!(field(&format!(r#"{{"a": {{"b": "{card}"}}}}"#)).as_deref(), Some("a.b"));
    assert_eq!(field(r#"{"a": 4242424242424242}"#).as_deref(), Some("a"));
    assert_eq!(field(&format!(r#"{{"a": {{"{card}": 1}}}}"#)).as_deref(), Some("a"));
    assert_eq!(field(&format!(r#""{card}""#)).as_deref(), Some("body"));
    assert_eq!(field(&format!(r#"{{"a": "{card}"#)).as_deref(), Some("body"));
    let hidden = r#"{"a": "\u0034242424242424242", "b": "\u00e4"}"#;
    assert_eq!(field(hidden).as_deref(), Some("a"));
    assert_eq!(field(r#"{"a": "\t4242424242424242"}"#).as_deref(), Some("a"));
    assert_eq!(field(r#"{"a": "\b4242424242424242"}"#).as_deref(), Some("a"));
    assert_eq!(field(r#"{"a": "\u00e4", "n": [4242, 4242, 4242, 4242]}"#), None);
    let target = |uri: &str| refuse_in_target(&uri.parse().expect("a URI")).err();
    let named = |uri: &str| target(uri).and_then(|problem| problem.field);
    assert_eq!(named("/v1/a?n=1&name=4242+4242%204242-4242").as_deref(), Some("name"));
    assert_eq!(named("/v1/a?4242424242424242=1").as_deref(), Some("query"));
    assert_eq!(named("/v1/a/4242%204242%204242%204242/b").as_deref(), Some("path"));
    assert_eq!(named("/sandbox/pay?card=4242424242424242"), None);
    assert_eq!(named("/v1/a/019a2c5e-7c11-7123-8123-424242424242?q=4006381333931"), None);
}

fn with_check(mut digits: Vec<u8>, holds: fn(&[u8]) -> bool) -> Vec<u8> {
    digits.push(0);
    for check in 0..10 {
        *digits.last_mut().expect("a digit") = check;
        if holds(&digits) {
            break;
        }
    }
    digits
}

fn text(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

fn digits(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..10_u8, length)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn every_visa_and_mastercard_is_found_in_any_words(
        first in prop::sample::select(vec![4_u8, 5]), second in 1..6_u8, rest in digits(13..14),
        before in "[ a-zäß,.:#(]{0,9}[ ,:#(\n]", after in "([ ,.:)\n][ a-z]{0,9})?",
    ) {
        let mut number = vec![first, second];
        number.extend(rest);
        let number = text(&with_check(number, is_card));
        let typed = format!("{before}{number}{after}");
        prop_assert!(found(&typed), "{}", typed);
        let body = serde_json::json!({"note": typed}).to_string();
        prop_assert!(refuse_in_json(body.as_bytes()).is_err());
        let query = format!("/v1/a?note={}", typed.bytes().map(|b| format!("%{b:02x}")).collect::<String>());
        prop_assert!(refuse_in_target(&query.parse().expect("a URI")).is_err());
    }

    #[test]
    fn every_barcode_passes_where_barcodes_are_given(code in digits(7..14)) {
        let code = text(&with_check(code, is_barcode));
        for name in ["gtin", "q", "barcode"] {
            let body = serde_json::json!({name: code}).to_string();
            prop_assert!(refuse_in_json(body.as_bytes()).is_ok(), "{}", body);
            let query = format!("/v1/a?{name}={code}");
            prop_assert!(refuse_in_target(&query.parse().expect("a URI")).is_ok());
        }
        if code.len() < 14 {
            let free = format!("scanned {code}, twice");
            prop_assert!(!found(&free), "{}", free);
        }
    }

    #[test]
    fn every_telephone_number_passes(phone in digits(7..15), first in 1..10_u8) {
        let phone = format!("{first}{}", text(&phone));
        let with_plus = format!("+{phone}");
        prop_assert!(!found(&with_plus), "{}", with_plus);
        let body = serde_json::json!({"phone": phone}).to_string();
        let long = phone.len() > 14;
        prop_assert!(long || refuse_in_json(body.as_bytes()).is_ok());
    }

    #[test]
    fn every_id_passes(id in any::<u128>()) {
        let id = uuid::Uuid::from_u128(id);
        prop_assert!(!found(&id.to_string()));
        let digits_only = id.to_string().replace(['a', 'b', 'c', 'd', 'e', 'f'], "4");
        prop_assert!(!found(&digits_only), "{}", digits_only);
        let hash = format!("sha256={:032x}a", id.as_u128());
        prop_assert!(!found(&hash), "{}", hash);
    }

    #[test]
    fn nothing_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = holds_one(&bytes, Kind::Any);
        let _ = refuse_in_json(&bytes);
    }

    #[test]
    fn nothing_made_of_its_own_parts_breaks_it(text in "[0-9 \\\\.+a-f-]{0,120}") {
        let _ = found(&text);
    }
}
