//! Chance that can be had again: everything random of a test comes from one seed, and a test that fails says which.

/// Gives the seed of a test that failed back to it.
const VARIABLE: &str = "TEST_SEED";

/// Splitmix: small, seeded, good enough to reach every corner.
#[derive(Debug)]
pub struct Random {
    state: u64,
    announced: Option<u64>,
}

impl Random {
    /// Always the same for a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03, announced: None }
    }

    /// Another chance each time, or that of `TEST_SEED`. Printed when the test fails.
    pub fn announced() -> Self {
        let told = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok());
        let seed = told.unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0));
        Self { announced: Some(seed), ..Self::new(seed) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// A number from the first to the second, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    /// A value in so many of a hundred cases.
    pub fn maybe<T>(&mut self, percent: usize, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| value(self))
    }

    /// In another order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            let other = self.below(last + 1);
            values.swap(last, other);
        }
    }
}

impl Drop for Random {
    #[allow(clippy::print_stderr, reason = "who looks at a failed test needs the seed")]
    fn drop(&mut self) {
        if let Some(seed) = self.announced
            && std::thread::panicking()
        {
            eprintln!("to have the same chance again: {VARIABLE}={seed}");
        }
    }
}
