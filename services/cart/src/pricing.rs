//! Brings together what a quote needs: the store's offers, the trip, the rules, the coupons.

use catalogue_api::{Offers, OffersRefusal, OffersWanted};
use delivery_api::{Estimate, Trip};
use jiff::Timestamp;
use kernel::Money;
use wire::CallError;

use crate::{
    App,
    coupon::Coupon,
    db::{self, cart::CartRow, coupon::CouponRow, rules::Rules},
    quote::{Basket, Quoted, Wanted, quote},
};

/// What the cart is worth at this moment.
pub struct Priced {
    /// By whose rules.
    pub at: Timestamp,
    pub offers: Offers,
    /// Of what is offered; or why there is none.
    pub quoted: Result<Quoted, String>,
    /// Absent without a destination, and when delivery does not answer.
    pub trip: Option<Estimate>,
    /// Coupons that cannot be used, and why.
    pub refused: Vec<(String, String)>,
    /// The largest tip that is taken for meant, in minor units.
    pub most_tip: i64,
}

impl Priced {
    /// What the store wants an order to be worth, where this one, which is not empty, is worth less
    /// at list price.
    pub fn below_least(&self) -> Option<Money> {
        let (least, quoted) = (self.offers.least_order?, self.quoted.as_ref().ok()?);
        let subtotal = quoted.quote.subtotal;
        let some = !quoted.quote.lines.is_empty() && subtotal.currency == least.currency;
        (some && subtotal.amount < least.amount).then_some(least)
    }
}

/// Why nothing can be said at all.
pub enum Unpriced {
    Catalogue(CallError<OffersRefusal>),
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Unpriced {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

/// Asks around, outside every transaction, and quotes.
pub async fn price(app: &App, cart: &CartRow) -> Result<Priced, Unpriced> {
    let now = app.clock.now();
    let door = cart.destination.as_ref().map(|destination| destination.place);
    let products = cart.lines.iter().map(|line| line.product).collect();
    let wanted = OffersWanted { store: cart.store, products, door };
    let offers = app.catalogue.offers(&wanted).await.map_err(Unpriced::Catalogue)?;
    let currency = offers.store.currency;
    let (rules, coupons, trip) = tokio::join!(
        db::rules::rules(&app.db, cart.store, currency, now),
        coupons(app, cart),
        async {
            let trip = Trip { from: offers.store.place, to: door? };
            app.deliveries.estimate(&trip).await.ok()
        },
    );
    let mut usable = Vec::new();
    let mut refused = Vec::new();
    for CouponRow { coupon, by_customer } in coupons? {
        match coupon.refusal(now, cart.store, currency, by_customer) {
            Some(why) => refused.push((coupon.code.as_str().to_owned(), why.to_owned())),
            None => usable.push(coupon),
        }
    }
    let rules = rules?;
    let most_tip = rules.tariff.as_ref().map_or(0, |tariff| tariff.most_tip);
    let quoted = quoted(cart, &offers, &rules, &usable, (trip, now));
    if let Ok(quoted) = &quoted {
        refused.extend(quoted.unmet.iter().map(|(code, wanted)| unmet(code.as_str(), *wanted)));
    }
    Ok(Priced { at: now, offers, quoted, trip, refused, most_tip })
}

async fn coupons(app: &App, cart: &CartRow) -> anyhow::Result<Vec<CouponRow>> {
    if cart.coupons.is_empty() {
        return Ok(Vec::new());
    }
    Ok(db::coupon::coupons(&app.db, &cart.coupons, cart.customer).await?)
}

fn unmet(code: &str, wanted: Money) -> (String, String) {
    (code.to_owned(), format!("needs goods for at least {wanted}"))
}

fn quoted(
    cart: &CartRow,
    offers: &Offers,
    rules: &Rules,
    coupons: &[Coupon],
    (trip, at): (Option<Estimate>, Timestamp),
) -> Result<Quoted, String> {
    let tariff = rules.tariff.as_ref().ok_or("the store has no tariff of taxes and fees")?;
    let currency = offers.store.currency;
    if cart.currency != currency {
        return Err(format!("the store sells in {} now", currency.code()));
    }
    let lines: Vec<Wanted> = cart
        .lines
        .iter()
        .filter_map(|line| {
            let offer = offers.offers.iter().find(|offer| offer.product == line.product)?;
            Some(Wanted { offer, quantity: line.quantity })
        })
        .collect();
    let basket = Basket {
        currency,
        lines: &lines,
        promotions: &rules.promotions,
        coupons,
        tariff,
        metres: trip.map(|trip| trip.metres),
        tip: cart.tip,
        at,
    };
    quote(&basket).map_err(|error| error.to_string())
}
