//! What other services tell.

use cart_api::Destination;
use delivery_api::{JobMove, JobMoved};
use jiff::Timestamp;
use kernel::{
    AlcoholClass, Currency, CustomerId, Drink, JobId, LineId, Money, OrderId, PaymentId, Place,
    ProductId, StoreId,
};
use orders_api::{Move, OrderFacts, OrderLine, OrderMoved, State};
use payments_api::{ComplaintId, ComplaintMove, ComplaintMoved, MoneyMove, PaymentMoved};

pub fn usd(amount: i64) -> Money {
    Money::new(amount, Currency::USD)
}

pub fn order(customer: CustomerId) -> OrderFacts {
    let place = Place { lat: 41.6, lon: -93.6 };
    let line = OrderLine {
        line: LineId::new(),
        product: ProductId::new(),
        name: "Gin & <Tonic>".into(),
        category: "spirits/gin".into(),
        drink: Drink { class: AlcoholClass::Spirits, abv_bp: 4000, volume_ml: 700, pack: 1 },
        quantity: 2,
        delivered: 0,
        net_unit_price: usd(1000),
        total: usd(2140),
        if_missing: Default::default(),
    };
    OrderFacts {
        order: OrderId::new(),
        cart: None,
        number: "K7Q2-9F".into(),
        customer,
        store: StoreId::new(),
        store_name: "Corner".into(),
        store_address: "1 Main St".into(),
        store_place: place,
        time_zone: "America/Chicago".into(),
        preparation_minutes: 10,
        destination: Destination {
            recipient: "Ann Lee".into(),
            address: "2 Elm St".into(),
            place,
            kind: Default::default(),
            instructions: String::new(),
        },
        lines: vec![line],
        charges: usd(0),
        tip: None,
        total: usd(2140),
        placed_at: Timestamp::UNIX_EPOCH,
        picked: None,
        slot: None,
    }
}

pub fn moved(order: &OrderFacts, version: i64, moved: Move) -> OrderMoved {
    OrderMoved { order: order.clone(), state: State::Placed, moved, version }
}

pub fn arrived(order: OrderId) -> JobMoved {
    JobMoved {
        job: JobId::new(),
        order,
        driver: None,
        driver_name: Some("Dee".into()),
        moved: JobMove::Arrived,
        eta: None,
        by: None,
        pay: None,
    }
}

pub fn refunded(order: OrderId) -> PaymentMoved {
    let moved = MoneyMove::Refunded { amount: usd(2140), reason: "it was cancelled".into() };
    PaymentMoved {
        payment: PaymentId::new(),
        order,
        moved,
        captured: usd(2140),
        refunded: usd(2140),
    }
}

pub fn declined(order: &OrderFacts, answer: &str) -> ComplaintMoved {
    ComplaintMoved {
        complaint: ComplaintId::new(),
        payment: PaymentId::new(),
        order: order.order,
        customer: order.customer,
        moved: ComplaintMove::Declined { answer: answer.into() },
    }
}
