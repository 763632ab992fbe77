//! What may change hands at a door.

use compliance_api::Reason;
use delivery_api::HandedLine;
use hmac::{Hmac, KeyInit, Mac};
use kernel::AlcoholClass;
use orders_api::OrderFacts;
use sha2::Sha256;

/// What the driver saw, besides what the law asks of the document.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub name_matches: bool,
    pub sober: bool,
    /// Whether the driver is the one who ordered it.
    pub own: bool,
}

/// What stands against it whatever the law says.
pub fn objections(seen: Seen) -> Vec<Reason> {
    let reason = |stands: bool, rule: &str, detail: &str| {
        stands.then(|| Reason {
            rule: rule.into(),
            detail: detail.into(),
            item: None,
            facts: serde_json::Map::default(),
        })
    };
    [
        reason(
            !seen.name_matches,
            "name-mismatch",
            "The document does not belong to the person who takes the order.",
        ),
        reason(seen.own, "own-order", "Nobody checks their own document: bring it back."),
        reason(!seen.sober, "not-sober", "Alcohol is not handed to someone who is drunk."),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is to change hands, checked against the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// In the order's order.
    pub lines: Vec<HandedLine>,
    pub whole: bool,
    pub alcohol: bool,
}

/// Compares the lines with what was ordered; all of it where none are named. Otherwise the
/// field at fault and why.
pub fn handed(
    order: &OrderFacts,
    named: Option<&[HandedLine]>,
) -> Result<Handed, (String, &'static str)> {
    if let Some(named) = named {
        for (at, line) in named.iter().enumerate() {
            let field = |name: &str| format!("lines[{at}].{name}");
            let Some(ordered) = order.lines.iter().find(|other| other.line == line.line) else {
                return Err((field("line"), "is not a line of this order"));
            };
            if named[..at].iter().any(|earlier| earlier.line == line.line) {
                return Err((field("line"), "is named twice"));
            }
            if line.quantity == 0 || line.quantity > ordered.quantity {
                return Err((field("quantity"), "must be at least 1 and no more than ordered"));
            }
        }
        if named.is_empty() {
            return Err(("lines".into(), "name what changes hands, or refuse the whole order"));
        }
    }
    let mut result = Handed { lines: Vec::new(), whole: true, alcohol: false };
    for ordered in &order.lines {
        let quantity = match named {
            None => ordered.quantity,
            Some(named) => {
                named.iter().find(|line| line.line == ordered.line).map_or(0, |line| line.quantity)
            }
        };
        result.whole &= quantity == ordered.quantity;
        if quantity > 0 {
            result.alcohol |= ordered.drink.class != AlcoholClass::None;
            result.lines.push(HandedLine { line: ordered.line, quantity });
        }
    }
    Ok(result)
}

/// The key of document hashes, made from the house's secret and of no use for anything else.
pub fn document_key(house_secret: &[u8]) -> [u8; 32] {
    keyed(house_secret, &[b"tipple.delivery.document.v1"])
}

/// By this a document is known again although nobody keeps its number. None for a number without
/// a letter or digit.
pub fn document_hash(key: &[u8; 32], kind: &str, number: &str) -> Option<[u8; 32]> {
    let number: String =
        number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    (!number.is_empty()).then(|| keyed(key, &[kind.as_bytes(), b"\0", number.as_bytes()]))
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length; it cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, CustomerId, Drink, LineId, Money, OrderId, Place, ProductId, StoreId};
    use orders_api::OrderLine;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn order(lines: &[(AlcoholClass, u32)]) -> OrderFacts {
        let free = Money::zero(Currency::USD);
        let place = Place { lat: 0.0, lon: 0.0 };
        let line = |(class, quantity): &(AlcoholClass, u32)| OrderLine {
            line: LineId::new(),
            product: ProductId::new(),
            name: "Something".into(),
            category: "spirits".into(),
            drink: Drink { class: *class, abv_bp: 0, volume_ml: 750, pack: 1 },
            quantity: *quantity,
            delivered: 0,
            net_unit_price: free,
            total: free,
            if_missing: Default::default(),
        };
        OrderFacts {
            order: OrderId::new(),
            cart: None,
            number: "K7Q2-9F".into(),
            customer: CustomerId::new(),
            store: StoreId::new(),
            store_name: "Store".into(),
            store_address: "1 Main St".into(),
            store_place: place,
            time_zone: "America/Chicago".into(),
            preparation_minutes: 10,
            destination: serde_json::from_value(serde_json::json!({
                "recipient": "Ann", "address": "2 Main St", "place": place,
            }))
            .unwrap(),
            lines: lines.iter().map(line).collect(),
            charges: free,
            tip: None,
            total: free,
            placed_at: jiff::Timestamp::UNIX_EPOCH,
            picked: None,
            slot: None,
        }
    }

    fn orders() -> impl Strategy<Value = OrderFacts> {
        let class = prop_oneof![Just(AlcoholClass::None), Just(AlcoholClass::Wine)];
        vec((class, 1..5u32), 1..6).prop_map(|lines| order(&lines))
    }

    proptest! {
        #[test]
        fn whole_means_all_of_it(order in orders(), wanted in vec(0..6u32, 6)) {
            let named: Vec<HandedLine> = order
                .lines
                .iter()
                .zip(&wanted)
                .filter(|(_, quantity)| **quantity > 0)
                .map(|(line, quantity)| HandedLine { line: line.line, quantity: *quantity })
                .collect();
            let too_many =
                order.lines.iter().zip(&wanted).any(|(line, wanted)| *wanted > line.quantity);
            match handed(&order, Some(&named)) {
                Err(_) => prop_assert!(too_many || named.is_empty()),
                Ok(handed) => {
                    prop_assert!(!too_many);
                    prop_assert_eq!(&handed.lines, &named);
                    let all = order.lines.iter().zip(&wanted).all(|(l, w)| l.quantity == *w);
                    prop_assert_eq!(handed.whole, all);
                    let alcohol = order.lines.iter().zip(&wanted)
                        .any(|(l, w)| *w > 0 && l.drink.class != AlcoholClass::None);
                    prop_assert_eq!(handed.alcohol, alcohol);
                }
            }
            let all = handed(&order, None).unwrap();
            prop_assert!(all.whole);
            prop_assert_eq!(all.lines.len(), order.lines.len());
        }
    }

    #[test]
    fn a_line_named_twice_is_not_twice_as_much() {
        let order = order(&[(AlcoholClass::Wine, 2)]);
        let line = HandedLine { line: order.lines[0].line, quantity: 1 };
        let error = handed(&order, Some(&[line.clone(), line])).unwrap_err();
        assert_eq!(error, ("lines[1].line".into(), "is named twice"));
    }

    #[test]
    fn someone_else_or_someone_drunk_gets_nothing() {
        assert_eq!(objections(Seen { name_matches: true, sober: true, own: false }), []);
        let worst = objections(Seen { name_matches: false, sober: false, own: true });
        let rules: Vec<_> = worst.into_iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, ["name-mismatch", "own-order", "not-sober"]);
    }

    #[test]
    fn a_document_is_known_again_however_it_is_spelt() {
        let key = document_key(b"the secret of one house");
        let hash = document_hash(&key, "passport", "ab 12-34").unwrap();
        assert_eq!(document_hash(&key, "passport", "AB1234"), Some(hash));
        assert_ne!(document_hash(&key, "id_card", "AB1234"), Some(hash));
        let other = document_key(b"the secret of another");
        assert_ne!(document_hash(&other, "passport", "AB1234"), Some(hash));
        assert_eq!(document_hash(&key, "passport", " - "), None);
    }
}
