use compliance_api::AddressKind;
use delivery_api::Slot;
use garde::Validate;
use jiff::Timestamp;
use kernel::{CartId, CustomerId, Drink, Money, OrderId, Place, ProductId, StoreId};
use serde::{Deserialize, Serialize};

/// Where it goes. Copied into the cart, so that a later change of an address changes no order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Who takes it, and shows an ID.
    #[garde(length(chars, min = 1, max = 100), custom(visible))]
    #[schema(min_length = 1, max_length = 100)]
    pub recipient: String,
    /// Street, number, city, as a driver reads it.
    #[garde(length(chars, min = 1, max = 300), custom(visible))]
    #[schema(min_length = 1, max_length = 300)]
    pub address: String,
    #[garde(custom(wire::on_the_globe))]
    pub place: Place,
    /// What kind of place it is. Where the law tells kinds apart nothing is sold to a door of which
    /// that is not known.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kind: Option<AddressKind>,
    /// For the driver: which bell, which gate.
    #[garde(length(chars, max = 500), custom(wire::plain_text))]
    #[schema(max_length = 500)]
    #[serde(default)]
    pub instructions: String,
}

fn visible(text: &str, context: &()) -> garde::Result {
    if text.trim().is_empty() {
        return Err(garde::Error::new("is blank"));
    }
    wire::plain_text(text, context)
}

/// What it costs and why. `total` is the sum of `lines[].total` and `charges[].amount` of the
/// order, to the minor unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Quote {
    pub lines: Vec<QuotedLine>,
    /// Fees and tip of the whole order.
    pub charges: Vec<Charge>,
    /// Lines at list price.
    pub subtotal: Money,
    /// What promotions and coupons take off, as a positive amount.
    pub discount: Money,
    /// Taxes and excise: of which `tax_included` is contained in the prices already.
    pub tax: Money,
    pub tax_included: Money,
    pub deposit: Money,
    pub fees: Money,
    pub tip: Money,
    /// What the customer pays.
    pub total: Money,
}

/// One line of the cart with all that it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QuotedLine {
    pub product: ProductId,
    pub name: String,
    pub drink: Drink,
    pub quantity: u32,
    pub unit_price: Money,
    /// What comes on top of or off `unit_price × quantity`, each explained.
    pub charges: Vec<Charge>,
    /// What the customer pays for the line: price, less discounts, plus taxes not included in the
    /// price, plus deposits. Never negative.
    pub total: Money,
    /// What one unit costs after discounts and before taxes and deposits, rounded down: for the
    /// price floor. A tax that the listed price contains stays in it.
    pub net_unit_price: Money,
}

/// One explained amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Charge {
    pub kind: ChargeKind,
    /// What it is, for people: `Sales tax 7 %`, `Coupon WELCOME10`.
    pub label: String,
    /// What the label is made of, for whoever says it in another language. None of what was charged
    /// before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub of: Option<ChargeOf>,
    /// Negative for discounts. A tax that the price contains is told in `included` instead and
    /// does not add to the total.
    pub amount: Money,
    /// How much of the price it already is, where it is contained in it.
    pub included: Money,
    /// Of a tax: whom it is owed to, and its rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub tax: Option<ChargedTax>,
}

/// What a charge is of, beside its kind and its rate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChargeOf {
    /// What people call it: a tax's, a duty's or an offer's own name; a coupon's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "Iowa sales tax")]
    pub name: Option<String>,
    /// Of a tax: the fee that it is on; without one it is on the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub fee: Option<Fee>,
    /// Of a deposit: what one container costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub each: Option<Money>,
    /// Of a delivery that costs nothing: from what the goods cost on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub free_from: Option<Money>,
    /// Whether it takes the price of a replacement down to that of what was ordered.
    #[serde(default)]
    #[schema(required = false)]
    pub matched: bool,
}

/// A fee that may be taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fee {
    Delivery,
    Service,
}

impl ChargeOf {
    /// Nothing but a name.
    pub fn name(name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::default() }
    }
}

/// What is to be known of a tax beside its amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChargedTax {
    pub authority: String,
    /// Parts per million of what is taxed; none of a duty on litres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub ppm: Option<u32>,
}

/// What an amount is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    Promotion,
    Coupon,
    Deposit,
    Excise,
    SalesTax,
    DeliveryFee,
    ServiceFee,
    Tip,
}

/// An order lays claim to a cart. Sent again by the same order it gives the same answer.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Claim {
    #[garde(skip)]
    pub order: OrderId,
    #[garde(skip)]
    pub customer: CustomerId,
    /// What the customer was shown and agreed to.
    #[garde(skip)]
    pub expected_total: Money,
    /// The same of when it is wanted; none from whoever was not shown it.
    #[garde(dive)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_slot: Option<ExpectedSlot>,
}

/// When the cart that was shown is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedSlot {
    /// When the slot begins; as soon as possible where it is absent.
    #[garde(inner(custom(compliance_api::in_our_time)))]
    #[serde(default)]
    pub from: Option<Timestamp>,
}

/// A cart that now belongs to one order and cannot be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    pub cart: CartId,
    pub store: StoreId,
    pub destination: Destination,
    pub lines: Vec<ClaimedLine>,
    pub quote: Quote,
    /// When it was quoted; none in what was claimed before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted_at: Option<Timestamp>,
    pub coupons: Vec<String>,
    pub store_facts: catalogue_api::StoreFacts,
    /// The way from store to door, as it was when the cart was claimed.
    pub trip: delivery_api::Estimate,
    /// None for as soon as possible.
    #[serde(default)]
    pub slot: Option<AgreedSlot>,
}

/// A slot that was agreed to, and what has to happen until when so that it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedSlot {
    pub slot: Slot,
    /// Paid, so that the store still has a while to accept it.
    pub pay_by: Timestamp,
    /// Accepted and begun with, or else it cannot come in time.
    pub begin_by: Timestamp,
    /// Accepted by the store, which is open some while before that.
    pub accept_by: Timestamp,
    /// Packed, for then its driver may leave.
    pub packed_by: Timestamp,
}

/// One line, for the hold on stock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimedLine {
    pub product: ProductId,
    pub quantity: u32,
    pub category: String,
    #[serde(default)]
    pub if_missing: IfMissing,
    /// What the store offered then; none in what was claimed before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<catalogue_api::Offer>,
}

/// What the customer wants where the store turns out not to have all of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IfMissing {
    /// It is left out and not paid for. So it is where nothing is said: nobody is brought what they
    /// did not choose.
    #[default]
    None,
    /// The store puts in what comes next to it, for no more money.
    BestMatch,
}

impl IfMissing {
    pub const ALL: [Self; 2] = [Self::None, Self::BestMatch];

    /// As it stands in JSON and in a database column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::BestMatch => "best_match",
        }
    }

    /// The wish of that name; where it names none, the one that is assumed.
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|wish| wish.name() == name).unwrap_or_default()
    }
}
