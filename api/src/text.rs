//! Texts for people: counted things, and characters that no reader sees and that steer what shows them: a terminal, a log, the order of
//! letters in a line.

/// True when a character controls (C0, DEL, C1), separates lines or paragraphs, or turns the direction of writing.
pub fn steers(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// True when a text has one line in which every character can be seen, as a name has.
pub fn is_one_line(text: &str) -> bool {
    !text.chars().any(steers)
}

/// True when every character of a text can be seen, though it may have several lines, as a reason may.
pub fn is_plain(text: &str) -> bool {
    text.split('\n').all(is_one_line)
}

/// Writes what steers in the form `\u{1b}`, line breaks as well.
pub fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, character| {
        match steers(character) {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
        shown
    })
}

/// Says how many there are of something: `1 tenant`, `2 tenants`.
pub fn counted(number: i64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{is_one_line, is_plain, visible};

    #[test]
    fn what_steers_is_made_visible_and_everything_else_stays() {
        let plain = "Größe 大 עברית 👍🏽 é";
        assert!(is_one_line(plain) && is_plain("a\nb") && !is_one_line("a\nb"));
        assert_eq!(visible(plain), plain);
        for character in ['\u{0}', '\u{1b}', '\t', '\r', '\u{7f}', '\u{9b}', '\u{2028}', '\u{202e}', '\u{2066}'] {
            assert!(!is_plain(&character.to_string()), "{character:?}");
        }
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c\n\u{202e}"), "a\\u{1b}[2Jb\\u{9b}c\\n\\u{202e}");
    }
}
