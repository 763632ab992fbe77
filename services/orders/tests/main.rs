//! Through the front door, on a fresh database.
