//! Sizes from the environment.

/// The number in a variable, or the default.
pub fn number(variable: &str, default: usize) -> usize {
    let text = std::env::var(variable).ok();
    text.map_or(default, |text| text.replace('_', "").parse().unwrap_or_else(|_| panic!("{variable}: a number is expected")))
}

/// How often what is compared is measured (`PERF_ROUNDS`); the median is told.
pub fn rounds() -> usize {
    number("PERF_ROUNDS", 3).max(1)
}

/// Cores of the machine.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
