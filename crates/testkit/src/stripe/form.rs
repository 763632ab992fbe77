//! Forms whose names nest with brackets, as Stripe reads them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::failure::Failure;

pub type Metadata = BTreeMap<String, String>;

/// The parameters of a call.
pub struct Params(Map<String, Value>);

/// Which related objects are to be shown whole.
#[derive(Clone, Default)]
pub struct Expand(Vec<String>);

impl Params {
    pub fn parse(form: &[u8]) -> Result<Self, Failure> {
        let mut all = Value::Object(Map::new());
        for (name, value) in url::form_urlencoded::parse(form) {
            let (first, rest) = name.split_once('[').unwrap_or((&name, ""));
            let path: Vec<&str> = std::iter::once(first)
                .chain(
                    rest.split('[').filter(|_| !rest.is_empty()).map(|s| s.trim_end_matches(']')),
                )
                .collect();
            put(&mut all, &path, &value)
                .ok_or_else(|| Failure::invalid("parameter_invalid", &name, "Invalid nesting"))?;
        }
        let Value::Object(all) = all else { unreachable!("it began as an object") };
        Ok(Self(all))
    }

    /// Refuses what this call does not know.
    pub fn only(&self, known: &[&str]) -> Result<(), Failure> {
        let strange =
            self.0.keys().find(|name| *name != "expand" && !known.contains(&name.as_str()));
        strange.map_or(Ok(()), |name| {
            let message = format!("Received unknown parameter: {name}");
            Err(Failure::invalid("parameter_unknown", name, message))
        })
    }

    /// By path: `payment_intent_data.capture_method`.
    pub fn text(&self, path: &str) -> Option<&str> {
        let mut names = path.split('.');
        let first = self.0.get(names.next()?)?;
        names
            .try_fold(first, |value, name| value.get(name))?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    pub fn required(&self, path: &str) -> Result<&str, Failure> {
        let message = format!("Missing required param: {path}.");
        self.text(path).ok_or_else(|| Failure::invalid("parameter_missing", path, message))
    }

    pub fn integer(&self, path: &str) -> Result<Option<i64>, Failure> {
        let number = self.text(path).map(str::parse::<i64>).transpose();
        number.map_err(|_| Failure::invalid("parameter_invalid_integer", path, "Invalid integer"))
    }

    pub fn metadata(&self, path: &str) -> Result<Metadata, Failure> {
        let mut names = path.split('.');
        let first = names.next().and_then(|name| self.0.get(name));
        let found = first.and_then(|value| names.try_fold(value, |value, name| value.get(name)));
        let Some(found) = found.and_then(Value::as_object) else { return Ok(Metadata::new()) };
        let text = |(key, value): (&String, &Value)| {
            let value = value.as_str().unwrap_or_default();
            (key.len() <= 40 && value.len() <= 500).then(|| (key.clone(), value.to_owned()))
        };
        let all: Option<Metadata> = found.iter().map(text).collect();
        all.filter(|all| all.len() <= 50)
            .ok_or_else(|| Failure::invalid("parameter_invalid", path, "Metadata is too long"))
    }

    pub fn expand(&self) -> Expand {
        let all = match self.0.get("expand") {
            Some(Value::Array(all)) => all.iter().collect(),
            Some(Value::Object(all)) => all.values().collect(),
            _ => Vec::new(),
        };
        Expand(all.into_iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
    }
}

impl Expand {
    /// What is to be expanded below `name`; none where it stays an id.
    pub fn below(&self, name: &str) -> Option<Self> {
        let mut wanted = false;
        let mut below = Vec::new();
        for path in &self.0 {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            if first == name {
                wanted = true;
                below.extend((!rest.is_empty()).then(|| rest.to_owned()));
            }
        }
        wanted.then_some(Self(below))
    }
}

fn put(into: &mut Value, path: &[&str], value: &str) -> Option<()> {
    let Some((name, rest)) = path.split_first() else {
        *into = Value::String(value.into());
        return Some(());
    };
    if name.is_empty() {
        if into.is_null() {
            *into = Value::Array(Vec::new());
        }
        rest.is_empty().then_some(())?;
        into.as_array_mut()?.push(Value::String(value.into()));
        return Some(());
    }
    if into.is_null() {
        *into = Value::Object(Map::new());
    }
    put(into.as_object_mut()?.entry(*name).or_insert(Value::Null), rest, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_nest_and_lists_grow() {
        let form = b"amount=5&metadata[order]=a%26b&expand[]=x.y&expand[]=x.z&expand[]=q\
                     &items[0][price][unit]=7";
        let params = Params::parse(form).ok().unwrap();
        assert_eq!(params.text("metadata.order"), Some("a&b"));
        assert_eq!(params.text("items.0.price.unit"), Some("7"));
        assert_eq!(params.integer("amount").ok().unwrap(), Some(5));
        assert!(params.expand().below("x").unwrap().below("z").is_some());
        assert!(params.expand().below("y").is_none());
        assert!(Params::parse(b"a=1&a[b]=2").is_err());
    }
}
