//! The languages that people are written to in.

use jiff::{Timestamp, Zoned, tz::TimeZone};

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
