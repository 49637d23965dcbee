//! The binary: reads the command line and does what it says.

fn main() -> std::process::ExitCode {
    tenantatlas::cli::run()
}
