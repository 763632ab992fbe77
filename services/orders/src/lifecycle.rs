//! The table of moves: what may become of an order, by whom, and what each move means for the
//! stock and for the money. Pure.

use orders_api::State;
use serde::Serialize;

/// In which role somebody acts on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The customer whose order it is.
    Customer,
    /// Staff of the store that it was ordered from.
    Store,
    Operator,
    /// Nobody in person: a deadline, the payment, the law.
    House,
}

/// What is wanted of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Stock is held and the payment started.
    Place,
    /// The provider has set the money aside and the stock is allocated.
    Pay,
    Accept,
    Pack,
    /// The driver takes it out of the store: never before the money is ours.
    PickUp,
    /// All of it changed hands.
    HandOver,
    /// Some or all of it goes back to the store.
    BringBack,
    /// What went back arrived.
    Close,
    /// What left the store, and was not handed over, will not come back.
    Lose,
    /// Ends it before a driver may take it.
    Cancel(By),
    /// Ends what a driver might have taken: delivery says that it stays in the store.
    Stop,
}

/// The move is not in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongState;

/// The state after `command`, if the order may move so. `captured` tells whether the money is
/// ours.
pub const fn next(state: State, captured: bool, command: Command) -> Result<State, WrongState> {
    use By::*;
    use Command::*;
    use State::*;
    Ok(match (state, command) {
        (Placing, Place) => Placed,
        (Placed, Pay) => Paid,
        (Paid, Accept) => Accepted,
        (Accepted, Pack) => Packed,
        (Packed, PickUp) if captured => OutForDelivery,
        (OutForDelivery, HandOver) => Delivered,
        (OutForDelivery, BringBack) => Returning,
        (Returning, Close) | (OutForDelivery | Returning, Lose) => Closed,

        // A customer may think again until it is packed; a store only says no to what is paid;
        // an operator and the deadlines may end whatever no driver may take yet.
        (Placing, Cancel(House))
        | (Placed, Cancel(Customer | Operator | House))
        | (Paid | Accepted, Cancel(_)) => Cancelled,
        (Packed, Cancel(Operator | House)) if !captured => Cancelled,
        // From the capture on a driver may be taking it at this very moment, and only delivery
        // knows: its word decides, or the stock of a bottle in a bag would be given to others.
        (Packed, Stop) if captured => Cancelled,

        _ => return Err(WrongState),
    })
}

/// How far an order is that somebody has to do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Waits for its store's yes or no.
    Unanswered,
    /// Is packed, or to be packed.
    InStore,
    /// Has left the store.
    WithDriver,
}

impl Stage {
    /// The states of all of them.
    pub const ALL_STATES: &[State] =
        &[State::Paid, State::Accepted, State::Packed, State::OutForDelivery, State::Returning];

    pub const fn states(self) -> &'static [State] {
        match self {
            Self::Unanswered => &[State::Paid],
            Self::InStore => &[State::Accepted, State::Packed],
            Self::WithDriver => &[State::OutForDelivery, State::Returning],
        }
    }
}

/// What a person may ask for by a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Cancel,
    Accept,
    Pack,
    Reject,
}

impl Action {
    pub const ALL: [Self; 4] = [Self::Cancel, Self::Accept, Self::Pack, Self::Reject];

    /// The operation by which it is asked for.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::Cancel => "cancel_order",
            Self::Accept => "accept_order",
            Self::Pack => "pack_order",
            Self::Reject => "reject_order",
        }
    }

    /// The command that this action is when done in that role; none when the role has no such
    /// button.
    pub const fn command(self, by: By) -> Option<Command> {
        Some(match (self, by) {
            (Self::Cancel, By::Customer | By::Operator) => Command::Cancel(by),
            (Self::Accept, By::Store | By::Operator) => Command::Accept,
            (Self::Pack, By::Store | By::Operator) => Command::Pack,
            (Self::Reject, By::Store | By::Operator) => Command::Cancel(By::Store),
            _ => return None,
        })
    }
}

/// Whether this role may do it to an order in this state, as far as orders can say: once it may
/// leave the store, delivery is asked too.
pub fn may(state: State, action: Action, by: By) -> bool {
    action.command(by).is_some_and(|command| next(state, false, command).is_ok())
}

/// What a move does to the stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stock {
    Unchanged,
    Held,
    Allocated,
    GivenBack,
    LeftTheStore,
    BackInTheStore,
    WrittenOff,
}

/// What a move does to the customer's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purse {
    Unchanged,
    /// The customer is asked to pay.
    Asked,
    SetAside,
    /// The provider is asked to take it.
    Taken,
    /// All of it, whatever state it is in.
    AllGoesBack,
    /// The refund of what was not handed over.
    RefundGoesBack,
}

/// What a move of the table means for stock and money. Kept with each move in the history.
pub const fn consequence(command: Command) -> (Stock, Purse) {
    use Command::*;
    match command {
        Place => (Stock::Held, Purse::Asked),
        Pay => (Stock::Allocated, Purse::SetAside),
        Pack => (Stock::Unchanged, Purse::Taken),
        PickUp => (Stock::LeftTheStore, Purse::Unchanged),
        Close => (Stock::BackInTheStore, Purse::RefundGoesBack),
        Lose => (Stock::WrittenOff, Purse::RefundGoesBack),
        Cancel(_) | Stop => (Stock::GivenBack, Purse::AllGoesBack),
        Accept | HandOver | BringBack => (Stock::Unchanged, Purse::Unchanged),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROLES: [By; 4] = [By::Customer, By::Store, By::Operator, By::House];

    fn commands() -> Vec<Command> {
        let mut all = vec![
            Command::Place,
            Command::Pay,
            Command::Accept,
            Command::Pack,
            Command::PickUp,
            Command::HandOver,
            Command::BringBack,
            Command::Close,
            Command::Lose,
            Command::Stop,
        ];
        all.extend(ROLES.map(Command::Cancel));
        all
    }

    #[test]
    fn an_end_has_no_exit_and_every_other_state_has_one() {
        for (state, captured) in State::ALL.into_iter().flat_map(|s| [(s, false), (s, true)]) {
            let exits = commands().into_iter().filter(|c| next(state, captured, *c).is_ok());
            let exits = exits.count();
            assert_eq!(exits == 0, state.is_end(), "{state:?} has {exits} exits");
        }
    }

    #[test]
    fn what_has_left_the_store_cannot_be_cancelled_by_anyone() {
        let ends = ROLES.map(Command::Cancel).into_iter().chain([Command::Stop]);
        for end in ends {
            for state in [State::OutForDelivery, State::Returning, State::Delivered, State::Closed]
            {
                assert_eq!(next(state, true, end), Err(WrongState), "{state:?} {end:?}");
            }
        }
    }

    #[test]
    fn what_may_leave_at_any_moment_is_ended_by_the_word_of_delivery_only() {
        for by in ROLES {
            assert_eq!(next(State::Packed, true, Command::Cancel(by)), Err(WrongState), "{by:?}");
        }
        assert_eq!(next(State::Packed, true, Command::Stop), Ok(State::Cancelled));
        assert_eq!(next(State::Packed, false, Command::Stop), Err(WrongState));
    }

    #[test]
    fn a_customer_may_cancel_until_it_is_packed() {
        let allowed = State::ALL
            .into_iter()
            .filter(|state| may(*state, Action::Cancel, By::Customer))
            .collect::<Vec<_>>();
        assert_eq!(allowed, [State::Placed, State::Paid, State::Accepted]);
    }

    #[test]
    fn buttons_follow_the_role() {
        let can = |state, by| -> Vec<Action> {
            Action::ALL.into_iter().filter(|action| may(state, *action, by)).collect()
        };
        assert_eq!(can(State::Paid, By::Store), [Action::Accept, Action::Reject]);
        assert_eq!(can(State::Accepted, By::Store), [Action::Pack, Action::Reject]);
        assert_eq!(can(State::Packed, By::Operator), [Action::Cancel]);
        assert_eq!(can(State::Packed, By::Store), []);
    }

    /// Whether stock of the order is out of reach of others in this state.
    fn promised(state: State) -> bool {
        matches!(state, State::Placed | State::Paid | State::Accepted | State::Packed)
    }

    proptest! {
        /// Any sequence of commands, refused ones included, as events and people send them.
        #[test]
        fn stock_and_money_come_out_even(picks in prop::collection::vec(0_usize..14, 0..60)) {
            let (mut state, mut captured) = (State::Placing, false);
            let (mut held, mut left, mut aside, mut cancelled) = (false, false, false, false);
            for pick in picks {
                let command = commands()[pick];
                let Ok(to) = next(state, captured, command) else { continue };
                prop_assert!(!state.is_end());
                let (stock, purse) = consequence(command);
                match stock {
                    Stock::Held => { prop_assert!(!held); held = true; }
                    Stock::Allocated | Stock::Unchanged => {}
                    Stock::GivenBack => { prop_assert!(!left); held = false; }
                    Stock::LeftTheStore => { prop_assert!(held && !left); held = false; left = true; }
                    Stock::BackInTheStore | Stock::WrittenOff => { prop_assert!(left); }
                }
                match purse {
                    Purse::SetAside => { prop_assert!(!aside); aside = true; }
                    Purse::Taken => { prop_assert!(aside && !captured); captured = true; }
                    Purse::RefundGoesBack => prop_assert!(captured),
                    Purse::AllGoesBack => { prop_assert!(!left && !cancelled); cancelled = true; }
                    Purse::Asked | Purse::Unchanged => {}
                }
                state = to;
                prop_assert_eq!(held, promised(state));
                // Nothing leaves the store unpaid.
                prop_assert!(!left || captured);
            }
            prop_assert!(!cancelled || state == State::Cancelled);
        }
    }
}
