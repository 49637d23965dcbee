//! Making text and evidence fit for PostgreSQL, and small enough to keep.

use serde_json::Value;

/// Characters of a title that are kept.
pub(super) const TITLE_LIMIT: usize = 1_000;
/// Bytes of one text within the evidence that are kept.
pub(super) const EVIDENCE_TEXT_LIMIT: usize = 64 * 1024;

/// Bytes of the evidence of one finding, as JSON, that are kept.
pub(super) const EVIDENCE_LIMIT: usize = 128 * 1024;

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

/// Cleans `evidence` in place, text by text and then as a whole. True when anything was cut.
pub(super) fn tidy(evidence: &mut Value) -> bool {
    tidy_texts(evidence) | bound(evidence)
}

/// Leaves out the members for which there is no room, and says so.
fn bound(evidence: &mut Value) -> bool {
    let size = |value: &Value| value.to_string().len();
    let length = size(evidence);
    let Value::Object(fields) = evidence else { return false };
    if length <= EVIDENCE_LIMIT {
        return false;
    }
    let mut room = EVIDENCE_LIMIT;
    fields.retain(|name, value| {
        let needed = name.len().saturating_mul(2) + size(value);
        let fits = needed <= room;
        room -= if fits { needed } else { 0 };
        fits
    });
    fields.insert("…".to_owned(), Value::String(format!("[cut: {length} bytes]")));
    true
}

fn tidy_texts(evidence: &mut Value) -> bool {
    match evidence {
        Value::String(text) => tidy_text(text),
        Value::Array(items) => items.iter_mut().fold(false, |cut, item| tidy_texts(item) | cut),
        Value::Object(fields) => {
            if fields.keys().any(|name| name.contains('\0')) {
                *fields = std::mem::take(fields).into_iter().map(|(name, value)| (without_nul(&name), value)).collect();
            }
            fields.values_mut().fold(false, |cut, value| tidy_texts(value) | cut)
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
    fn evidence_that_is_too_long_as_a_whole_keeps_the_members_that_fit_and_says_so() {
        let numbers = vec![0; EVIDENCE_LIMIT];
        let mut evidence = json!({"first": "kept", "middle": numbers, "zlast": [1, 2]});
        assert!(tidy(&mut evidence));
        assert_eq!(evidence, json!({"first": "kept", "zlast": [1, 2], "…": "[cut: 262185 bytes]"}));
        let mut short = json!({"all": "x".repeat(EVIDENCE_TEXT_LIMIT)});
        assert!(!tidy(&mut short));
    }

    #[test]
    fn a_title_is_kept_as_text_up_to_its_limit() {
        assert_eq!(shortened("<b>bold</b> **x**", TITLE_LIMIT), "<b>bold</b> **x**");
        let long = shortened(&"ä".repeat(1_001), TITLE_LIMIT);
        assert_eq!((long.chars().count(), long.chars().last()), (1_000, Some('…')));
    }
}
