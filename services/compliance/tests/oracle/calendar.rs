//! A calendar and the wall clocks of Chicago and New York, from nothing but arithmetic.

/// Days since 1970-01-01 of a Gregorian date.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The Gregorian date of days since 1970-01-01.
pub fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Monday is 0.
pub fn weekday(days: i64) -> usize {
    usize::try_from((days + 3).rem_euclid(7)).unwrap()
}

/// The day and second of the day that a wall clock shows, `west` hours behind UTC in winter, by
/// the rule of the United States since 2007: summer time from the second Sunday of March, 2:00,
/// to the first Sunday of November, 2:00.
pub fn wall(west: i64, epoch: i64) -> (i64, i64) {
    let (year, ..) = date((epoch - west * 3600).div_euclid(86_400));
    let sunday_from = |first: i64| first + (6 - i64::try_from(weekday(first)).unwrap());
    let begins = sunday_from(days(year, 3, 8)) * 86_400 + (2 + west) * 3600;
    let ends = sunday_from(days(year, 11, 1)) * 86_400 + (2 + west - 1) * 3600;
    let summer = (begins..ends).contains(&epoch);
    let local = epoch - (west - i64::from(summer)) * 3600;
    (local.div_euclid(86_400), local.rem_euclid(86_400))
}

#[test]
fn the_calendar_knows_some_days() {
    assert_eq!(days(1970, 1, 1), 0);
    assert_eq!(days(2000, 2, 29), 11_016);
    assert_eq!(date(11_016), (2000, 2, 29));
    assert_eq!(weekday(days(2026, 6, 15)), 0, "a Monday");
    for day in -30_000..30_000 {
        let (y, m, d) = date(day);
        assert_eq!(days(y, m, d), day);
    }
}

#[test]
fn the_clocks_change_twice_a_year() {
    let at = |day: i64, hour: i64| day * 86_400 + hour * 3600;
    let march = days(2026, 3, 8);
    assert_eq!(wall(6, at(march, 8) - 1), (march, 2 * 3600 - 1));
    assert_eq!(wall(6, at(march, 8)), (march, 3 * 3600));
    let november = days(2026, 11, 1);
    assert_eq!(wall(5, at(november, 6) - 1), (november, 2 * 3600 - 1));
    assert_eq!(wall(5, at(november, 6)), (november, 3600));
}
