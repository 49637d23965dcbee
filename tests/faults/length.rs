//! The same scenarios in two lengths: short with all other tests, long as `make endurance`.

use std::time::{Duration, Instant};

/// Asks for the long form.
const VARIABLE: &str = "ENDURANCE";

/// How long somebody looks at a silent long form.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn is_long() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| value == "1")
}

/// How often something is done: `short` times, or in the long form as often as the variable says, else `long` times.
pub fn times(variable: &str, short: usize, long: usize) -> usize {
    match is_long() {
        true => std::env::var(variable).map_or(long, |text| text.parse().expect("a number")),
        false => short,
    }
}

/// Faults of a kind that need no number of their own: once, or `ENDURANCE_ROUNDS` times.
pub fn rounds() -> usize {
    times("ENDURANCE_ROUNDS", 1, 10)
}

/// What a scenario has done. The long form prints it.
pub struct Figures {
    scenario: &'static str,
    begun: Instant,
    told: Instant,
    counted: Vec<(&'static str, i64)>,
}

impl Figures {
    pub fn of(scenario: &'static str) -> Self {
        Self { scenario, begun: Instant::now(), told: Instant::now(), counted: Vec::new() }
    }

    pub fn add(&mut self, what: &'static str, number: i64) {
        match self.counted.iter_mut().find(|(name, _)| *name == what) {
            Some((_, counted)) => *counted += number,
            None => self.counted.push((what, number)),
        }
        if is_long() && self.told.elapsed() > PATIENCE {
            self.told = Instant::now();
            println!("  {self} so far");
        }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counted: Vec<String> = self.counted.iter().map(|(what, number)| format!("{number} {what}")).collect();
        write!(f, "endurance: {}: {} in {:.0} s", self.scenario, counted.join(", "), self.begun.elapsed().as_secs_f64())
    }
}

impl Drop for Figures {
    fn drop(&mut self) {
        if is_long() && !std::thread::panicking() {
            println!("{self}");
        }
    }
}
