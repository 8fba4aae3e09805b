//! Random numbers that can be had again: `SEED=...` repeats a run.

/// A xorshift generator.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Seeded by the environment, or always in the same way. Prints the seed, which is shown when a test fails.
    pub(crate) fn from_env() -> Self {
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
        println!("SEED={seed}");
        Self { state: 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed | 1) }
    }

    /// Always the same.
    pub(crate) fn fixed() -> Self {
        Self { state: 1 }
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from((self.state >> 11) % limit as u64).unwrap()
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}
