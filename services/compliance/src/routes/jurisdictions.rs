//! Jurisdictions, as those who run the platform see and set them.

pub mod keep;
pub mod list;
pub mod read;

use kernel::Zone;
use serde::{Deserialize, Serialize};

use crate::db::law::JurisdictionRow;

/// A jurisdiction's code, as ISO 3166-2 writes it, with more parts for counties and cities.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Code(pub String);

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut parts = text.split('-');
        let country = parts.next().unwrap_or_default();
        let upper = |byte: u8| byte.is_ascii_uppercase();
        let rest: Vec<&str> = parts.collect();
        let fits = country.len() == 2
            && country.bytes().all(upper)
            && rest.len() <= 3
            && rest.iter().all(|part| {
                (1..=10).contains(&part.len())
                    && part.bytes().all(|byte| upper(byte) || byte.is_ascii_digit())
            });
        if fits { Ok(Self(text)) } else { Err("is not a code such as US-IA") }
    }
}

/// A place with alcohol laws of its own.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JurisdictionView {
    #[schema(example = "US-IA")]
    code: String,
    name: String,
    /// IANA name.
    time_zone: String,
    area: Zone,
    /// The code of the larger one that it lies in.
    parent: Option<String>,
    /// Grows with each change; also the `ETag`.
    version: i64,
}

impl From<JurisdictionRow> for JurisdictionView {
    fn from(row: JurisdictionRow) -> Self {
        let JurisdictionRow { code, name, time_zone, area, parent, version } = row;
        Self { code, name, time_zone, area, parent, version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_country_and_at_most_three_parts() {
        for good in ["US", "US-IA", "DE-BE", "US-IA-DSM", "US-IA-50309-A1"] {
            assert!(Code::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "us-ia", "USA", "US-", "US--IA", "US-A-B-C-D", "US-I\0A", "US-ÄÖ"] {
            assert!(Code::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
