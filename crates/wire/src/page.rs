use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Problem;

/// One page of a longer list.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass this as `after` to read on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub next: Option<String>,
}

/// The query of a list that is read page by page.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before.
    #[param(max_length = 1000)]
    pub after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// The checked page size.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(20) {
            limit @ 1..=100 => Ok(limit),
            _ => Err(Problem::invalid("limit", "must be between 1 and 100")),
        }
    }

    /// Where to read on, as the caller put it into [`Cursor::write`].
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Problem> {
        self.after.as_deref().map(Cursor::read).transpose()
    }
}

/// A position in a list, opaque to the client: the sort key of the last item.
pub struct Cursor;

impl Cursor {
    pub fn write<T: Serialize>(key: &T) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }

    pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| Problem::invalid("after", "is not a cursor that this list gave out"))
    }
}

/// Refuses a time that nobody means and no database counts.
pub fn of_our_days(field: &str, at: Option<Timestamp>) -> Result<(), Problem> {
    let of_our_days = |at: Timestamp| (0..=6_942_412_800).contains(&at.as_second());
    match at {
        Some(at) if !of_our_days(at) => {
            Err(Problem::invalid(field, "is not a time between 1970 and 2189"))
        }
        _ => Ok(()),
    }
}

impl<T> Page<T> {
    /// A page from `limit + 1` rows: the extra one tells whether there is more, `key` names the
    /// last item's place in the order.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if more { rows.last().map(|row| Cursor::write(&key(row))) } else { None };
        Self { items: rows, next }
    }

    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}
