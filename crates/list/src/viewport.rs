use crate::{Eye, Heights, Length, Place};

/// This near the end is at it.
const AT_END: Length = Length::whole(24);
/// How high a row is thought to be before any was measured.
const FIRST_GUESS: Length = Length::whole(56);
/// The typical height follows that many of the rows that were measured last.
const MEMORY: i64 = 200;

/// The part of a list that a reader looks at.
///
/// Everything is measured upwards from the end, because there a conversation grows, and because a scroller that runs
/// upwards keeps its place by itself when something is put before the first row. What changes *below* the reader's eye
/// is made up for by raising or lowering everything, by [`Viewport::shift`]: unlike the scroller's position, that is
/// never refused, and breaks no scrolling under way (M3). When nobody scrolls, [`Viewport::settled`] says where the
/// scroller has to be set for the shift to end.
#[derive(Debug)]
pub struct Viewport<Key> {
    heights: Heights<Key>,
    typical: Typical,
    extent: Length,
    /// Below the last row.
    foot: Length,
    scrolled: Length,
    shift: Length,
    travel: Length,
    eye: Eye,
    follows: bool,
}

impl<Key: Copy + PartialEq> Viewport<Key> {
    /// At the end of an empty list. `foot`: the room below the last row.
    pub fn new(foot: Length) -> Self {
        Self {
            heights: Heights::default(),
            typical: Typical::default(),
            extent: Length::ZERO,
            foot,
            scrolled: Length::ZERO,
            shift: Length::ZERO,
            travel: Length::ZERO,
            eye: Eye::End {
                below: Length::ZERO,
            },
            follows: true,
        }
    }

    /// The rows.
    pub const fn heights(&self) -> &Heights<Key> {
        &self.heights
    }

    /// What stays where it is.
    pub const fn eye(&self) -> Eye {
        self.eye
    }

    /// How high the view is.
    pub const fn extent(&self) -> Length {
        self.extent
    }

    /// The room below the last row.
    pub const fn foot(&self) -> Length {
        self.foot
    }

    /// How far everything has to be raised above where the heights alone would put it.
    pub const fn shift(&self) -> Length {
        self.shift
    }

    /// How far the scroller is from where it rests, at the end.
    pub const fn scrolled(&self) -> Length {
        self.scrolled
    }

    /// How far the reader scrolled last, upwards where positive.
    pub const fn travel(&self) -> Length {
        self.travel
    }

    /// How far the end of the list is below the view's lower edge.
    pub fn below(&self) -> Length {
        self.scrolled - self.shift
    }

    /// How much of the list is above the view's upper edge.
    pub fn above(&self) -> Length {
        self.heights.total() + self.foot - self.below() - self.extent
    }

    /// The reader is at the end, and stays there whatever comes.
    pub const fn is_at_end(&self) -> bool {
        matches!(self.eye, Eye::End { .. })
    }

    /// How far a row's upper edge is below the view's.
    pub fn top(&self, place: Place) -> Length {
        let from_end = self.foot + self.heights.behind(place) + self.heights.height(place);
        self.below() + self.extent - from_end
    }

    /// Whether a reader at the end stays there when more comes. Not so where the last row is not the newest.
    pub fn follow(&mut self, follows: bool) {
        if self.follows != follows {
            self.follows = follows;
            self.look();
        }
    }

    /// Makes another room below the last row. What the reader looks at stays where it is.
    pub fn set_foot(&mut self, foot: Length) {
        if self.foot != foot {
            self.foot = foot;
            self.hold();
        }
    }

    /// The reader scrolled, or the browser did.
    pub fn scroll(&mut self, to: Length) {
        // Beyond the end there is nothing, however far a finger pulls.
        let to = to.max(Length::ZERO);
        self.travel = to - self.scrolled;
        self.scrolled = to;
        // Who jumps means the scroller's place, and sees none of the rows again that would have to stay where they are.
        if self.travel.abs() >= self.extent {
            self.shift = Length::ZERO;
        }
        self.look();
    }

    /// Nobody scrolls any more.
    pub fn rest(&mut self) {
        self.travel = Length::ZERO;
    }

    /// The view is that high now. Its lower edge stays where it is, as a composer that grows pushes what was said up.
    pub fn resize(&mut self, extent: Length) {
        if self.extent != extent {
            self.extent = extent;
            if !self.is_at_end() {
                self.look();
            }
        }
    }

    /// A drawn row turned out to be that high.
    pub fn measure(&mut self, place: Place, height: Length) {
        if !self.heights.is_measured(place) {
            self.typical.learn(height);
        }
        self.heights.measure(place, height);
        self.hold();
    }

    /// Takes so many rows away, and puts others there.
    pub fn splice(&mut self, at: usize, removed: usize, inserted: impl IntoIterator<Item = Key>) {
        self.look_beside(at, removed);
        for _ in 0..removed {
            self.heights.remove(at);
        }
        for (offset, key) in inserted.into_iter().enumerate() {
            self.heights
                .insert(at + offset, key, self.typical.height, false);
        }
        self.hold();
    }

    /// All other rows. What the reader looks at stays where it is, if it is among them.
    pub fn replace(&mut self, rows: impl IntoIterator<Item = Key>) {
        let eye = match self.eye {
            Eye::Row { place, top } => self.heights.key(place).map(|key| (key, top)),
            Eye::End { .. } => None,
        };
        self.splice(0, self.heights.len(), rows);
        if let Some((key, top)) = eye
            && let Some(place) = self.heights.find_key(key)
        {
            self.show(place, top);
        }
    }

    /// Shows the end.
    pub fn to_end(&mut self) {
        self.eye = Eye::End {
            below: Length::ZERO,
        };
        self.hold();
    }

    /// Shows a row, its upper edge so far below the view's.
    pub fn show(&mut self, place: Place, top: Length) {
        self.eye = Eye::Row { place, top };
        self.hold();
    }

    /// Where the scroller has to be set for the shift to end, if there is any. What came of it is told with
    /// [`Viewport::settle`].
    pub fn settled(&self) -> Option<Length> {
        let whole = self.shift.whole_pixels();
        (whole != Length::ZERO).then(|| self.scrolled - whole)
    }

    /// The scroller was set there, or is there although it was set elsewhere. What the reader sees stays.
    pub fn settle(&mut self, scrolled: Length) {
        self.scrolled = scrolled;
        self.hold();
    }

    /// Finds out what the reader looks at.
    fn look(&mut self) {
        self.keep_end();
        if self.follows && self.below() <= AT_END {
            self.eye = Eye::End {
                below: self.below(),
            };
            return;
        }
        let upper = self.below() - self.foot + self.extent;
        let Some(mut place) = self.heights.find(upper - Length::LEAST) else {
            return;
        };
        // The first that begins in sight. What is above it may change its height unseen.
        if self.top(place) < Length::ZERO
            && let Some(next) = self.heights.at(self.heights.position(place) + 1)
            && self.top(next) < self.extent
        {
            place = next;
        }
        self.eye = Eye::Row {
            place,
            top: self.top(place),
        };
    }

    /// Looks at a row that stays while those are removed.
    fn look_beside(&mut self, at: usize, removed: usize) {
        let Eye::Row { place, .. } = self.eye else {
            return;
        };
        let position = self.heights.position(place);
        if position < at || position >= at + removed {
            return;
        }
        let beside = self.heights.at(at + removed).or_else(|| {
            let before = at.checked_sub(1)?;
            self.heights.at(before)
        });
        self.eye = match beside {
            Some(place) => Eye::Row {
                place,
                top: self.top(place),
            },
            None => Eye::End {
                below: Length::ZERO,
            },
        };
    }

    /// Raises or lowers everything so that what the reader looks at is where it was.
    fn hold(&mut self) {
        match self.eye {
            Eye::End { below } => self.shift = self.scrolled - below,
            // All of it is in sight.
            Eye::Row { .. } if self.heights.total() + self.foot <= self.extent => {
                self.shift = self.scrolled;
            }
            Eye::Row { place, top } => {
                self.shift -= top - self.top(place);
                if self.below() < Length::ZERO {
                    self.look();
                }
            }
        }
    }

    /// Nothing but the foot is below the last row: who scrolls further than that takes the end along.
    fn keep_end(&mut self) {
        self.shift = self.shift.min(self.scrolled);
    }
}

/// How high rows are on average: a guess for those that nobody has seen.
#[derive(Debug)]
struct Typical {
    height: Length,
    seen: i64,
}

impl Default for Typical {
    fn default() -> Self {
        Self {
            height: FIRST_GUESS,
            seen: 0,
        }
    }
}

impl Typical {
    fn learn(&mut self, height: Length) {
        self.seen = (self.seen + 1).min(MEMORY);
        self.height += (height - self.height).divided_by(self.seen);
    }
}
