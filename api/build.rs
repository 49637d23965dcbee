//! The built web page is part of the binary, so a new build of it is a reason to build the binary again. A debug build
//! reads the files when it is asked for them and needs no such reason.

#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

fn main() {
    let is_debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    println!("cargo:rerun-if-changed={}", if is_debug { "build.rs" } else { "../web/dist" });
}
