//! Which accounts are offered to pay at. Pure.
//!
//! Without any rule all accounts are offered that take the currency, but PayPal for drinks without
//! alcohol only: PayPal wants a seller of alcohol to be approved beforehand (its Acceptable Use
//! Policy lists alcoholic beverages among what needs approval), and a rule that an operator makes
//! says that it has been.

use kernel::{AlcoholClass, Currency, StoreId};

/// A rule: this account is offered there, for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub provider: String,
    pub account: String,
    /// None: at every store that has no ways of its own.
    pub store: Option<StoreId>,
    /// Empty: all.
    pub currencies: Vec<String>,
    /// Empty: all. Otherwise nothing but these may be in the basket.
    pub classes: Vec<AlcoholClass>,
    pub label: String,
    pub place: i32,
    pub active: bool,
}

/// What is to be paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    pub store: Option<StoreId>,
    pub currency: Currency,
    pub classes: Vec<AlcoholClass>,
}

/// An account that is offered, by its provider and name, with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    pub provider: String,
    pub account: String,
    pub label: String,
}

/// What is offered for `basket`, best first, of `accounts` (provider and name, those alone that
/// take the currency). Rules that name its store count alone; else those that name none.
pub fn offered(rules: &[Way], accounts: &[(&str, &str)], basket: &Basket) -> Vec<Offered> {
    let own = rules.iter().any(|rule| rule.store.is_some() && rule.store == basket.store);
    let mut those: Vec<&Way> =
        rules.iter().filter(|rule| rule.store == basket.store.filter(|_| own)).collect();
    if those.is_empty() {
        return unruled(accounts, basket);
    }
    those.retain(|rule| rule.active && fits(rule, basket));
    those.retain(|rule| accounts.contains(&(rule.provider.as_str(), rule.account.as_str())));
    those.sort_by(|a, b| {
        (a.place, &a.provider, &a.account).cmp(&(b.place, &b.provider, &b.account))
    });
    let offered = |rule: &Way| Offered {
        provider: rule.provider.clone(),
        account: rule.account.clone(),
        label: rule.label.clone(),
    };
    those.into_iter().map(offered).collect()
}

fn fits(rule: &Way, basket: &Basket) -> bool {
    let currency = basket.currency.code();
    (rule.currencies.is_empty() || rule.currencies.iter().any(|one| one == currency))
        && (rule.classes.is_empty()
            || basket.classes.iter().all(|class| rule.classes.contains(class)))
}

fn unruled(accounts: &[(&str, &str)], basket: &Basket) -> Vec<Offered> {
    let alcohol = basket.classes.iter().any(|class| *class != AlcoholClass::None);
    let may = |(provider, _): &&(&str, &str)| !alcohol || *provider != "paypal";
    let offered = |(provider, account): &(&str, &str)| Offered {
        provider: (*provider).into(),
        account: (*account).into(),
        label: label(provider).into(),
    };
    accounts.iter().filter(may).map(offered).collect()
}

/// What an account is called where no rule names it.
pub fn label(provider: &str) -> &'static str {
    match provider {
        "paypal" => "PayPal",
        "razorpay" => "Card, UPI or net banking",
        "sandbox" => "Test card",
        _ => "Card",
    }
}

/// The same in the reader's language: the key of what the checkout page says.
pub fn said(provider: &str) -> &'static str {
    match provider {
        "paypal" => "way.paypal",
        "razorpay" => "way.razorpay",
        "sandbox" => "way.sandbox",
        _ => "way.card",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: &[(&str, &str)] =
        &[("stripe", "us"), ("paypal", "us"), ("razorpay", "in"), ("sandbox", "sandbox")];

    fn basket(classes: &[AlcoholClass]) -> Basket {
        Basket { store: Some(StoreId::new()), currency: Currency::USD, classes: classes.to_vec() }
    }

    fn way(provider: &str, account: &str, store: Option<StoreId>) -> Way {
        Way {
            provider: provider.into(),
            account: account.into(),
            store,
            currencies: Vec::new(),
            classes: Vec::new(),
            label: "x".into(),
            place: 0,
            active: true,
        }
    }

    fn keys(offered: &[Offered]) -> Vec<String> {
        offered.iter().map(|one| format!("{}:{}", one.provider, one.account)).collect()
    }

    #[test]
    fn paypal_and_alcohol_only_where_an_operator_says_so() {
        let wine = basket(&[AlcoholClass::Wine, AlcoholClass::None]);
        let tonic = basket(&[AlcoholClass::None]);
        assert!(!keys(&offered(&[], ACCOUNTS, &wine)).contains(&"paypal:us".into()));
        assert!(keys(&offered(&[], ACCOUNTS, &tonic)).contains(&"paypal:us".into()));
        let rules = [way("paypal", "us", None)];
        assert_eq!(keys(&offered(&rules, ACCOUNTS, &wine)), ["paypal:us"]);
    }

    #[test]
    fn a_store_with_ways_of_its_own_has_those_alone() {
        let basket = basket(&[AlcoholClass::Beer]);
        let everywhere = way("stripe", "us", None);
        let own = Way { active: false, ..way("razorpay", "in", basket.store) };
        let other = way("sandbox", "sandbox", Some(StoreId::new()));
        let rules = [everywhere.clone(), other.clone()];
        assert_eq!(keys(&offered(&rules, ACCOUNTS, &basket)), ["stripe:us"]);
        let rules = [everywhere, other, own];
        assert_eq!(keys(&offered(&rules, ACCOUNTS, &basket)), [""; 0], "switched off is off");
    }

    #[test]
    fn currency_classes_and_order_are_kept_to() {
        let beer = basket(&[AlcoholClass::Beer]);
        let mixed = basket(&[AlcoholClass::Beer, AlcoholClass::Spirits]);
        let rules = [
            Way { place: 2, classes: vec![AlcoholClass::Beer], ..way("stripe", "us", None) },
            Way { place: 1, ..way("sandbox", "sandbox", None) },
            Way { currencies: vec!["INR".into()], ..way("razorpay", "in", None) },
            way("stripe", "gone", None),
        ];
        assert_eq!(keys(&offered(&rules, ACCOUNTS, &beer)), ["sandbox:sandbox", "stripe:us"]);
        assert_eq!(keys(&offered(&rules, ACCOUNTS, &mixed)), ["sandbox:sandbox"]);
        let rupees = Basket { currency: Currency::INR, ..beer };
        assert_eq!(keys(&offered(&rules, ACCOUNTS, &rupees))[0], "razorpay:in");
    }
}
