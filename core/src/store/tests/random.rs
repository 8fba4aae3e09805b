//! Reproducible random numbers: `SEED=...` repeats a run.

/// A xorshift generator.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Seeded from the environment, or with a fixed seed. Prints the seed, so that a failing test shows it.
    pub(crate) fn from_env() -> Self {
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
        println!("SEED={seed}");
        Self { state: 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed | 1) }
    }

    /// With a fixed seed.
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
