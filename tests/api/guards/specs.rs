//! The specs name the tests that hold what they say, and the guides parts of the code; those have to be there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use support::source;

#[test]
fn every_test_that_a_spec_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut named = 0;
    let mut missing = Vec::new();
    for file in markdown(&root.join("specs")) {
        // Guides show names of files that are yet to be written.
        if file.components().any(|part| part.as_os_str() == "guides") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for path in text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("tests/")) {
            named += 1;
            let exists = expand(path).iter().all(|path| root.join(path).exists());
            if !exists {
                missing.push(format!("{}: {path}", file.display()));
            }
        }
    }
    assert!(named > 20, "the specs were not found");
    assert_eq!(missing, Vec::<String>::new());
}

/// A guide is followed by somebody who does not know the code yet: what it names has to be there.
#[test]
fn every_file_and_every_name_of_the_code_that_a_guide_mentions_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources =
        ["api/src", "tests/src", "tests/api", "web/src", "tests/contract", "migrations"].map(|folder| root.join(folder));
    let code: Vec<PathBuf> = sources
        .iter()
        .flat_map(|folder| ["rs", "ts", "tsx", "sql", "mjs", "js", "py", "sh"].map(|kind| source::files(folder, kind)))
        .flatten()
        .collect();
    let text: String = code.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let is_part_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names: BTreeSet<&str> = text.split(|c| !is_part_of_a_name(c)).collect();
    let (mut mentioned, mut missing) = (0, Vec::new());
    for file in markdown(&root.join("specs/guides")) {
        let guide = std::fs::read_to_string(&file).unwrap();
        for code in guide.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2)) {
            let is_path = ["api/", "tests/", "web/", "specs/", "migrations/"].iter().any(|folder| code.starts_with(folder));
            let is_name =
                code.chars().all(is_part_of_a_name) && (code.contains('_') || code.starts_with(|c: char| c.is_ascii_uppercase()));
            let is_there = match (is_path, is_name) {
                (true, _) => expand(code).iter().all(|path| root.join(path).exists()),
                (_, true) => names.contains(code) || code.starts_with("TENANTATLAS_"),
                _ => continue,
            };
            mentioned += 1;
            if !is_there {
                missing.push(format!("{}: {code}", file.display()));
            }
        }
    }
    assert!(mentioned > 20, "the guides were not found");
    assert_eq!(missing, Vec::<String>::new());
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.flat_map(|path| if path.is_dir() { markdown(&path) } else { vec![path] });
    nested.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// `a/{b,c}.rs` names two files; what holds a placeholder names none.
fn expand(path: &str) -> Vec<String> {
    if path.contains('<') || path.contains('…') || path.contains(' ') {
        return Vec::new();
    }
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) if open < close => path[open + 1..close]
            .split(',')
            .flat_map(|name| expand(&format!("{}{name}{}", &path[..open], &path[close + 1..])))
            .collect(),
        _ => vec![path.to_owned()],
    }
}
