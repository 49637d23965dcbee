//! Quiet hours of a rule: wall clock times of a place.

use crate::error::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Hours in which nothing is sent; what happens then is told together when they end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Wall clock time at which they begin.
    #[schema(example = "22:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub from: String,
    /// Wall clock time at which they end, of the same day or the next.
    #[schema(example = "07:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub to: String,
    /// IANA name of the place whose clock counts.
    #[schema(example = "Europe/Berlin", min_length = 1, max_length = 60)]
    pub time_zone: String,
}

impl QuietHours {
    /// What is wrong with the times; the zone is for the database to know.
    pub(super) fn check(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        for (name, text) in [("from", &self.from), ("to", &self.to)] {
            if !is_wall_clock_time(text) {
                wrong.push(error(name, "value", "A time of day is expected, as 22:00."));
            }
        }
        if self.from == self.to {
            wrong.push(error(
                "to",
                "value",
                "Another time than that of the beginning is expected; to send nothing at all, disable the rule.",
            ));
        }
        wrong
    }
}

pub(super) fn error(name: &str, code: &str, message: &str) -> FieldError {
    FieldError { pointer: format!("/quiet_hours/{name}"), code: code.to_owned(), message: message.to_owned() }
}

fn is_wall_clock_time(text: &str) -> bool {
    let two_digits = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()));
    let parts = text.split_once(':').and_then(|(hour, minute)| Some((two_digits(hour)?, two_digits(minute)?)));
    parts.is_some_and(|(hour, minute)| hour < 24 && minute < 60)
}

#[cfg(test)]
mod tests {
    use super::is_wall_clock_time;

    #[test]
    fn a_time_of_day_has_two_digits_each() {
        for text in ["00:00", "07:30", "23:59"] {
            assert!(is_wall_clock_time(text), "{text}");
        }
        for text in ["", "7:30", "24:00", "12:60", "12", "12:3", "12:30:00", "+1:00", "１２:00"] {
            assert!(!is_wall_clock_time(text), "{text}");
        }
    }
}
