use std::collections::BTreeMap;

use garde::Validate;
use jiff::Timestamp;
use kernel::{
    AlcoholClass, CustomerId, Money, OrderId, PaymentId, SavedMethodId, StoreId, VendorId,
};
use serde::{Deserialize, Serialize};

use crate::Sale;

/// Money to be asked for an order. Sent again for the same order it gives the same payment.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
pub struct Start {
    #[garde(skip)]
    pub order: OrderId,
    #[garde(skip)]
    pub customer: CustomerId,
    #[garde(skip)]
    pub amount: Money,
    /// For the customer's statement and the provider's page.
    #[garde(length(chars, max = 100))]
    pub description: String,
    #[garde(skip)]
    pub store: StoreId,
    #[garde(skip)]
    pub vendor: VendorId,
    /// What kinds of drink are in it.
    #[garde(skip)]
    pub classes: Vec<AlcoholClass>,
    /// The way to pay that the customer chose, `stripe:us`; the first that is offered unless told.
    #[garde(inner(length(max = 100)))]
    #[serde(default)]
    pub with: Option<String>,
    /// The customer agrees that the provider keeps what they pay with, for later.
    #[garde(skip)]
    #[serde(default)]
    pub save_method: bool,
    /// One of the customer's kept ways to pay: it is paid with this.
    #[garde(skip)]
    #[serde(default)]
    pub saved_method: Option<SavedMethodId>,
    /// After this nobody waits for the money any more.
    #[garde(skip)]
    pub pay_by: Timestamp,
    /// What the amount is made of, to the minor unit; without it the books know only the whole.
    #[garde(skip)]
    #[serde(default)]
    pub sale: Option<Sale>,
}

/// A payment that waits for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Started {
    pub payment: PaymentId,
    /// `sandbox`, `stripe`, `paypal` or `razorpay`.
    pub provider: String,
    /// Which of the platform's accounts there.
    #[serde(default)]
    pub account: String,
    /// The provider's own id of it.
    pub provider_payment: String,
    /// What the customer's browser needs to pay at the provider, empty where nothing; for this
    /// customer only.
    pub client_secret: String,
    /// The page on which the customer can pay: the provider's, or else ours with its component.
    pub pay_url: String,
    /// How a page of one's own lets the customer pay.
    #[serde(default)]
    pub component: Component,
}

/// What a page needs to let the customer pay at the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Component {
    pub kind: ComponentKind,
    /// The provider's script; none where the customer is sent to its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub script: Option<String>,
    /// What names the platform's account to that script: no secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub public_key: Option<String>,
    /// The customer's name at the provider, where its window lets them choose among what they have
    /// saved there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub customer: Option<String>,
    /// The customer agreed that what they pay with is kept.
    #[serde(default)]
    pub saves: bool,
    /// It is paid with what the customer has saved: no fields are needed, though the bank may ask who
    /// they are.
    #[serde(default)]
    pub saved: bool,
    /// The connected account that the platform acts for; the script is to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub account: Option<String>,
    /// What the page's content security policy has to allow besides the page's own: directives and
    /// their sources. `{nonce}` in a source stands for a nonce of the page.
    #[serde(default)]
    pub csp: BTreeMap<String, Vec<String>>,
}

/// How the customer pays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComponentKind {
    /// On the provider's own page, at `pay_url`.
    #[default]
    Redirect,
    /// Stripe's Payment Element, with `client_secret`.
    StripePaymentElement,
    /// PayPal's buttons, with the id of the order; or its page at `pay_url`.
    PaypalButtons,
    /// PayPal's fields for a card, with the id of the order.
    PaypalCardFields,
    /// Razorpay's Checkout, with the id of the order.
    RazorpayCheckout,
}

/// A way to pay that is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OfferedWay {
    /// `stripe:us`: what is sent to choose it.
    pub way: String,
    /// For people.
    pub label: String,
    /// `false` while its provider does not answer.
    pub answers: bool,
    /// Whether what is paid with can be kept for later there.
    #[serde(default)]
    pub saves: bool,
}
