//! The built web page is part of the binary, so a new build of it is a reason to build a release again. A debug build reads
//! the files when it is asked for them; the folder has to be there before, or it would never look.

#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

fn main() {
    // Where the sources cannot be written to, the binary goes without the page.
    let _ = std::fs::create_dir_all("../web/dist");
    let is_debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    println!("cargo:rerun-if-changed={}", if is_debug { "build.rs" } else { "../web/dist" });
}
