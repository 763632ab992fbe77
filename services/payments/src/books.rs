//! The books: double entry. An account may have a party, in brackets.
//!
//! | account                           | holds                                               |
//! | --------------------------------- | --------------------------------------------------- |
//! | `authorisations`                  | what providers have set aside for us (memorandum)   |
//! | `authorised_funds`                | the customers' side of that                         |
//! | `customer` (customer)             | what customers owe us: nothing, but for moments     |
//! | `provider_clearing` (account)     | what providers owe us                               |
//! | `provider_fees` (account)         | what they keep for their work                       |
//! | `bank`                            | money that is at our bank                           |
//! | `sales`, `refunds` (vendor)       | goods that vendors sold; what of that went back     |
//! | `taxes` (authority)               | what we owe to authorities                          |
//! | `deposits` (vendor)               | what was paid for containers                        |
//! | `delivery_fees`, `service_fees`   | the platform's own income                           |
//! | `tips`                            | tips of orders that are under way                   |
//! | `commissions` (vendor)            | what the platform takes of a vendor's sales         |
//! | `commission_income`               | the platform's side of that                         |
//! | `vendor_payouts` (vendor)         | what vendors have been paid                         |
//! | `driver_pay` (driver)             | what we owe to drivers: pay and tips                |
//! | `delivery_costs`                  | the platform's side of their pay                    |
//! | `disputes` (account)              | what customers' banks took back, until it is decided |
//! | `dispute_losses`                  | what was decided against us: the platform bears it  |
//! | `rounding`                        | what providers' own rounding adds or takes          |
//! | `strays` (customer)               | what customers paid beyond their orders, until it has gone back |

mod note;
mod postings;
mod sale;

use kernel::{Rounding, rate_of};
use payments_api::PartKind;

pub use self::{
    note::{Noted, delivered, note},
    postings::{Event, Scope, postings},
    sale::keep,
};

/// Text forms, as they stand in the database.
macro_rules! accounts {
    ($($variant:ident $text:literal),* $(,)?) => {
        /// An account of the books.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Account { $($variant),* }

        impl Account {
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::str::FromStr for Account {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(format!("unknown account: {other}")),
                }
            }
        }
    };
}

accounts! {
    Authorisations "authorisations",
    AuthorisedFunds "authorised_funds",
    Customer "customer",
    ProviderClearing "provider_clearing",
    ProviderFees "provider_fees",
    Bank "bank",
    Sales "sales",
    Refunds "refunds",
    Taxes "taxes",
    Deposits "deposits",
    DeliveryFees "delivery_fees",
    ServiceFees "service_fees",
    Tips "tips",
    Commissions "commissions",
    CommissionIncome "commission_income",
    VendorPayouts "vendor_payouts",
    DriverPay "driver_pay",
    DeliveryCosts "delivery_costs",
    Disputes "disputes",
    DisputeLosses "dispute_losses",
    Rounding "rounding",
    Strays "strays",
}

/// One entry of a transaction, whose entries add up to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub account: Account,
    /// Empty where the account has none.
    pub party: String,
    /// Which part of the sale.
    pub part: Option<i32>,
    /// Minor units: debit above zero, credit below.
    pub amount: i64,
}

/// A part of a sale as the books stand; amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartStanding {
    pub kind: PartKind,
    /// The vendor's or the authority's name in the books; empty for what is the platform's.
    pub party: String,
    /// Whether it belongs to a line, not to the order as a whole.
    pub of_line: bool,
    /// Whether what goes back now was asked back for that line.
    pub asked: bool,
    /// What was agreed to.
    pub agreed: i64,
    /// What has been taken of it and not gone back or on.
    pub left: i64,
}

/// What the books know of a payment before something happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Names of parties.
    pub customer: String,
    pub vendor: String,
    pub clearing: String,
    /// Hundredths of a percent of the goods.
    pub commission_bp: i32,
    /// What the platform has taken of the vendor's sales so far.
    pub commission: i64,
    /// What was taken beyond the parts and has not gone back.
    pub beyond: i64,
    /// In the order of the sale; one for the whole where that is not known.
    pub parts: Vec<PartStanding>,
}

impl Standing {
    /// The commission on so much goods.
    pub fn commission_on(&self, goods: i64) -> i64 {
        let rate = i128::from(self.commission_bp);
        // Not more than the goods themselves, so that it always fits.
        rate_of(goods, rate, 10_000, Rounding::HalfUp).unwrap_or(0)
    }
}

/// Where a part of this kind is kept until it goes back or on.
pub const fn account_of(kind: PartKind) -> Account {
    match kind {
        PartKind::Goods => Account::Sales,
        PartKind::Excise | PartKind::SalesTax => Account::Taxes,
        PartKind::Deposit => Account::Deposits,
        PartKind::DeliveryFee => Account::DeliveryFees,
        PartKind::ServiceFee => Account::ServiceFees,
        PartKind::Tip => Account::Tips,
    }
}

#[cfg(test)]
pub(crate) mod tests;
