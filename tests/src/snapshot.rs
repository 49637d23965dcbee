//! Texts that are compared with a committed file.

use std::path::Path;

/// Set to 1, texts are written instead of compared.
const VARIABLE: &str = "UPDATE_SNAPSHOTS";

/// Asserts that the file, named from the root of the repository, holds this text.
pub fn assert_matches(file: &str, actual: &str) {
    let path = crate::source::root().join(file);
    if std::env::var_os(VARIABLE).is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = first_difference(&expected, actual);
    assert!(
        differing.is_none(),
        "{file} is not current: {}\nRun the test with {VARIABLE}=1 and look at the diff.",
        differing.unwrap()
    );
}

fn first_difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (mut expected, mut actual) = (expected.lines(), actual.lines());
    for number in 1.. {
        match (expected.next(), actual.next()) {
            (None, None) => break,
            (old, new) if old != new => {
                return Some(format!("line {number}\n  file: {}\n  now:  {}", old.unwrap_or("(end)"), new.unwrap_or("(end)")));
            }
            _ => {}
        }
    }
    Some("white space at the end".to_owned())
}
