//! Making text and evidence fit for PostgreSQL, and small enough to keep.

use serde_json::Value;

/// Characters of a title that are kept.
pub(super) const TITLE_LIMIT: usize = 1_000;
/// Bytes of one text within the evidence that are kept.
pub(super) const EVIDENCE_TEXT_LIMIT: usize = 64 * 1024;

/// `text` with every NUL, which PostgreSQL cannot hold, made visible as the replacement character.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// At most `limit` characters of `text`, with an ellipsis if there were more.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => without_nul(text),
        Some(_) => without_nul(text).chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The text at `pointer` in `value`, trimmed; `None` if there is none or it is blank.
pub(super) fn text_at<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// Cleans `evidence` in place; whether anything was cut.
pub(super) fn tidy(evidence: &mut Value) -> bool {
    match evidence {
        Value::String(text) => tidy_text(text),
        Value::Array(items) => items.iter_mut().fold(false, |cut, item| tidy(item) | cut),
        Value::Object(fields) => {
            if fields.keys().any(|name| name.contains('\0')) {
                *fields = std::mem::take(fields).into_iter().map(|(name, value)| (without_nul(&name), value)).collect();
            }
            fields.values_mut().fold(false, |cut, value| tidy(value) | cut)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn tidy_text(text: &mut String) -> bool {
    if text.contains('\0') {
        *text = without_nul(text);
    }
    let length = text.len();
    if length <= EVIDENCE_TEXT_LIMIT {
        return false;
    }
    text.truncate(text.floor_char_boundary(EVIDENCE_TEXT_LIMIT));
    text.push_str(&format!("… [cut: {length} bytes]"));
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nul_characters_are_replaced_in_names_and_texts_at_any_depth() {
        let mut evidence = json!({"a\u{0}b": ["x\u{0}", {"c": "\u{0}"}], "n": 1.797e308});
        assert!(!tidy(&mut evidence));
        assert_eq!(evidence, json!({"a\u{fffd}b": ["x\u{fffd}", {"c": "\u{fffd}"}], "n": 1.797e308}));
    }

    #[test]
    fn a_long_text_in_the_evidence_is_cut_at_a_character_and_says_so() {
        let mut evidence = json!({"log": "é".repeat(EVIDENCE_TEXT_LIMIT), "short": "kept"});
        assert!(tidy(&mut evidence));
        let log = evidence["log"].as_str().unwrap();
        assert!(log.len() < EVIDENCE_TEXT_LIMIT + 40 && log.ends_with("… [cut: 131072 bytes]"));
        assert_eq!(evidence["short"], "kept");
    }

    #[test]
    fn a_title_is_kept_as_text_up_to_its_limit() {
        assert_eq!(shortened("<b>bold</b> **x**", TITLE_LIMIT), "<b>bold</b> **x**");
        let long = shortened(&"ä".repeat(1_001), TITLE_LIMIT);
        assert_eq!((long.chars().count(), long.chars().last()), (1_000, Some('…')));
    }
}
