//! The order whose money it is.

use cart_api::Destination;
use jiff::SignedDuration;
use kernel::{AlcoholClass, Clock, CustomerId, LineId, Money, OrderId, Place};
use orders_api::OrderFacts;
use payments_api::{Part, PartKind, Sale, SaleLine, Start};

use crate::{
    flows::{AMOUNT, Provider},
    lane::Lane,
};

impl Lane {
    /// What checkout asks for.
    pub fn start_of(&self, order: OrderId, provider: Provider) -> Start {
        let currency = provider.currency();
        let part = |kind, label: &str, amount| Part {
            kind,
            authority: (kind == PartKind::SalesTax).then(|| "Iowa".to_owned()),
            label: label.into(),
            ppm: (kind == PartKind::SalesTax).then_some(70_000),
            amount: Money::new(amount, currency),
        };
        let line = SaleLine {
            line: LineId::new(),
            name: "Riesling".into(),
            quantity: 2,
            unit_price: Money::new(1_000, currency),
            total: Money::new(2_150, currency),
            parts: vec![
                part(PartKind::Goods, "Riesling", 2_000),
                part(PartKind::SalesTax, "Sales tax 7 %", 140),
                part(PartKind::Deposit, "Deposit", 10),
            ],
        };
        let sale = Sale {
            vendor: self.vendor,
            store: self.store,
            store_name: "Corner Cellar".into(),
            store_address: "1 Main Street".into(),
            time_zone: "America/Chicago".into(),
            number: "K7Q2-9F".into(),
            recipient: "Ann Lee".into(),
            address: "2 Elm Street".into(),
            lines: vec![line],
            charges: vec![
                part(PartKind::DeliveryFee, "Delivery", 300),
                part(PartKind::Tip, "Tip", 149),
            ],
        };
        Start {
            order,
            customer: self.customer_id(),
            amount: Money::new(AMOUNT, currency),
            store: self.store,
            vendor: self.vendor,
            classes: vec![AlcoholClass::Wine],
            with: Some(format!("{}:main", provider.name())),
            description: "Order K7Q2-9F".into(),
            pay_by: Clock::system().now() + SignedDuration::from_hours(1),
            sale: Some(sale),
            save_method: false,
            saved_method: None,
        }
    }

    fn customer_id(&self) -> CustomerId {
        CustomerId::from_uuid(self.buyer().uuid())
    }

    /// The order as others tell of it, with this total.
    pub fn facts(&self, order: OrderId, total: Money) -> OrderFacts {
        let place = Place { lat: 41.59, lon: -93.62 };
        OrderFacts {
            order,
            cart: None,
            number: "K7Q2-9F".into(),
            customer: self.customer_id(),
            store: self.store,
            store_name: "Corner Cellar".into(),
            store_address: "1 Main Street".into(),
            store_place: place,
            time_zone: "America/Chicago".into(),
            preparation_minutes: 10,
            destination: Destination {
                recipient: "Ann Lee".into(),
                address: "2 Elm Street".into(),
                place,
                kind: Default::default(),
                instructions: String::new(),
            },
            lines: Vec::new(),
            charges: Money::zero(total.currency),
            tip: None,
            total,
            placed_at: Clock::system().now(),
            picked: None,
            slot: None,
        }
    }
}
