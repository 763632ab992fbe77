//! Nobody calls insight: it follows events.
