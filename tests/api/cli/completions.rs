//! `tenantatlas completions`, `tenantatlas man`, and what a command in the wrong folder does.

use std::process::{Command, Output};
use support::cli::binary;

/// Runs the binary in a folder without any settings.
fn run_in(folder: &std::path::Path, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(binary()).args(arguments).current_dir(folder).env_clear().env("HOME", folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn commands_other_than_those_that_create_leave_a_folder_without_database_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for line in ["runs list", "worker", "operator list", "keys list", "deploy-runbooks", "findings import --format ocsf -"] {
        let (code, out, err) = run_in(folder.path(), &line.split(' ').collect::<Vec<_>>());
        assert_eq!((code, out.as_str()), (1, ""), "{line}: {err}");
        assert!(err.contains("There is no database here. Set DATABASE_URL or TENANTATLAS_DATA_DIR"), "{line}: {err}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn every_shell_gets_a_script_that_knows_the_commands_and_the_words() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, err) = run_in(folder.path(), &["completions", shell]);
        assert_eq!(code, 0, "{err}");
        for word in ["runbooks", "DATA_REPAIR", "partially_succeeded", "findings.lifecycle.backfill"] {
            assert!(shell == "elvish" || shell == "powershell" || script.contains(word), "{shell}: {word}");
        }
        assert!(script.contains("deploy-runbooks"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let (code, page, _) = run_in(folder.path(), &["man"]);
    assert!(code == 0 && page.contains(".TH tenantatlas 1") && page.contains("DATABASE_URL"), "{page}");

    let pages = folder.path().join("pages");
    assert_eq!(run_in(folder.path(), &["man", "--directory", "pages"]).0, 0);
    for name in ["tenantatlas.1", "tenantatlas-runs-show.1", "tenantatlas-runbooks-start.1"] {
        assert!(pages.join(name).exists(), "{name}");
    }
    std::fs::write(folder.path().join("file"), "").unwrap();
    let (code, _, err) = run_in(folder.path(), &["man", "--directory", "file/below"]);
    assert!(code == 2 && err.contains("directory: file/below cannot be written to"), "{err}");
}
