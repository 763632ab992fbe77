use std::{fmt, num::ParseIntError, str::FromStr};

/// A place in the log of the house's database: whoever has come so far sees all that was written
/// before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position(pub u64);

impl Position {
    /// Where nobody but the database itself has come: what asks for it reads nothing that may lag.
    pub const NEWEST: Self = Self(u64::MAX);
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

impl FromStr for Position {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_position_is_read_as_it_is_written(at in any::<u64>()) {
            prop_assert_eq!(Position(at).to_string().parse(), Ok(Position(at)));
        }
    }

    #[test]
    fn what_is_no_position_is_none() {
        for text in ["", "x", "1ffffffffffffffff", "-1", "1 "] {
            assert!(text.parse::<Position>().is_err(), "{text:?}");
        }
    }
}
