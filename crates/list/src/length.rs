use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// A distance on the screen in sixty-fourths of a pixel, which is what browsers lay out in. Whole numbers: sums of a
/// hundred thousand of them are exact in whatever order they are added and taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(i64);

const UNITS: f64 = 64.0;

impl Length {
    /// No distance.
    pub const ZERO: Self = Self(0);
    /// The least that is one.
    pub const LEAST: Self = Self(1);

    /// From whole pixels.
    pub const fn whole(pixels: i64) -> Self {
        Self(pixels * 64)
    }

    /// From pixels, rounded to the nearest sixty-fourth. What is no number is nothing.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of floats saturates"
    )]
    pub fn pixels(pixels: f64) -> Self {
        Self((pixels * UNITS).round() as i64)
    }

    /// In pixels.
    #[expect(clippy::cast_precision_loss, reason = "exact below 10^14 pixels")]
    pub fn as_pixels(self) -> f64 {
        self.0 as f64 / UNITS
    }

    /// The same distance in the other direction, where it is one backwards.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Without what is less than a pixel.
    #[must_use]
    pub const fn whole_pixels(self) -> Self {
        Self(self.0 - self.0 % 64)
    }

    /// The whole pixels below it, and how many sixty-fourths are left.
    pub const fn parts(self) -> (i64, i64) {
        (self.0.div_euclid(64), self.0.rem_euclid(64))
    }

    /// So many times as far.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self::pixels(self.as_pixels() * factor)
    }

    /// A part of it.
    #[must_use]
    pub const fn divided_by(self, parts: i64) -> Self {
        if parts == 0 {
            self
        } else {
            Self(self.0 / parts)
        }
    }
}

impl Add for Length {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Length {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Length {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Length {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Length {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Length {
    fn sum<I: Iterator<Item = Self>>(lengths: I) -> Self {
        lengths.fold(Self::ZERO, Add::add)
    }
}
