//! Files of which nothing stays.

use crate::support::{Scan, World, ordinary};
use std::io::Read;
use tenantatlas::context::Ctx;
use tenantatlas::error::Code;
use tenantatlas::findings::import::{Format, ImportOptions, import_scan};

fn nothing_stays(world: &World) {
    for table in ["findings", "finding_scans", "audit_logs"] {
        assert_eq!(world.number(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
}

#[test]
fn nothing_stays_of_a_file_that_is_no_json_at_its_end() {
    let world = World::new();
    let whole = (0..2_000).fold(Scan::on(2), |scan, number| scan.fails(&format!("check-{number}"))).file();
    for (tail, reason) in [("<<<<<<< ours\n", "not-json"), ("{\"tenant\"", "not-json"), ("\u{0}", "not-json")] {
        let error = world.try_import(format!("{whole}{tail}").as_bytes(), &ordinary()).unwrap_err();
        assert_eq!((error.code(), &error.extra()["reason"]), (Code::UnreadableFile, &reason.into()), "{tail:?}");
        nothing_stays(&world);
    }
    assert_eq!(world.try_import(whole.as_bytes(), &ordinary()).unwrap().created, 2_000);
}

#[test]
fn nothing_stays_of_bytes_that_are_no_utf8_and_of_an_empty_file() {
    let world = World::new();
    let latin = [Scan::on(2).fails("a").file().as_bytes(), b"{\"check_id\": \"\xE9\"}"].concat();
    for (file, reason) in [(latin, "not-utf8"), (Vec::new(), "empty")] {
        let error = world.try_import(&file, &ordinary()).unwrap_err();
        assert_eq!(error.extra()["reason"], reason);
        nothing_stays(&world);
    }
}

#[test]
fn a_file_of_another_format_is_refused() {
    let world = World::new();
    let options = ImportOptions { format: Format::ScubaGear, ..ordinary() };
    let error = world.try_import(Scan::on(2).fails("a").file().as_bytes(), &options).unwrap_err();
    assert_eq!((error.code(), &error.extra()["reason"]), (Code::UnreadableFile, &"wrong-format".into()));
    nothing_stays(&world);
}

#[test]
fn nothing_stays_when_the_bytes_stop_coming() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("reset by peer"))
        }
    }
    let world = World::new();
    let file = (0..2_000).fold(Scan::on(2), |scan, number| scan.fails(&format!("check-{number}"))).file();
    let input = || file.as_bytes().chain(Broken);
    let error = world.db.run(|conn| import_scan(&Ctx::system(), conn, input(), &ordinary())).unwrap_err();
    assert_eq!((error.code(), &error.extra()["reason"]), (Code::UnreadableFile, &"cut-short".into()));
    nothing_stays(&world);
}

#[test]
fn a_failure_while_applying_leaves_nothing() {
    let world = World::new();
    world.execute("ALTER TABLE findings ADD CONSTRAINT no_z CHECK (check_id <> 'z')");
    assert!(world.try_import(Scan::on(2).fails("a").fails("z").file().as_bytes(), &ordinary()).is_err());
    nothing_stays(&world);
    assert_eq!(world.import(&Scan::on(2).fails("a")).created, 1);
}
