//! Opening hours as people write them in a table: `mon-thu 09:00-22:00; fri,sat 09:00-02:00`.

use jiff::civil::Time;
use kernel::{Hours, Span};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Hours from `<days> <from>-<until>, …; …`; days that are not named are closed. What Tipple
/// itself exports is JSON. None when it is neither.
pub fn hours(text: &str) -> Option<Hours> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).ok();
    }
    let mut hours = Hours::default();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (days, spans) = part.split_once(' ')?;
        let spans: Vec<Span> = match spans.trim() {
            "closed" => Vec::new(),
            spans => spans.split(',').map(span).collect::<Option<_>>()?,
        };
        for day in named_days(days)? {
            hours.week[day].clone_from(&spans);
        }
    }
    hours.week.iter().any(|day| !day.is_empty()).then_some(hours)
}

fn named_days(text: &str) -> Option<Vec<usize>> {
    if text == "daily" {
        return Some((0..7).collect());
    }
    let day = |name: &str| DAYS.iter().position(|day| *day == name);
    let mut days = Vec::new();
    for part in text.split(',') {
        match part.split_once('-') {
            None => days.push(day(part)?),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                let count = (last + 7 - first) % 7;
                days.extend((0..=count).map(|step| (first + step) % 7));
            }
        }
    }
    Some(days)
}

fn span(text: &str) -> Option<Span> {
    let (from, until) = text.trim().split_once('-')?;
    Some(Span { from: time(from)?, until: time(until)? })
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn hours_are_written_as_people_write_them() {
        let written = hours("mon-thu 09:00-22:00; fri,sat 09:00-12:00, 13:00-02:00; sun closed");
        let week = written.unwrap().week;
        let until_ten = Span { from: time(9, 0, 0, 0), until: time(22, 0, 0, 0) };
        assert_eq!(week[3], [until_ten]);
        assert_eq!(week[5].len(), 2);
        assert!(week[6].is_empty());
        assert_eq!(hours("daily 06:00-02:00").unwrap().week[6].len(), 1);
        assert_eq!(
            hours("sat-mon 10:00-12:00").unwrap().week.map(|day| day.len()),
            [1, 0, 0, 0, 0, 1, 1]
        );
        for bad in ["", "always", "mon", "mon 9-10", "mon 25:00-26:00", "foo 09:00-10:00", "{}"] {
            assert_eq!(hours(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_we_export_comes_back() {
        let daily = hours("daily 06:00-02:00").unwrap();
        assert_eq!(hours(&serde_json::to_string(&daily).unwrap()), Some(daily));
    }
}
