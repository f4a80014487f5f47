use super::super::dom::{focused, is_attended};
use super::super::pen::{Pen, set_if};
use super::super::row;
use super::super::scene::{Distance, Scene};
use super::date::StickyDate;
use super::drawn::{Choice, Drawn};
use chat_core::{Event, Newer, Older, OrderChange, RowId, Splice};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use virtual_list::{Length, Place, Span, Viewport};
use web_sys::{Element, HtmlElement, ResizeObserver};

/// Below the last row, as in `list.css`.
const FOOT: Length = Length::whole(12);
/// The same where more follows: there it is said what becomes of it.
const FOOT_BEFORE_MORE: Length = Length::whole(108);
/// So much of a row is in sight when it is seen.
const GLIMPSE: Length = Length::whole(16);
/// The end is as good as in sight.
const NEARLY: Length = Length::whole(24);
/// The way back is offered from this far.
const FAR: Length = Length::whole(320);
/// More than rows that are drawn at once can be lower than thought.
const SPARE: Length = Length::whole(50_000);
/// So many rows are put on paper, the newest.
const MOST_PRINTED: usize = 1_000;
/// What is drawn may turn out to be lower than thought, so that there is room for more: that often in one frame.
const MOST_ROUNDS: usize = 12;

/// The list in the document: keeps what is drawn what the reader looks at. Where everything stands is
/// [`Viewport`]'s to know.
pub(super) struct Reader {
    pub scene: Scene,
    pub scroller: HtmlElement,
    rows: Element,
    pen: Pen,
    list: RefCell<List>,
    date: StickyDate,
    observer: RefCell<Option<ResizeObserver>>,
    /// New rows that the observer has yet to be told of.
    unobserved: RefCell<Vec<Element>>,
    frame_is_asked: Cell<bool>,
    /// Scrolling is under way: a position that is set now would break it off.
    pub scrolling: Cell<bool>,
    /// A finger is on the list.
    pub touched: Cell<bool>,
    /// The page had hidden the list when it was last looked at.
    was_hidden: Cell<bool>,
    /// All rows are drawn, for a browser that prints.
    prints: Cell<bool>,
    /// The list is no longer on the page.
    has_ended: Cell<bool>,
    /// The newest row that was seen, as it was last told.
    seen: Cell<Option<RowId>>,
}

struct List {
    viewport: Viewport<RowId>,
    drawn: Drawn,
}

/// How much to draw.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reach {
    /// What one would miss.
    Sight,
    /// What one gets to next.
    Near,
    /// What one may get to.
    Rest,
}

impl Reader {
    pub fn new(
        scene: Scene,
        pen: Pen,
        scroller: HtmlElement,
        rows: Element,
        date: Element,
    ) -> Self {
        Self {
            scene,
            scroller,
            rows,
            pen,
            list: RefCell::new(List {
                viewport: Viewport::new(FOOT),
                drawn: Drawn::default(),
            }),
            date: StickyDate::new(date),
            observer: RefCell::default(),
            unobserved: RefCell::default(),
            frame_is_asked: Cell::new(false),
            scrolling: Cell::new(false),
            touched: Cell::new(false),
            was_hidden: Cell::new(false),
            prints: Cell::new(false),
            has_ended: Cell::new(false),
            seen: Cell::new(None),
        }
    }

    /// Draws the rows that are there, and those that a server has drawn before.
    pub fn begin(&self, observer: ResizeObserver) {
        if self.has_ended.get() {
            return;
        }
        self.observer.replace(Some(observer));
        let all = self.scene.conversation.look(chat_core::Chat::rows);
        let _ = self.scene.conversation.take_order();
        let painted = self.rows.child_element_count() as usize;
        {
            let list = &mut *self.list.borrow_mut();
            let all = all.unwrap_or_default();
            let count = all.len();
            list.viewport.replace(all);
            list.viewport.resize(self.extent());
            if painted > 0 && count > 0 {
                let span = Span {
                    first: count.saturating_sub(painted),
                    last: count - 1,
                };
                self.choose(list, span, span);
                if self.is_shown() {
                    self.measure(list);
                    list.viewport.scroll(self.scrolled());
                }
            }
        }
        self.show(Reach::Sight);
    }

    /// The list goes: so do the rows' effects, and what is still to come finds nothing to do.
    pub fn end(&self) {
        self.has_ended.set(true);
        self.list.borrow_mut().drawn = Drawn::default();
        self.observer.take();
    }

    /// Draws in the next frame what changed since, all at once.
    pub fn ask_frame(self: &Rc<Self>) {
        if self.frame_is_asked.replace(true) {
            return;
        }
        let this = Rc::downgrade(self);
        request_animation_frame(move || {
            if let Some(this) = this.upgrade() {
                this.frame_is_asked.set(false);
                this.show(Reach::Near);
                this.observe();
            }
        });
    }

    /// The scroller's position changed, by whomever.
    /// Whether it did since this was last asked.
    pub fn scrolled_by_reader(&self) -> bool {
        if !self.is_shown() {
            return false;
        }
        let list = &mut *self.list.borrow_mut();
        if self.was_hidden.take() {
            self.put_back(list);
        }
        let to = self.scrolled();
        let moved = to != list.viewport.scrolled();
        if moved {
            list.viewport.scroll(to);
        }
        moved
    }

    /// Nobody scrolls any more.
    pub fn rest(&self) {
        self.scrolling.set(false);
        self.list.borrow_mut().viewport.rest();
        self.show(Reach::Rest);
    }

    /// Whether the list has a height. While the page hides it nothing does: what would be measured then is nothing.
    pub fn is_shown(&self) -> bool {
        let is_shown = self.scroller.client_height() > 0;
        if !is_shown {
            self.was_hidden.set(true);
        }
        is_shown
    }

    /// Shown again: the list stands where it stood, whatever the browser has made of its position since.
    fn put_back(&self, list: &mut List) {
        self.scrolling.set(false);
        self.touched.set(false);
        list.viewport.resize(self.extent());
        let to = list.viewport.scrolled();
        self.set_scrolled(to);
        list.viewport.settle(self.scrolled());
    }

    /// The scroller has another height.
    pub fn resized(&self) {
        self.list.borrow_mut().viewport.resize(self.extent());
    }

    /// A drawn row has that height. Whether that is another than was known.
    pub fn measured(&self, item: &Element, height: Length) -> bool {
        let list = &mut *self.list.borrow_mut();
        let Some((_, place)) = list.drawn.of_item(item) else {
            return false;
        };
        let is_other = list.viewport.heights().height(place) != height;
        if is_other {
            list.viewport.measure(place, height);
        }
        is_other
    }

    /// Goes to the newest message.
    pub fn to_end(&self) {
        self.scrolled_by_reader();
        self.catch_up();
        self.list.borrow_mut().viewport.to_end();
        self.scrolling.set(false);
        self.show(Reach::Near);
    }

    /// Brings the document up to date.
    pub fn show(&self, reach: Reach) {
        if self.has_ended.get() || self.prints.get() || !self.is_shown() {
            return;
        }
        // What the reader scrolled may not have been told yet.
        if self.scrolled_by_reader() {
            self.scrolling.set(true);
        }
        {
            let list = &mut *self.list.borrow_mut();
            self.take_in_order(list);
            for _ in 0..MOST_ROUNDS {
                let viewport = &list.viewport;
                let wanted = match reach {
                    Reach::Sight => viewport.in_sight(),
                    Reach::Near => viewport.wanted(),
                    Reach::Rest => viewport.wanted_at_rest(),
                };
                let (Some(wanted), Some(kept)) = (wanted, viewport.kept()) else {
                    break;
                };
                self.choose(list, wanted, kept);
                if !list.drawn.is_fresh() {
                    break;
                }
                self.measure(list);
            }
            self.lay_out(list, Length::ZERO);
            self.settle(list);
            self.date.show(&list.viewport, self.scene);
        }
        self.tell();
    }

    /// Draws what was read, all of it: on paper nobody can scroll.
    pub fn draw_all(&self) {
        if self.has_ended.get() || !self.is_shown() {
            return;
        }
        let list = &mut *self.list.borrow_mut();
        self.take_in_order(list);
        let count = list.viewport.heights().len();
        if count == 0 {
            return;
        }
        self.prints.set(true);
        let all = Span {
            first: count.saturating_sub(MOST_PRINTED),
            last: count - 1,
        };
        self.choose(list, all, all);
        self.measure(list);
        self.lay_out(list, Length::ZERO);
        self.settle(list);
    }

    /// On the screen again.
    pub fn end_print(&self) {
        self.prints.set(false);
        self.show(Reach::Rest);
        self.observe();
    }

    /// Takes in what the conversation has not told yet, without drawing it.
    pub fn catch_up(&self) {
        self.take_in_order(&mut self.list.borrow_mut());
    }

    /// What lies after the last row.
    fn newer(&self) -> Newer {
        untrack(|| self.scene.conversation.newer().0)
    }

    fn take_in_order(&self, list: &mut List) {
        let is_live = self.newer() == Newer::Live;
        set_if(&self.scroller, "data-more", !is_live);
        if is_live {
            self.take_changes(list);
            list.viewport.set_foot(FOOT);
            list.viewport.follow(true);
        } else {
            // What is read on from here must not take the reader along.
            list.viewport.follow(false);
            list.viewport.set_foot(FOOT_BEFORE_MORE);
            self.take_changes(list);
        }
    }

    fn take_changes(&self, list: &mut List) {
        let conversation = self.scene.conversation;
        match conversation.take_order() {
            OrderChange::Unchanged => {}
            OrderChange::Replaced => {
                let all = conversation.look(chat_core::Chat::rows);
                list.viewport.replace(all.unwrap_or_default());
            }
            OrderChange::Spliced(splices) => {
                for Splice {
                    at,
                    removed,
                    inserted,
                } in splices
                {
                    list.viewport.splice(at, removed.len(), inserted);
                }
            }
        }
    }

    fn choose(&self, list: &mut List, wanted: Span, kept: Span) {
        let held = self.held(list);
        let choice = Choice {
            wanted,
            kept,
            held: &held,
        };
        let make = |id| {
            // Of nobody's: it goes when its row does.
            let owner = Owner::default();
            let item = owner.with(|| row::element(&self.pen, &self.rows, id, self.scene))?;
            Some((item, owner))
        };
        let observer = self.observer.borrow();
        list.drawn.choose(
            &list.viewport,
            &choice,
            &self.rows,
            observer.as_ref(),
            &make,
        );
    }

    /// Measures what is new. Until it is laid out again there is room to spare, or the browser would take a list that is
    /// lower for a moment for one that can't be scrolled so far.
    fn measure(&self, list: &mut List) {
        self.lay_out(list, SPARE);
        let mut unobserved = self.unobserved.borrow_mut();
        list.drawn
            .measure(&mut list.viewport, |item| unobserved.push(item.clone()));
    }

    /// Tells the observer of new rows. Not while it reports: it would complain to the page that it can't keep up.
    pub fn observe(&self) {
        if let Some(observer) = &*self.observer.borrow() {
            for item in self.unobserved.take() {
                if item.is_connected() {
                    observer.observe(&item);
                }
            }
        }
    }

    /// Rows that must not go: the one with the focus, and the one whose menu is open.
    fn held(&self, list: &List) -> Vec<RowId> {
        let mut held = Vec::new();
        let of = |element: Option<Element>| {
            let item = element?.closest("[data-row]").ok()??;
            list.drawn.of_item(&item).map(|(id, _)| id)
        };
        held.extend(of(focused(&self.scroller)));
        held.extend(of(self.scene.opener.get_value()));
        held
    }

    fn lay_out(&self, list: &mut List, spare: Length) {
        let is_whole = untrack(|| self.scene.conversation.older()) == Older::Beginning
            && self.newer() == Newer::Live;
        let all = is_whole.then(|| list.viewport.heights().len());
        list.drawn.lay_out(&list.viewport, &self.rows, all, spare);
    }

    /// Lets the scroller stand where the reader is, when that breaks no scrolling off, or when there is no other way to
    /// get to the end.
    fn settle(&self, list: &mut List) {
        let viewport = &mut list.viewport;
        let stuck = viewport.shift() < Length::ZERO && viewport.scrolled() < viewport.extent();
        if self.touched.get() || (self.scrolling.get() && !stuck) {
            return;
        }
        let Some(to) = viewport.settled() else { return };
        viewport.settle(to);
        self.lay_out(list, Length::ZERO);
        self.set_scrolled(to);
        let there = self.scrolled();
        if there != to {
            list.viewport.settle(there);
            self.lay_out(list, Length::ZERO);
        }
    }

    /// Says where the reader is, and asks for older and newer messages in time.
    fn tell(&self) {
        let scene = self.scene;
        let (distance, is_near_beginning, is_near_end) = {
            let viewport = &self.list.borrow().viewport;
            let below = viewport.below();
            let distance = if viewport.is_at_end() || below <= NEARLY {
                Distance::None
            } else if below <= FAR {
                Distance::Short
            } else {
                Distance::Long
            };
            let near = viewport.extent().times(2.0);
            (distance, viewport.above() < near, below < near)
        };
        if scene.distance.get_untracked() != distance {
            scene.distance.set(distance);
        }
        let conversation = scene.conversation;
        if is_near_beginning && untrack(|| conversation.older()) == Older::Available {
            conversation.dispatch(Event::ReachedOldest);
        }
        if is_near_end && self.newer() == Newer::Available {
            conversation.dispatch(Event::ReachedNewest);
        }
        self.look_again();
    }

    /// Tells how far the reader has read (M9).
    pub fn see(&self) {
        let newest = {
            let viewport = &self.list.borrow().viewport;
            let at = |position| viewport.heights().at(position);
            let glimpsed = |place: &Place| viewport.top(*place) <= viewport.extent() - GLIMPSE;
            viewport.in_sight().and_then(|sight| {
                let last = at(sight.last).filter(glimpsed);
                let place = last.or_else(|| at(sight.last.checked_sub(1)?))?;
                viewport.heights().key(place)
            })
        };
        if let Some(up_to) = newest
            && self.seen.replace(newest) != newest
        {
            self.scene.conversation.dispatch(Event::Seen { up_to });
        }
    }

    /// Somebody may be looking again.
    pub fn look_again(&self) {
        if is_attended(&self.scroller) && self.is_shown() {
            self.see();
        }
    }

    fn extent(&self) -> Length {
        Length::whole(i64::from(self.scroller.client_height()))
    }

    /// How far the scroller is from its lower end. With its fraction, which the binding rounds away.
    fn scrolled(&self) -> Length {
        let top = js_sys::Reflect::get(&self.scroller, &"scrollTop".into());
        Length::pixels(-top.ok().and_then(|top| top.as_f64()).unwrap_or_default())
    }

    fn set_scrolled(&self, to: Length) {
        let by = self.scrolled() - to;
        self.scroller.scroll_by_with_x_and_y(0.0, by.as_pixels());
    }

    /// Looks at the list.
    pub fn look<T>(&self, look: impl FnOnce(&Viewport<RowId>, &Drawn) -> T) -> T {
        let list = self.list.borrow();
        look(&list.viewport, &list.drawn)
    }

    /// Shows a row, its upper edge so far below the view's.
    pub fn show_at(&self, place: Place, top: Length) {
        self.scrolled_by_reader();
        self.list.borrow_mut().viewport.show(place, top);
        self.scrolling.set(false);
        self.show(Reach::Near);
    }
}
