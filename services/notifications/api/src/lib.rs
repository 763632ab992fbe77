//! Nobody calls notifications: it follows events.
