//! Rules to begin with, for the demo city.

use jiff::Timestamp;
use kernel::Currency;
use store::Db;
use uuid::uuid;

use crate::{
    coupon::{self, Code, Coupon},
    db::{
        self,
        rules::{NewTariff, PromotionRow},
    },
    promotion::{Benefit, Promotion, PromotionId, Scope, Terms},
    tariff::{DeliveryFee, ServiceFee, Tariff, TaxClass, TaxRate},
};

/// Gives a fresh house Des Moines' taxes and plausible fees for every store, the coupon WELCOME10
/// and one promotion. What is there stays as it is, so that it can be called at every start.
pub async fn seed(db: &Db, now: Timestamp) -> anyhow::Result<()> {
    let body = &des_moines();
    let tariff = NewTariff { store: None, version: 1, body, set_by: None, at: now };
    db::rules::insert_tariff(db, &tariff).await?;
    if let Some(code) = Code::new("WELCOME10") {
        db::coupon::insert_coupon(db, &welcome(code, now), now).await?;
    }
    db::rules::insert_promotion(db, &mixers(now), i64::MAX, now).await?;
    Ok(())
}

/// Iowa taxes sales at 6 %, Des Moines adds 1 %. Liquor's state mark-up is in the shelf price, so
/// there is no excise at the till; deposits come with the catalogue's offers. Delivery that is
/// charged apart is not taxed in Iowa.
fn des_moines() -> Tariff {
    let rate = |label: &str, ppm| {
        // The state collects the city's tax too.
        let authority = Some("Iowa Department of Revenue".into());
        TaxRate { label: label.into(), ppm, authority }
    };
    let rates = vec![rate("Iowa sales tax", 60_000), rate("Des Moines local option tax", 10_000)];
    Tariff {
        currency: Currency::USD,
        prices_include_tax: false,
        tax_on_excise: false,
        tax_classes: vec![
            TaxClass { name: "standard".into(), rates },
            TaxClass { name: "exempt".into(), rates: vec![] },
        ],
        excise: vec![],
        fee_tax_class: None,
        delivery: DeliveryFee { base: 399, per_km: 60, free_metres: 3_000, free_from: Some(9_900) },
        service: ServiceFee { ppm: 50_000, least: 99, most: 799 },
        most_tip: 20_000,
    }
}

fn welcome(code: Code, now: Timestamp) -> Coupon {
    Coupon {
        code,
        store: None,
        terms: coupon::Terms {
            benefit: coupon::Benefit::Percent { ppm: 100_000 },
            min_spend: None,
        },
        valid_from: now,
        valid_until: None,
        max_uses: None,
        per_customer_uses: Some(1),
        used: 0,
        active: true,
    }
}

fn mixers(now: Timestamp) -> PromotionRow {
    let terms = Terms {
        label: "Mixers: three for two".into(),
        scope: Scope::Category { category: "mixers".into() },
        benefit: Benefit::BuyPay { buy: 3, pay: 2 },
        min_spend: None,
    };
    PromotionRow {
        // Always the same, so that it is there once.
        id: PromotionId::from_uuid(uuid!("019ed0a0-0000-7000-8000-000000000001")),
        store: None,
        priority: 100,
        promotion: Promotion { terms, valid_from: now, valid_until: None },
        active: true,
    }
}
