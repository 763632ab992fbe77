//! The languages that people are written to in.

use accounts_api::Factor;
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};
use kernel::RoleKind;

/// A language that there are templates in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Hebrew,
}

const HEBREW_DAYS: [&str; 7] = ["שני", "שלישי", "רביעי", "חמישי", "שישי", "שבת", "ראשון"];
const HEBREW_MONTHS: [&str; 12] = [
    "ינואר",
    "פברואר",
    "מרץ",
    "אפריל",
    "מאי",
    "יוני",
    "יולי",
    "אוגוסט",
    "ספטמבר",
    "אוקטובר",
    "נובמבר",
    "דצמבר",
];

impl Language {
    /// Of a BCP 47 tag, such as `he-IL`; English where there are no templates in that.
    pub fn of(tag: &str) -> Self {
        let primary = tag.split('-').next().unwrap_or_default();
        // `iw` is what some devices still call it.
        let hebrew = ["he", "iw"].iter().any(|it| primary.eq_ignore_ascii_case(it));
        if hebrew { Self::Hebrew } else { Self::English }
    }

    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hebrew => "he",
        }
    }

    pub const fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
            Self::Hebrew => "rtl",
        }
    }

    /// A span for people, rounded down: `30 minutes`, `24 hours`, `7 days`.
    pub fn span(self, span: SignedDuration) -> String {
        let minutes = span.as_mins().max(1);
        let (count, [one, two, many]) = match (self, minutes) {
            (Self::English, ..120) => (minutes, ["1 minute", "2 minutes", "minutes"]),
            (Self::English, 120..4320) => (minutes / 60, ["1 hour", "2 hours", "hours"]),
            (Self::English, _) => (minutes / 1440, ["1 day", "2 days", "days"]),
            (Self::Hebrew, ..120) => (minutes, ["דקה אחת", "שתי דקות", "דקות"]),
            (Self::Hebrew, 120..4320) => (minutes / 60, ["שעה אחת", "שעתיים", "שעות"]),
            (Self::Hebrew, _) => (minutes / 1440, ["יום אחד", "יומיים", "ימים"]),
        };
        match count {
            1 => one.to_owned(),
            2 => two.to_owned(),
            _ => format!("{count} {many}"),
        }
    }

    /// A role by the name of its kind; as it is where nobody knows it here.
    pub fn role(self, name: &str) -> &str {
        let kind = RoleKind::ALL.into_iter().find(|kind| kind.name() == name);
        match (self, kind) {
            (Self::English, _) | (Self::Hebrew, None) => name,
            (Self::Hebrew, Some(kind)) => match kind {
                RoleKind::Customer => "לקוח",
                RoleKind::Clerk => "עובד חנות",
                RoleKind::Manager => "מנהל חנות",
                RoleKind::VendorOwner => "בעל עסק",
                RoleKind::Driver => "שליח",
                RoleKind::Support => "תמיכה",
                RoleKind::Operator => "מפעיל",
                RoleKind::Auditor => "מבקר",
            },
        }
    }

    /// A way to sign in.
    pub fn factor(self, factor: &Factor) -> String {
        match (self, factor) {
            (Self::English, Factor::Passkey) => "a passkey".into(),
            (Self::English, Factor::Authenticator) => "an authenticator app".into(),
            (Self::English, Factor::Provider(name)) => format!("sign-in with {name}"),
            (Self::Hebrew, Factor::Passkey) => "מפתח גישה".into(),
            (Self::Hebrew, Factor::Authenticator) => "אפליקציית אימות".into(),
            (Self::Hebrew, Factor::Provider(name)) => format!("כניסה באמצעות {name}"),
        }
    }

    /// A slot as the store's clock shows it: `on Friday 27 November between 18:00 and 19:00`. A zone that
    /// is not known is UTC.
    pub fn slot(self, (from, until): (Timestamp, Timestamp), zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let (from, until) = (from.to_zoned(zone.clone()), until.to_zoned(zone));
        let time = |at: &Zoned| at.strftime("%H:%M").to_string();
        let (begin, end) = (time(&from), time(&until));
        match self {
            Self::English => {
                let day = from.strftime("%A %-d %B");
                format!("on {day} between {begin} and {end}")
            }
            Self::Hebrew => {
                let weekday =
                    HEBREW_DAYS[usize::from(from.weekday().to_monday_zero_offset().unsigned_abs())];
                let month = HEBREW_MONTHS[usize::from(from.month().unsigned_abs()) - 1];
                format!("ביום {weekday}, {} ב{month}, בין {begin} ל-{end}", from.day())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_for_people() {
        let of = |minutes| Language::English.span(SignedDuration::from_mins(minutes));
        assert_eq!([of(0), of(30), of(119)], ["1 minute", "30 minutes", "119 minutes"]);
        assert_eq!([of(120), of(1440), of(10_080)], ["2 hours", "24 hours", "7 days"]);
        let of = |minutes| Language::Hebrew.span(SignedDuration::from_mins(minutes));
        assert_eq!([of(0), of(2), of(30)], ["דקה אחת", "שתי דקות", "30 דקות"]);
        assert_eq!([of(120), of(1440), of(10_080)], ["שעתיים", "24 שעות", "7 ימים"]);
    }

    #[test]
    fn every_role_has_a_name() {
        for kind in RoleKind::ALL {
            let hebrew = Language::Hebrew.role(kind.name());
            assert!(!hebrew.is_ascii(), "{hebrew}");
            assert_eq!(Language::English.role(kind.name()), kind.name());
        }
    }

    #[test]
    fn a_slot_is_told_by_the_clock_of_the_store() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let slot = (at("2026-11-28T00:00:00Z"), at("2026-11-28T01:00:00Z"));
        let told = |language: Language| language.slot(slot, "America/Chicago");
        assert_eq!(told(Language::English), "on Friday 27 November between 18:00 and 19:00");
        assert_eq!(told(Language::Hebrew), "ביום שישי, 27 בנובמבר, בין 18:00 ל-19:00");
        let elsewhere = Language::English.slot(slot, "Asia/Jerusalem");
        assert_eq!(elsewhere, "on Saturday 28 November between 02:00 and 03:00");
    }

    #[test]
    fn a_language_without_templates_is_english() {
        let of = |tags: [&str; 3]| tags.map(Language::of);
        assert_eq!(of(["he", "he-IL", "iw"]), [Language::Hebrew; 3]);
        assert_eq!(of(["en-US", "", "hej"]), [Language::English; 3]);
    }
}
