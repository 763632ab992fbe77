//! The law of Iowa, for a demo.

use jiff::{Timestamp, civil::time};
use kernel::{AlcoholClass, Clock, Hours, LeapDay, Place, StoreId, Zone};
use store::Db;

use crate::{
    db::{self, law::JurisdictionRow},
    licence::Licence,
    rulebook::{ClassRules, Limits, Rulebook, Rules},
};

/// A store's licence to be.
#[derive(Debug, Clone)]
pub struct NewLicence {
    pub store: StoreId,
    pub licence: Licence,
}

impl NewLicence {
    /// A licence for all classes that holds for a whole span of years, the last included.
    pub fn for_all(store: StoreId, number: &str, years: std::ops::RangeInclusive<i16>) -> Self {
        let licence = Licence {
            number: number.into(),
            classes: [AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits].into(),
            valid_from: jiff::civil::date(*years.start(), 1, 1),
            valid_until: jiff::civil::date(*years.end(), 12, 31),
            suspended: false,
        };
        Self { store, licence }
    }
}

/// Makes sure that Iowa, its first rulebook and these licences are there. What is there already
/// stays as it is, so it may run at every start.
pub async fn seed(db: &Db, clock: &Clock, licences: &[NewLicence]) -> anyhow::Result<()> {
    let iowa = iowa();
    let mut tx = db.begin().await?;
    db::law::insert_jurisdiction(&mut tx, &iowa).await?;
    if db::law::last_version(&mut tx, &iowa.code).await? == Some(0) {
        let book = Rulebook {
            jurisdiction: iowa.code,
            version: 1,
            valid_from: Timestamp::UNIX_EPOCH,
            rules: iowa_rules(),
        };
        db::law::insert_rulebook(&mut tx, &book, clock.now()).await?;
    }
    db::seed::insert_licences(&mut tx, licences).await?;
    Ok(tx.commit().await?)
}

/// Iowa Code (2023) on sales by licensed stores:
/// - §123.49(2)(b): nothing is sold or dispensed between 2:00 and 6:00 in the morning of any day
///   of the week;
/// - §123.49(2)(h) with §123.3: nothing is sold to anyone under 21;
/// - §123.46A: deliveries are made between 6:00 and 22:00 only.
///
/// Iowa has no dry counties, no least price and no limit per order.
fn iowa_rules() -> Rules {
    let class = ClassRules {
        minimum_age: 21,
        sale_hours: Hours::daily(time(6, 0, 0, 0), time(2, 0, 0, 0)),
        limits: Limits::default(),
    };
    Rules {
        beer: class.clone(),
        wine: class.clone(),
        spirits: class,
        delivery_hours: Some(Hours::daily(time(6, 0, 0, 0), time(22, 0, 0, 0))),
        dry_days: [].into(),
        dry_zones: vec![],
        forbidden_address_kinds: vec![],
        limits: Limits::default(),
        price_floor: None,
        leap_day_birthday: LeapDay::March1,
        last_dispatch_margin_minutes: 0,
    }
}

/// Roughly: the rivers on both sides are drawn with a dozen corners.
fn iowa() -> JurisdictionRow {
    const CORNERS: [(f64, f64); 31] = [
        (43.501, -96.60),
        (42.95, -96.56),
        (42.82, -96.58),
        (42.60, -96.54),
        (42.52, -96.50),
        (42.475, -96.44),
        (42.20, -96.34),
        (41.95, -96.15),
        (41.50, -96.09),
        (41.27, -95.925),
        (40.95, -95.85),
        (40.58, -95.78),
        (40.585, -95.30),
        (40.61, -91.72),
        (40.375, -91.42),
        (40.395, -91.37),
        (40.80, -91.08),
        (41.16, -90.94),
        (41.42, -91.02),
        (41.455, -90.70),
        (41.515, -90.60),
        (41.520, -90.50),
        (41.545, -90.42),
        (41.58, -90.335),
        (41.80, -90.16),
        (42.12, -90.15),
        (42.50, -90.62),
        (42.56, -90.66),
        (42.75, -91.04),
        (43.36, -91.19),
        (43.501, -91.20),
    ];
    let corners = CORNERS.iter().map(|(lat, lon)| Place { lat: *lat, lon: *lon }).collect();
    JurisdictionRow {
        code: "US-IA".into(),
        name: "Iowa".into(),
        time_zone: "America/Chicago".into(),
        area: Zone::Polygon { corners },
        parent: None,
        version: 1,
    }
}
