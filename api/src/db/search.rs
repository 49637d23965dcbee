//! Search for a text within columns, whatever the case of letters and the locale of the database. `lower` knows the letters of the
//! database's locale, which under `C` are those of ASCII; ICU is not in every server. So ASCII is lowered by the rules of `C`, which
//! are the fastest, and the other letters that are sought are lowered by name.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The letters beyond ASCII that have this lower case, without the letter itself.
static UPPER: LazyLock<HashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut upper: HashMap<char, Vec<char>> = HashMap::new();
    for letter in ('\u{80}'..=char::MAX).filter(|letter| lower(*letter) != *letter) {
        upper.entry(lower(letter)).or_default().push(letter);
    }
    upper
});

/// A text that is sought, in the form in which it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The text in lower case.
    pub text: String,
    /// Letters beyond ASCII whose lower case is sought.
    pub upper: String,
    /// Their lower case, letter by letter.
    pub lower: String,
}

impl Sought {
    /// Prepares a text.
    pub fn of(text: &str) -> Self {
        let text: String = text.chars().map(lower).collect();
        let (mut upper, mut lower) = (String::new(), String::new());
        let mut letters: Vec<char> = text.chars().filter(|letter| !letter.is_ascii()).collect();
        letters.sort_unstable();
        letters.dedup();
        for letter in letters {
            for variant in UPPER.get(&letter).into_iter().flatten() {
                upper.push(*variant);
                lower.push(letter);
            }
        }
        Self { text, upper, lower }
    }

    /// Writes the condition that a column holds the text. The values are those of [`Self::text`], [`Self::upper`] and
    /// [`Self::lower`]; the latter two are left out where they are empty, since most texts sought are ASCII.
    pub fn within(column: &str, text: &str, letters: Option<(&str, &str)>) -> String {
        let lowered = format!("lower({column} COLLATE \"C\")");
        match letters {
            None => format!("strpos({lowered}, {text}) > 0"),
            Some((upper, lower)) => format!("strpos(translate({lowered}, {upper}, {lower}), {text}) > 0"),
        }
    }
}

/// Lowers a letter where its lower case is one letter. The Greek sigma at the end of a word is one as any other.
fn lower(letter: char) -> char {
    let mut letters = letter.to_lowercase();
    match (letter, letters.next(), letters.next()) {
        ('ς', ..) => 'σ',
        (_, Some(lower), None) => lower,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::Sought;

    #[test]
    fn letters_of_any_script_are_lowered_and_their_capitals_named() {
        let sought = |text: &str| {
            let Sought { text, upper, lower } = Sought::of(text);
            (text, upper, lower)
        };
        let told = |text: &str, upper: &str, lower: &str| (text.to_owned(), upper.to_owned(), lower.to_owned());
        assert_eq!(sought("MFA 100%"), told("mfa 100%", "", ""));
        assert_eq!(sought("ÄÉä"), told("äéä", "ÄÉ", "äé"));
        assert_eq!(sought("ΟΔΟΣ"), told("οδοσ", "ΔΟΣς", "δοσσ"));
        assert_eq!(sought("Жук"), told("жук", "ЖКУ", "жку"));
        assert_eq!(sought("ß大"), told("ß大", "ẞ", "ß"));
    }
}
