use crate::Length;
use crate::Viewport;

/// Rows that follow each other, by their positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The position of the first.
    pub first: usize,
    /// The position of the last.
    pub last: usize,
}

/// Rows are drawn at least this far beyond what is in sight.
const NEAR: Length = Length::whole(240);
/// While one scrolls, as far as one gets in that many frames is drawn ahead.
const FRAMES_AHEAD: f64 = 8.0;

impl Span {
    /// The row at that position is one of them.
    pub const fn contains(self, position: usize) -> bool {
        self.first <= position && position <= self.last
    }
}

impl<Key: Copy + PartialEq> Viewport<Key> {
    /// The rows in sight. None where there are no rows.
    pub fn in_sight(&self) -> Option<Span> {
        self.span(Length::ZERO, Length::ZERO)
    }

    /// The rows that should be drawn by now: those in sight and, so that none is missing while one scrolls, those a bit
    /// further, most of them where one scrolls to. Nobody sees what one scrolls past by pages; then only what is near is
    /// drawn.
    pub fn wanted(&self) -> Option<Span> {
        let way = self.travel();
        let ahead = if way.abs() < self.extent() {
            way.abs().times(FRAMES_AHEAD).min(self.extent())
        } else {
            Length::ZERO
        };
        if way > Length::ZERO {
            self.span(NEAR + ahead, NEAR)
        } else {
            self.span(NEAR, NEAR + ahead)
        }
    }

    /// The rows that should be drawn when there is time.
    pub fn wanted_at_rest(&self) -> Option<Span> {
        let reach = NEAR.max(self.extent());
        self.span(reach, reach)
    }

    /// The rows that may stay drawn where they are: who scrolls back finds them.
    pub fn kept(&self) -> Option<Span> {
        let reach = NEAR.max(self.extent()).times(1.5);
        self.span(reach, reach)
    }

    /// The rows between so far above the view's upper edge and so far below its lower edge.
    fn span(&self, above: Length, below: Length) -> Option<Span> {
        let heights = self.heights();
        let lower = self.below() - self.foot();
        let first = heights.find(lower + self.extent() + above - Length::LEAST)?;
        let last = heights.find(lower - below)?;
        Some(Span {
            first: heights.position(first),
            last: heights.position(last),
        })
    }
}
