//! The column mapping: a TOML file that says what a CSV file's columns mean. docs/import.md
//! describes it for those who write one.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use encoding_rs::Encoding;
use serde::Deserialize;

use super::Kind;

/// What a CSV file's columns mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub kind: Kind,
    /// Where the rows come from; with the key it names a row for ever.
    pub source: String,
    #[serde(default = "utf_8")]
    encoding: String,
    #[serde(default = "comma")]
    delimiter: char,
    /// Whether text is as Tipple exported it: taken as it is, but for the apostrophe before what a
    /// spreadsheet would compute.
    #[serde(default)]
    pub exact: bool,
    /// What the prices are in; products are listed only at stores that sell in it.
    pub currency: Option<String>,
    pub columns: BTreeMap<String, Column>,
    /// What new rows get where no column says it. Rows that are there already keep theirs.
    #[serde(default)]
    pub defaults: BTreeMap<String, Scalar>,
    pub categories: Option<Categories>,
    #[serde(default)]
    pub warn: Warn,
}

/// A field's column: only its name, or what to do with it as well.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Column {
    Named(String),
    Read(Box<Reading>),
}

/// How a field is read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    pub column: Option<String>,
    /// Several columns: `{Address}, {City}`.
    pub template: Option<String>,
    pub case: Option<Case>,
    /// Words that a change of case leaves alone.
    pub keep: Vec<String>,
    pub unit: Option<Unit>,
    /// What separates whole from part: `,` in much of the world.
    pub decimal: Option<char>,
    /// Characters that are dropped from numbers, such as `$ `.
    pub remove: String,
    /// What means yes, and what no; anything else is refused.
    pub yes: Vec<String>,
    pub no: Vec<String>,
    /// Barcodes lost their leading zeros: fill them up to so many digits.
    pub pad: usize,
}

/// What to make of text in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    Title,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Percent,
    /// Twice the percentage.
    Proof,
    Ml,
    Cl,
    L,
}

/// A value of a mapping, as text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
}

impl Scalar {
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
        }
    }
}

/// Which of our categories the source's are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Categories {
    /// The class of alcohol of all that do not say another.
    pub class: Option<String>,
    /// For names that are not listed; without it such rows are refused.
    pub otherwise: Option<String>,
    pub names: BTreeMap<String, Category>,
}

/// One of our categories: its path, or its path and class.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Category {
    Path(String),
    Classed { path: String, class: String },
}

impl Category {
    pub fn path(&self) -> &str {
        let (Self::Path(path) | Self::Classed { path, .. }) = self;
        path
    }

    pub fn class(&self) -> Option<&str> {
        match self {
            Self::Path(_) => None,
            Self::Classed { class, .. } => Some(class),
        }
    }
}

/// What to warn of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Warn {
    pub sleeve: Option<Sleeve>,
    /// Marks in a name that tell of a bundle with something else, such as ` W/`.
    pub bundle: Vec<String>,
}

/// Small containers whose price is that of a sleeve of them.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sleeve {
    /// Containers up to this size are looked at.
    pub up_to_ml: u32,
    /// So many times the price per millilitre of the larger ones of its category, or more.
    pub times: u32,
}

fn utf_8() -> String {
    "utf-8".into()
}

const fn comma() -> char {
    ','
}

impl Column {
    /// The column's name where there is only one.
    pub fn reading(&self) -> Reading {
        match self {
            Self::Named(name) => Reading { column: Some(name.clone()), ..Reading::default() },
            Self::Read(reading) => (**reading).clone(),
        }
    }
}

impl Mapping {
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let mapping: Self = toml::from_str(text).context("understand the column mapping")?;
        mapping.check().context("the column mapping does not hold together")?;
        Ok(mapping)
    }

    /// The mapping of what Tipple itself exports.
    pub fn own(kind: Kind) -> anyhow::Result<Self> {
        Self::read(match kind {
            Kind::Products => own!("products"),
            Kind::Stores => own!("stores"),
            Kind::Stock => own!("stock"),
        })
    }

    pub fn encoding(&self) -> anyhow::Result<&'static Encoding> {
        Encoding::for_label(self.encoding.as_bytes())
            .with_context(|| format!("{:?} is no encoding that is known", self.encoding))
    }

    pub fn delimiter(&self) -> anyhow::Result<u8> {
        let byte = u8::try_from(self.delimiter).ok().filter(u8::is_ascii);
        byte.filter(|byte| !matches!(byte, b'"' | b'\r' | b'\n')).context("delimiter: no such one")
    }

    fn check(&self) -> anyhow::Result<()> {
        self.encoding()?;
        self.delimiter()?;
        ensure!((1..=100).contains(&self.source.chars().count()), "source: 1 to 100 characters");
        let fields = self.kind.fields();
        for name in self.columns.keys().chain(self.defaults.keys()) {
            ensure!(fields.contains(&name.as_str()), "{name}: {} have no such field", self.kind);
        }
        for (name, column) in &self.columns {
            let reading = column.reading();
            let one = reading.column.is_some() != reading.template.is_some();
            ensure!(one, "columns.{name}: say either column or template");
        }
        for choice in self.kind.needed() {
            let said =
                |name: &&str| self.columns.contains_key(*name) || self.defaults.contains_key(*name);
            ensure!(choice.iter().any(said), "say where {} comes from", choice.join(" or "));
        }
        self.check_categories()
    }

    fn check_categories(&self) -> anyhow::Result<()> {
        let Some(categories) = &self.categories else { return Ok(()) };
        let paths = categories.names.values().map(Category::path);
        for path in paths.chain(categories.otherwise.as_deref()) {
            if !crate::product::category_is_valid(path) {
                bail!("categories: {path:?} is no path of slugs such as spirits/whiskey/bourbon");
            }
        }
        let classes = categories.names.values().filter_map(Category::class);
        for class in classes.chain(categories.class.as_deref()) {
            ensure!(crate::product::class_named(class).is_some(), "categories: no class {class:?}");
        }
        Ok(())
    }
}

/// The text of one of the mappings that are part of the program.
macro_rules! own {
    ($kind:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings/tipple-", $kind, ".toml"))
    };
}
use own;
