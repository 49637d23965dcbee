//! JSON in which no member stands twice. Readers differ in which of two they believe, so that a proxy, a log and this server could
//! each see another text.

use crate::error::FieldError;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};
use std::fmt;

/// Members that are pointed at. A text can repeat thousands, each below a name that takes most of it.
const MOST_REPEATED: usize = 10;
/// Characters of a pointer that are told.
const LONGEST_POINTER: usize = 200;

/// A value, and errors for the first members that were there already.
pub type Read = (Value, Vec<FieldError>);

/// Reads a text.
pub fn read(text: &[u8]) -> serde_json::Result<Read> {
    let mut repeated = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Reader { place: Place::Root, repeated: &mut repeated }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, repeated))
}

/// Builds the pointer (RFC 6901) to a member or an item.
pub fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn shortened(pointer: String) -> String {
    match pointer.char_indices().nth(LONGEST_POINTER) {
        None => pointer,
        Some((end, _)) => format!("{}…", pointer.get(..end).unwrap_or_default()),
    }
}

/// A way from a value up to the root; written out only where something is wrong.
#[derive(Clone, Copy)]
enum Place<'p> {
    Root,
    Member(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(parent, name) => below(&parent.pointer(), name),
            Self::Item(parent, index) => below(&parent.pointer(), &index.to_string()),
        }
    }
}

struct Reader<'r> {
    place: Place<'r>,
    repeated: &'r mut Vec<FieldError>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let place = Place::Item(&self.place, items.len());
            match list.next_element_seed(Reader { place, repeated: &mut *self.repeated })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let place = Place::Member(&self.place, &name);
            let value = map.next_value_seed(Reader { place, repeated: &mut *self.repeated })?;
            match members.entry(name) {
                Entry::Vacant(free) => drop(free.insert(value)),
                Entry::Occupied(taken) if self.repeated.len() < MOST_REPEATED => {
                    let pointer = shortened(below(&self.place.pointer(), taken.key()));
                    let message = "The member stands here more than once.".to_owned();
                    self.repeated.push(FieldError { pointer, code: "duplicate".to_owned(), message });
                }
                Entry::Occupied(_) => {}
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_read_is_what_any_reader_reads() {
        let text = r#"{"a":[null,true,-1,18446744073709551615,1.5e300,"é\u0000"],"b":{"~/":{}}}"#;
        assert_eq!(read(text.as_bytes()).unwrap(), (serde_json::from_str(text).unwrap(), Vec::new()));
        assert!(read(b"{} {}").is_err() && read(b"{\"a\":1,}").is_err() && read(b"").is_err());
    }

    #[test]
    fn what_is_told_of_a_text_does_not_grow_with_it() {
        let text = format!(r#"{{"{}":{{"a":0{}}}}}"#, "é".repeat(10_000), r#","a":1"#.repeat(5_000));
        let (_, repeated) = read(text.as_bytes()).unwrap();
        assert_eq!(repeated.len(), 10);
        assert!(repeated.iter().all(|error| error.pointer == format!("/{}…", "é".repeat(199))));
    }

    #[test]
    fn every_member_that_stands_twice_is_pointed_at() {
        let (_, repeated) = read(br#"{"a":1,"a":2,"b":[{},{"~/":1,"\u007e/":2}],"c":{"a":1}}"#).unwrap();
        let pointers: Vec<&str> = repeated.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a", "/b/1/~0~1"]);
    }
}
