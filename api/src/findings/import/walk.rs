//! The way through a JSON document to its findings, one value at a time.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::tape::{Segment, Start, Taken, Tape};

/// The reason is kept elsewhere: the parser's own error type could not carry it.
#[derive(Debug)]
pub(super) struct Halted;

/// What to do with a value on the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<P> {
    /// Check that it is JSON, and keep nothing.
    Skip,
    /// Hand over its text.
    Take,
    /// Go on inside.
    Enter(P),
    /// Give up: there is an object where the format has a list, or the other way round. Names what was expected.
    Misplaced(&'static str),
}

/// Knows the way through one format.
pub(super) trait Guide {
    /// Where in the document the walk is.
    type Place: Copy;

    /// The step for field `name` of the object at `place`.
    fn field(&mut self, place: Self::Place, name: &str) -> Step<Self::Place>;

    /// The step for each element of the list at `place`.
    fn element(&mut self, place: Self::Place) -> Step<Self::Place>;

    /// Takes a value asked for at `place`, with the name of its field (empty in a list).
    fn taken(&mut self, place: Self::Place, name: &str, value: Taken) -> Result<(), Halted>;
}

/// Walks one value with its guide.
pub(super) struct Walk<'w, G: Guide> {
    /// Knows the way.
    pub(super) guide: &'w mut G,
    /// Records the values that are taken.
    pub(super) tape: &'w Tape,
    /// Where the value stands.
    pub(super) place: G::Place,
}

impl<'w, G: Guide> Walk<'w, G> {
    fn inside(&mut self, place: G::Place) -> Walk<'_, G> {
        Walk { guide: self.guide, tape: self.tape, place }
    }

    fn hand_over<E: Error>(&mut self, name: &str, value: Taken) -> Result<(), E> {
        self.guide.taken(self.place, name, value).map_err(|Halted| E::custom("halted"))
    }
}

impl<'de, G: Guide> DeserializeSeed<'de> for Walk<'_, G> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, G: Guide> Visitor<'de> for Walk<'_, G> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match self.guide.field(self.place, &name) {
                Step::Misplaced(expected) => {
                    self.tape.misplaced(expected);
                    return Err(A::Error::custom("misplaced object"));
                }
                Step::Skip => map.next_value_seed(Skip(self.tape))?,
                Step::Enter(place) => {
                    self.tape.enter(Segment::Field(name));
                    map.next_value_seed(self.inside(place))?;
                    self.tape.leave();
                }
                Step::Take => {
                    let value = map.next_value_seed(Record(self.tape, Start::Ahead))?;
                    self.hand_over(&name, value)?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        for at in 0_u64.. {
            let more = match self.guide.element(self.place) {
                Step::Misplaced(expected) => {
                    self.tape.misplaced(expected);
                    return Err(A::Error::custom("misplaced list"));
                }
                Step::Skip => list.next_element_seed(Skip(self.tape))?.is_some(),
                Step::Enter(place) => {
                    self.tape.enter(Segment::Element(at));
                    let more = list.next_element_seed(self.inside(place))?.is_some();
                    self.tape.leave();
                    more
                }
                Step::Take => match list.next_element_seed(Record(self.tape, Start::Peeked))? {
                    None => false,
                    Some(value) => self.hand_over("", value).map(|()| true)?,
                },
            };
            if !more {
                break;
            }
        }
        Ok(())
    }
}

/// Passes over a value and keeps its text.
struct Record<'t>(&'t Tape, Start);

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = Taken;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Taken, D::Error> {
        self.0.record(self.1);
        deserializer.deserialize_ignored_any(IgnoredAny)?;
        Ok(self.0.take())
    }
}

/// Passes over a value.
struct Skip<'t>(&'t Tape);

impl<'de> DeserializeSeed<'de> for Skip<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.skip();
        deserializer.deserialize_ignored_any(IgnoredAny)?;
        self.0.take();
        Ok(())
    }
}
