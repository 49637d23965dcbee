//! Ids as they stand in paths, parameters and commands: a decimal number in its only form, so that one thing has one name.

use serde::{Deserialize, Deserializer, de};

/// Reads an id: digits without a sign, leading zeros or spaces, above zero.
pub fn parse_id(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| digits)
}

/// Reads an id of a query parameter, which comes as text.
pub fn id_of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse_id(&text).ok_or_else(|| de::Error::custom("the id of something is expected, as 42"))).transpose()
}

/// Reads an id of a command line.
pub fn id_of_argument(text: &str) -> Result<i64, &'static str> {
    parse_id(text).ok_or("a number is expected, as 42")
}

#[cfg(test)]
mod tests {
    use super::parse_id;

    #[test]
    fn only_the_shortest_decimal_form_is_an_id() {
        assert_eq!((parse_id("2"), parse_id("9223372036854775807")), (Some(2), Some(i64::MAX)));
        for text in ["", "0", "02", "+2", "-2", " 2", "2 ", "2.0", "0x2", "٢", "9223372036854775808"] {
            assert_eq!(parse_id(text), None, "{text}");
        }
    }
}
