//! What other services tell.

use cart_api::Destination;
use catalogue_api::ProductChanged;
use jiff::Timestamp;
use kernel::{
    AlcoholClass, Currency, CustomerId, Drink, LineId, Money, OrderId, Place, ProductId, StoreId,
};
use orders_api::{Move, OrderFacts, OrderLine, OrderMoved, State};
use testkit::Bench;

pub fn product(name: &str) -> ProductChanged {
    let (name, category) = (name.to_owned(), "spirits/gin".to_owned());
    ProductChanged { product: ProductId::new(), name, category, active: true, version: 1 }
}

/// An order of one line of this product, placed at this moment.
pub fn order(
    store: StoreId,
    of: &ProductChanged,
    quantity: u32,
    placed_at: Timestamp,
) -> OrderFacts {
    let place = Place { lat: 41.6, lon: -93.6 };
    let price = |amount| Money::new(amount, Currency::USD);
    let line = OrderLine {
        line: LineId::new(),
        product: of.product,
        name: of.name.clone(),
        category: of.category.clone(),
        drink: Drink { class: AlcoholClass::Spirits, abv_bp: 4000, volume_ml: 700, pack: 1 },
        quantity,
        delivered: 0,
        net_unit_price: price(1000),
        total: price(1000 * i64::from(quantity)),
        if_missing: Default::default(),
    };
    OrderFacts {
        order: OrderId::new(),
        cart: None,
        number: "K7Q2-9F".into(),
        customer: CustomerId::new(),
        store,
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
        charges: price(0),
        tip: None,
        total: line.total,
        lines: vec![line],
        placed_at,
        picked: None,
        slot: None,
    }
}

/// That the order moved, told as orders would.
pub async fn moved(bench: &Bench, order: &OrderFacts, version: i64, moved: Move) {
    let state = match &moved {
        Move::Placed => State::Placed,
        Move::Paid => State::Paid,
        Move::Delivered => State::Delivered,
        Move::Cancelled { .. } => State::Cancelled,
        Move::Closed { .. } => State::Closed,
        _ => State::OutForDelivery,
    };
    let order = order.clone();
    bench.tell(&OrderMoved { order, state, moved, version }).await;
}

/// A paid order, told whole.
pub async fn sold(bench: &Bench, store: StoreId, of: &ProductChanged, quantity: u32) -> OrderFacts {
    let order = order(store, of, quantity, bench.now());
    moved(bench, &order, 1, Move::Placed).await;
    moved(bench, &order, 2, Move::Paid).await;
    order
}
