//! Who is let in while much is going on: the fuller it is, the more a request has to matter.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::http::{Method, Uri};
use wire::Problem;

/// What a request is for, from what can wait to what cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Looking around: pages, listings, picks.
    Browse,
    Search,
    /// Filling a basket, and a customer's own things.
    Cart,
    /// Placing an order, paying it, following it and making it ready.
    Checkout,
    /// Drivers on their way, and everybody's sessions.
    Drivers,
    /// What providers tell, which would come again and again, and those who look after the house.
    House,
}

impl Class {
    /// How much of the places may be taken before it is turned away, in hundredths. What is left to
    /// the last two is far more than they mostly need: where every place is taken all wait for as long
    /// as the house needs to serve that many, and who comes meanwhile has to find room. Five times
    /// what a busy evening brings of either is a tenth of what the house can do.
    const fn share(self) -> usize {
        match self {
            Self::Browse => 45,
            Self::Search => 50,
            Self::Cart => 55,
            Self::Checkout => 65,
            Self::Drivers => 85,
            Self::House => 100,
        }
    }

    /// Of a request; those whose path begins with one of `webhooks` are providers', who have no tokens.
    pub fn of(webhooks: &[String], method: &Method, uri: &Uri, known: bool) -> Self {
        let path = uri.path();
        if is_webhook(webhooks, path) {
            return Self::House;
        }
        match Self::by_path(method, uri) {
            // Whoever wants to begin a session, or go on with one, is yet to be known.
            Self::Drivers if path.starts_with("/v1/accounts/") => Self::Drivers,
            // Nothing there is for strangers: they get nothing but a refusal.
            Self::Drivers | Self::House if !known => Self::Browse,
            class => class,
        }
    }

    fn by_path(method: &Method, uri: &Uri) -> Self {
        let path = uri.path();
        let mut segments = path.split('/').skip(1);
        let (first, second) = (segments.next().unwrap_or_default(), segments.next());
        let thing = segments.next().unwrap_or_default();
        match (first, second.unwrap_or_default()) {
            ("sandbox" | "pay", _) | ("v1", "payments") => Self::Checkout,
            ("v1", "catalogue") => of_catalogue(method, uri, segments.nth(1)),
            ("v1", "insight") => match thing {
                "views" | "popular" => Self::Browse,
                "top-picks" if segments.next().is_none() => Self::Browse,
                _ => Self::House,
            },
            ("v1", "cart") if thing == "carts" => Self::Cart,
            ("v1", "orders") if thing != "all" => Self::Checkout,
            ("v1", "delivery") if thing == "orders" => Self::Checkout,
            ("v1", "delivery") => Self::Drivers,
            ("v1", "notifications") if thing == "messages" => Self::Cart,
            ("v1", "accounts") => match thing {
                "sign-in" | "sessions" | "machines" => Self::Drivers,
                "people" | "keys" | "audit" | "age-reviews" => Self::House,
                _ => Self::Cart,
            },
            ("v1", "cart" | "orders" | "notifications" | "compliance" | "gateway") => Self::House,
            _ => Self::Browse,
        }
    }
}

/// Whether a path is one of those that begin with one of `webhooks`: a provider's.
pub fn is_webhook(webhooks: &[String], path: &str) -> bool {
    webhooks.iter().any(|prefix| path.starts_with(prefix))
}

/// Customers read products, stores and what they list; `part` is what follows a store's id.
fn of_catalogue(method: &Method, uri: &Uri, part: Option<&str>) -> Class {
    if !method.is_safe() || matches!(part, Some("stock" | "movements" | "listings.csv")) {
        return Class::House;
    }
    let mut asked = uri.query().unwrap_or_default().split('&');
    if asked.any(|pair| pair.starts_with("q=")) { Class::Search } else { Class::Browse }
}

/// Whether one more of this class is let in where so many are under way, of so many at most.
fn admits(class: Class, under_way: usize, most: usize) -> bool {
    under_way < most.saturating_mul(class.share()).div_ceil(100)
}

/// The requests under way in this process.
#[derive(Debug, Clone)]
pub struct Places {
    under_way: Arc<AtomicUsize>,
    most: usize,
}

/// One request's place, until it is answered.
#[derive(Debug)]
pub struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Places {
    pub fn new(most: usize) -> Self {
        Self { under_way: Arc::default(), most }
    }

    /// Whether there is a place now for one of this class.
    pub fn has_room(&self, class: Class) -> bool {
        admits(class, self.under_way.load(Ordering::Relaxed), self.most)
    }

    /// A place; 503 `overloaded` where there is none left for this class.
    pub fn take(&self, class: Class) -> Result<Place, Problem> {
        let taken = self.under_way.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| {
            admits(class, now, self.most).then_some(now + 1)
        });
        taken.map(|_| Place(Arc::clone(&self.under_way))).map_err(|_| Problem::overloaded())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RISING: [Class; 6] =
        [Class::Browse, Class::Search, Class::Cart, Class::Checkout, Class::Drivers, Class::House];

    fn class(method: &Method, target: &str) -> Class {
        let webhooks = ["/v1/payments/webhooks/".to_owned()];
        Class::of(&webhooks, method, &target.parse().unwrap(), true)
    }

    #[test]
    fn strangers_are_let_in_first_nowhere_but_where_they_become_known() {
        let of = |path: &str| {
            Class::of(&["/hooks/".into()], &Method::POST, &path.parse().unwrap(), false)
        };
        for (path, wanted) in [
            ("/v1/catalogue/x", Class::Browse),
            ("/v1/delivery/pings", Class::Browse),
            ("/v1/accounts/people", Class::Browse),
            ("/v1/accounts/sign-in", Class::Drivers),
            ("/v1/accounts/sessions/refresh", Class::Drivers),
            ("/v1/orders/orders", Class::Checkout),
            ("/hooks/stripe", Class::House),
        ] {
            assert_eq!(of(path), wanted, "{path}");
        }
    }

    #[test]
    fn each_request_is_of_the_class_of_whom_it_is_for() {
        let id = "01990000-0000-7000-8000-000000000000";
        for (method, target, wanted) in [
            (Method::GET, "/".to_owned(), Class::Browse),
            (Method::GET, "/p/some-rye".into(), Class::Browse),
            (Method::GET, "/assets/app.js".into(), Class::Browse),
            (Method::GET, "/v1/catalogue/products?category=beer".into(), Class::Browse),
            (Method::GET, format!("/v1/catalogue/stores/{id}/listings"), Class::Browse),
            (Method::GET, format!("/v1/catalogue/products/{id}"), Class::Browse),
            (Method::GET, "/v1/insight/top-picks".into(), Class::Browse),
            (Method::POST, "/v1/insight/views".into(), Class::Browse),
            (Method::GET, "/v1/catalogue/products?limit=9&q=rye".into(), Class::Search),
            (Method::PUT, format!("/v1/cart/carts/{id}/lines/{id}"), Class::Cart),
            (Method::GET, "/v1/accounts/me".into(), Class::Cart),
            (Method::POST, "/v1/orders/orders".into(), Class::Checkout),
            (Method::GET, format!("/v1/orders/orders/{id}/events"), Class::Checkout),
            (Method::GET, format!("/v1/orders/stores/{id}/queue"), Class::Checkout),
            (Method::POST, format!("/pay/{id}/key"), Class::Checkout),
            (Method::GET, format!("/v1/delivery/orders/{id}"), Class::Checkout),
            (Method::POST, "/v1/delivery/pings".into(), Class::Drivers),
            (Method::POST, format!("/v1/delivery/jobs/{id}/hand-over"), Class::Drivers),
            (Method::POST, "/v1/accounts/sessions/refresh".into(), Class::Drivers),
            (Method::POST, "/v1/payments/webhooks/stripe/us".into(), Class::House),
            (Method::PUT, format!("/v1/catalogue/stores/{id}/pause"), Class::House),
            (Method::GET, format!("/v1/catalogue/stores/{id}/stock"), Class::House),
            (Method::PUT, format!("/v1/insight/top-picks/{id}"), Class::House),
            (Method::GET, "/v1/orders/all".into(), Class::House),
            (Method::PUT, format!("/v1/compliance/licences/{id}"), Class::House),
            (Method::POST, "/v1/gateway/dead-letters/7/replay".into(), Class::House),
        ] {
            assert_eq!(class(&method, &target), wanted, "{method} {target}");
        }
    }

    proptest! {
        /// Whatever matters more is let in wherever something that matters less is; an idle process
        /// lets everything in, a full one nothing.
        #[test]
        fn what_matters_less_is_turned_away_first(most in 1..5000_usize, under_way in 0..6000_usize) {
            for pair in RISING.windows(2) {
                prop_assert!(pair[0] < pair[1]);
                prop_assert!(!admits(pair[0], under_way, most) || admits(pair[1], under_way, most));
            }
            for class in RISING {
                prop_assert!(admits(class, 0, most) && !admits(class, most, most));
            }
            prop_assert_eq!(admits(Class::House, under_way, most), under_way < most);
        }

        /// A head is asked for like the whole, and what follows a path's `?` makes nothing but a
        /// search of it.
        #[test]
        fn spelling_lifts_nobody(
            segments in prop::collection::vec(
                prop::sample::select(vec![
                    "v1", "catalogue", "products", "stores", "cart", "carts", "orders", "delivery",
                    "insight", "top-picks", "views", "accounts", "sessions", "me", "payments", "pay",
                    "webhooks", "x",
                ]),
                1..6,
            ),
            query in "[a-z=&]{0,12}",
        ) {
            let path = format!("/{}", segments.join("/"));
            let plain = class(&Method::GET, &path);
            prop_assert_eq!(class(&Method::HEAD, &path), plain);
            let asked = class(&Method::GET, &format!("{path}?{query}"));
            prop_assert!(asked == plain || (plain, asked) == (Class::Browse, Class::Search));
        }

        /// No interleaving of coming and going lets more in than there are places.
        #[test]
        fn places_come_back(steps in prop::collection::vec((0..6_usize, any::<bool>()), 0..80)) {
            let places = Places::new(10);
            let mut taken = Vec::new();
            for (class, goes) in steps {
                if goes { taken.pop(); }
                let before = taken.len();
                taken.extend(places.take(RISING[class]).ok());
                prop_assert_eq!(taken.len() > before, admits(RISING[class], before, 10));
            }
            drop(taken);
            prop_assert_eq!(places.under_way.load(Ordering::Relaxed), 0);
        }
    }
}
