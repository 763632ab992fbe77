//! Nobody calls insight: it follows events. What there is to know is the name of a decision.

/// What an operator decided about a product in Top Picks.
pub enum Curation {}
/// Names a decision.
pub type CurationId = kernel::Id<Curation>;
