//! What a store may sell, and until when.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::AlcoholClass;

/// A store's licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// As the authority wrote it.
    pub number: String,
    /// What it allows to sell.
    pub classes: BTreeSet<AlcoholClass>,
    /// The first and the last day on which it holds, by the store's calendar.
    pub valid_from: Date,
    pub valid_until: Date,
    pub suspended: bool,
}
