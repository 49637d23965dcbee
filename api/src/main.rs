//! The binary: reads the command line and does what it says.

/// Gives back what a burst took: the system's keeps what the hashing of each password needed, once for each thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    tenantatlas::cli::run()
}
