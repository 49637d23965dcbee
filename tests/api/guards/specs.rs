//! The specs name the tests that hold what they say; those have to be there.

use std::path::Path;

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

fn markdown(folder: &Path) -> Vec<std::path::PathBuf> {
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
