//! Reads a struct from an object only. Serde takes a list for one too, its parts by their order, however deep
//! it lies: a form that is no part of the interface, and would change with the order of fields.
//!
//! What serde keeps aside before it knows what it is (within an enum that is told apart by a tag, or a
//! flattened struct) it reads by itself; of those the list in place of the whole is refused here.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

/// Something to read from, or into, in which structs are objects.
pub struct Objects<T>(pub T);

/// A visitor, and whether what it is for is an object.
struct Seen<V> {
    visitor: V,
    object: bool,
}

fn any<V>(visitor: V) -> Seen<V> {
    Seen { visitor, object: false }
}

fn object<V>(visitor: V) -> Seen<V> {
    Seen { visitor, object: true }
}

/// How serde calls what has a tag among its fields.
const TAGGED: &str = "internally tagged enum";

macro_rules! plainly {
    ($($read:ident)*) => {$(
        fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$read(any(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let object = (&visitor as &dyn Expected).to_string().starts_with(TAGGED);
        self.0.deserialize_any(Seen { visitor, object })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, object(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, any(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, any(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, any(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, any(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, any(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }

    plainly! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_option deserialize_unit deserialize_seq deserialize_map
        deserialize_identifier deserialize_ignored_any
    }
}

macro_rules! as_it_is {
    ($($visit:ident: $kind:ty),*) => {$(
        fn $visit<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.visitor.$visit(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Seen<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        if self.object {
            return Err(A::Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        self.visitor.visit_seq(Objects(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Objects(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Objects(choice))
    }

    fn visit_some<D: Deserializer<'de>>(self, some: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Objects(some))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Objects(inner))
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    as_it_is! {
        visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64,
        visit_str: &str, visit_borrowed_str: &'de str, visit_string: String, visit_bytes: &[u8],
        visit_borrowed_bytes: &'de [u8], visit_byte_buf: Vec<u8>
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(from))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }
    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }
    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;
    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (name, variant) = self.0.variant_seed(seed)?;
        Ok((name, Objects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;
    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Objects(seed))
    }
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, any(visitor))
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, object(visitor))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::Objects;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Place {
        lat: f64,
        lon: f64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Radius { metres: u32 },
        Corners(Vec<Place>),
        Pair(u8, u8),
        None,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Benefit {
        Percent { ppm: u32 },
        Free,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        place: Place,
        also: Option<Place>,
        #[serde(default)]
        all: Vec<Place>,
        shape: Shape,
        benefit: Benefit,
        pair: (u8, String),
        #[serde(default)]
        rest: Value,
    }

    fn whole() -> Value {
        json!({
            "place": { "lat": 1.5, "lon": -2 }, "also": null, "all": [{ "lat": 0, "lon": 0 }],
            "shape": { "radius": { "metres": 5 } }, "benefit": { "kind": "percent", "ppm": 7 },
            "pair": [1, "two"], "rest": [1, { "a": [] }],
        })
    }

    /// What is read of it, or where it is wrong.
    fn read(body: &Value) -> Result<Body, String> {
        let text = body.to_string();
        let mut reader = serde_json::Deserializer::from_str(&text);
        serde_path_to_error::deserialize(Objects(&mut reader)).map_err(|error| {
            assert!(error.inner().is_data(), "{error}");
            assert!(error.to_string().contains("an object"), "{error}");
            error.path().to_string()
        })
    }

    #[test]
    fn lists_stay_lists_and_all_else_is_read_as_ever() {
        let mut body = whole();
        for (shape, benefit) in [
            (json!({ "radius": { "metres": 5 } }), json!({ "kind": "percent", "ppm": 7 })),
            (json!({ "corners": [{ "lat": 1, "lon": 2 }] }), json!({ "kind": "free" })),
            (json!({ "pair": [1, 2] }), json!({ "ppm": 7, "kind": "percent" })),
            (json!("none"), json!({ "kind": "free" })),
        ] {
            body["shape"] = shape;
            body["benefit"] = benefit;
            let plain: Body = serde_json::from_value(body.clone()).expect("as serde reads it");
            assert_eq!(read(&body), Ok(plain));
        }
    }

    #[test]
    fn a_list_for_an_object_is_refused_where_it_stands() {
        let place = json!([1.5, -2]);
        for (at, list, field) in [
            ("/place", place.clone(), "place"),
            ("/also", place.clone(), "also"),
            ("/all/0", place.clone(), "all[0]"),
            ("/shape", json!({ "radius": [5] }), "shape.radius"),
            ("/shape", json!({ "corners": [[1, 2]] }), "shape.corners[0]"),
            ("/benefit", json!(["percent", 7]), "benefit"),
        ] {
            let mut body = whole();
            *body.pointer_mut(at).expect("a part of it") = list;
            let plain = serde_json::from_str::<Body>(&body.to_string());
            assert!(plain.is_ok(), "serde takes it: {body}");
            assert_eq!(read(&body), Err(field.to_owned()), "{body}");
        }
    }
}
