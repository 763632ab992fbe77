//! Which barcodes a file gives to several products: a barcode that is right by its check digit
//! may still be wrong on the row, and nothing is ever merged by it.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::super::barcode;

/// Barcodes and what was seen of them.
#[derive(Default)]
pub struct Barcodes(HashMap<u64, Seen>);

struct Seen {
    name: u64,
    rows: u32,
    differently: bool,
}

/// How several rows have one barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// They have different names: at most one of them can be right.
    DifferentNames(u32),
    /// They have the same name: sizes, or a second entry of the same.
    OneName(u32),
}

impl Barcodes {
    pub fn see(&mut self, gtin: &str, name: &str) {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let name = hasher.finish();
        let seen = self.0.entry(barcode::number(gtin));
        let seen = seen.or_insert(Seen { name, rows: 0, differently: false });
        seen.rows += 1;
        seen.differently |= seen.name != name;
    }

    pub fn sharing(&self, gtin: &str) -> Option<Sharing> {
        let seen = self.0.get(&barcode::number(gtin)).filter(|seen| seen.rows > 1)?;
        Some(if seen.differently {
            Sharing::DifferentNames(seen.rows)
        } else {
            Sharing::OneName(seen.rows)
        })
    }

    /// How many barcodes belong to several products of different names.
    pub fn shared(&self) -> u64 {
        self.0.values().filter(|seen| seen.differently).count() as u64
    }
}
