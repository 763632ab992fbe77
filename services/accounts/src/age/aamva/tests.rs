use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// Virginia's example of the standard of 2020 in its form, with another person.
const VERSION_10: &str = "@\n\u{1e}\rANSI 636000100102DL00410278ZV03190008DLDAQT64235789\nDCSLEE\nDDEN\n\
     DACANN\nDDFN\nDADMARIE\nDDGN\nDCAD\nDCBK\nDCDPH\nDBD06062024\nDBB04011990\nDBA04012032\nDBC2\n\
     DAU068 in\nDAYBRO\nDAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  \nDCF2424244747474\n\
     DCGUSA\nDCK123456789\nDDAF\nDDB06062018\nDDK1\rZVZVA01\r";

const VERSION_1: &str = "@\n\u{1e}\rANSI 6360360102DL00390187ZN02260031DLDAALEE,ANN,MARIE\n\
     DAG123 MAIN ST\nDAINEWARK\nDAJNJ\nDAK07102\nDAQL1234 56789 01234\nDBA20320401\nDBB19900401\n\
     DBC2\nDBD20240606\rZNZNA\r";

const CANADIAN: &str = "@\n\u{1e}\rANSI 636012030001DL00310280DLDCSLEE\nDCTANN,MARIE\nDBD20240606\n\
     DBB19900401\nDBA20320401\nDAQL1234-56789-01234\nDCGCAN\r";

#[test]
fn cards_of_several_versions_and_countries_are_read() {
    for (text, issuer, number, given) in [
        (VERSION_10, "636000", "T64235789", "ANN MARIE"),
        (VERSION_1, "636036", "L12345678901234", "ANN MARIE"),
        (CANADIAN, "636012", "L12345678901234", "ANN MARIE"),
    ] {
        let document = read(text).unwrap();
        assert_eq!((&*document.issuer, &*document.number), (issuer, number));
        assert_eq!((document.born, document.expires), (date(1990, 4, 1), date(2032, 4, 1)));
        assert_eq!(document.issued, Some(date(2024, 6, 6)));
        assert_eq!(document.named.family.text, "LEE");
        assert_eq!(document.named.given.text, given);
    }
}

#[test]
fn what_scanners_do_to_separators_does_not_matter() {
    let whole = read(VERSION_10).unwrap();
    for (from, to) in [
        ("\n", "\r\n"),
        ("\n", "\r"),
        ("\n", "\u{1e}"),
        ("\n", "\n\n"),
        ("\u{1e}", ""),
        ("@\n\u{1e}\r", ""),
        ("@\n\u{1e}\r", "@"),
        ("\r", "\n"),
        ("DACANN", " DACANN  "),
    ] {
        assert!(read(&VERSION_10.replace(from, to)).unwrap() == whole, "{from:?} as {to:?}");
    }
    let squeezed = VERSION_10.replace(['\n', '\r', '\u{1e}'], "");
    assert!(read(&squeezed).is_err(), "without any separator nothing is certain");
}

#[test]
fn a_document_that_is_none_is_refused() {
    for (from, to, why) in [
        ("ANSI ", "ANSY ", Unreadable::NoDocument),
        ("ANSI 636000100102", "ANSI 636000110102", Unreadable::NoDocument),
        ("ANSI 636000100102", "ANSI 636000000102", Unreadable::NoDocument),
        ("ANSI 636000100102", "ANSI 63600A100102", Unreadable::NoDocument),
        ("ANSI 636000100102", "ANSI 636000100199", Unreadable::NoDocument),
        ("DBB04011990\n", "", Unreadable::Missing("DBB")),
        ("DBB04011990\n", "DBB\n", Unreadable::Missing("DBB")),
        ("DBB04011990", "DBB02301990", Unreadable::Wrong("DBB")),
        ("DBB04011990", "DBB02291990", Unreadable::Wrong("DBB")),
        ("DBB04011990", "DBB13011990", Unreadable::Wrong("DBB")),
        ("DBB04011990", "DBB04011890", Unreadable::Wrong("DBB")),
        ("DBB04011990", "DBB040119901", Unreadable::Wrong("DBB")),
        ("DBB04011990", "DBB04/01/90", Unreadable::Wrong("DBB")),
        ("DBB04011990", "DBB04011990\nDBB04011980", Unreadable::Wrong("DBB")),
        ("DBA04012032", "DBA00000000", Unreadable::Wrong("DBA")),
        ("DBA04012032", "DBANONE", Unreadable::Missing("DBA")),
        ("DAQT64235789", "DAQ---", Unreadable::Wrong("DAQ")),
        ("DAQT64235789", "", Unreadable::Missing("DAQ")),
        ("DCSLEE\n", "", Unreadable::Missing("DCS")),
        ("DACANN\n", "", Unreadable::Missing("DAC")),
    ] {
        let text = VERSION_10.replace(from, to);
        assert_eq!(read(&text).err(), Some(why), "{from:?} as {to:?}");
    }
    let long = format!("{VERSION_10}{}", "Z".repeat(LONGEST));
    assert_eq!(read(&long).err(), Some(Unreadable::NoDocument));
}

#[test]
fn the_twenty_ninth_of_february_is_a_day_of_leap_years() {
    let born = |digits: &str| {
        read(&VERSION_10.replace("DBB04011990", &format!("DBB{digits}"))).map(|read| read.born)
    };
    assert_eq!(born("02292004"), Ok(date(2004, 2, 29)));
    assert_eq!(born("02292000"), Ok(date(2000, 2, 29)));
    assert_eq!(born("02291900"), Err(Unreadable::Wrong("DBB")));
    assert_eq!(born("20040229"), Ok(date(2004, 2, 29)));
}

/// A card as an issuer would print it.
#[derive(Debug, Clone)]
struct Card {
    version: u8,
    issuer: u32,
    number: String,
    family: String,
    given: String,
    born: Date,
    expires: Date,
    canadian: bool,
    kind: &'static str,
}

impl Card {
    fn print(&self, separator: &str) -> String {
        let Self { version, issuer, number, family, given, kind, .. } = self;
        let ours = if *version == 1 { "" } else { "00" };
        let (family_is, given_is) = match version {
            1 => ("DAB", "DAC"),
            2 | 3 => ("DCS", "DCT"),
            _ => ("DCS", "DAC"),
        };
        let day = |day: Date| {
            let pattern = if self.canadian || *version == 1 { "%Y%m%d" } else { "%m%d%Y" };
            day.strftime(pattern).to_string()
        };
        let lines = [
            format!("{kind}DCAD"),
            format!("DBA{}", day(self.expires)),
            format!("{family_is}{family}"),
            format!("{given_is}{given}"),
            format!("DBB{}", day(self.born)),
            format!("DAQ{number}"),
            format!("DCG{}", if self.canadian { "CAN" } else { "USA" }),
        ];
        let lines = lines.join(separator);
        format!("@{separator}ANSI {issuer:06}{version:02}{ours}01{kind}00310200{lines}\r")
    }
}

prop_compose! {
    fn cards()(
        version in 1_u8..=10,
        issuer in 604_426_u32..636_063,
        number in "[A-Z0-9]{1,20}",
        family in "[A-Z]{1,20}([ '-][A-Z]{1,15})?",
        given in "[A-Z]{1,20}( [A-Z]{1,12})?",
        born in (1900_i16..2030, 1_i8..=12, 1_i8..=28),
        expires in (2020_i16..2100, 1_i8..=12, 1_i8..=28),
        canadian: bool,
        kind in proptest::sample::select(vec!["DL", "ID", "EN"]),
    ) -> Card {
        let born = date(born.0, born.1, born.2);
        let expires = date(expires.0, expires.1, expires.2);
        Card { version, issuer, number, family, given, born, expires, canadian, kind }
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read(
        card in cards(),
        separator in proptest::sample::select(vec!["\n", "\r\n", "\r", "\u{1e}", "\n\u{1e}\r"]),
    ) {
        // Some values stand for unknown ones.
        prop_assume!(!["NONE", "UNAVL", "UNAVAIL"].contains(&&*card.number));
        prop_assume!(!["NONE", "UNAVL", "UNAVAIL"].contains(&&*card.family));
        prop_assume!(!["NONE", "UNAVL", "UNAVAIL"].contains(&&*card.given));
        let document = read(&card.print(separator)).map_err(|why| TestCaseError::fail(format!("{why:?}")))?;
        prop_assert_eq!(document.issuer, format!("{:06}", card.issuer));
        prop_assert_eq!(document.number, card.number);
        prop_assert_eq!((document.born, document.expires), (card.born, card.expires));
        prop_assert_eq!(document.named.family.text, card.family);
        prop_assert_eq!(document.named.given.text, card.given);
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>()) {
        let _ = read(&text);
        let _ = read(&format!("@\nANSI {text}"));
        let _ = read(&format!("@\nANSI 636000100101DL00310200DL{text}"));
    }

    #[test]
    fn damage_makes_it_neither_panic_nor_read_another_birth(
        card in cards(), at in any::<prop::sample::Index>(), with in any::<char>(),
    ) {
        let mut chars: Vec<char> = card.print("\n").chars().collect();
        let at = at.index(chars.len());
        chars[at] = with;
        let damaged: String = chars.into_iter().collect();
        if let Ok(document) = read(&damaged) {
            // One character may make another date of a date, but not of anything else.
            let printed = card.print("\n");
            let birth = printed.lines().find(|line| line.starts_with("DBB")).unwrap();
            let birth = damaged.lines().any(|line| line == birth);
            prop_assert!(!birth || document.born == card.born);
        }
    }
}
