use super::gap::PAGE_SIZE;
use super::requests::Purpose;
use super::{Chat, Step};
use crate::timeline::{Key, Merged};
use crate::{HttpOutcome, Method, Older};
use wire::rest::{Message, Page};

impl Chat {
    /// Loads what lies before the first row: one request per cursor, however fast one scrolls (M11).
    pub(super) fn load_older(&mut self, step: &mut Step) {
        if self.older() != Older::Beginning {
            self.timeline.window.failed = false;
            self.page_back(PAGE_SIZE, step);
        }
    }

    /// Reads the channel backwards from the oldest message of the window, one request at a time.
    pub(super) fn page_back(&mut self, size: u32, step: &mut Step) {
        if self.timeline.window.older() != Older::Available || !self.is_open() {
            return;
        }
        let path = self.messages_path("desc", size, self.timeline.window.cursor.as_deref());
        self.timeline.window.loading = true;
        step.changes.older = true;
        self.request(Purpose::OlderPage, Method::Get, path, None, step);
    }

    pub(super) fn older_answered(&mut self, outcome: &HttpOutcome, step: &mut Step) {
        self.timeline.window.loading = false;
        step.changes.older = true;
        let page = match outcome {
            HttpOutcome::Answered {
                status: 200, body, ..
            } => wire::from_json(body).ok(),
            _ => None,
        };
        // A page that leads nowhere would be asked for again and again.
        let moves = |page: &Page<Message>| {
            let oldest = page.data.iter().filter_map(Key::of).min();
            !page.page_info.has_next_page
                || oldest.is_some_and(|oldest| !self.timeline.window.contains(&oldest))
        };
        if let Some(page) = page.filter(moves) {
            self.page(page, step);
            self.search_went_well();
            self.search_on(step);
        } else {
            self.timeline.window.failed = true;
            self.search_failed(outcome, step);
        }
    }

    /// The newest page, which came with the session.
    pub(super) fn newest_page(&mut self, page: Page<Message>, step: &mut Step) {
        step.changes.older = true;
        self.page(page, step);
    }

    /// Merges a page, newest first, that follows what is known without a hole.
    fn page(&mut self, page: Page<Message>, step: &mut Step) {
        let mut merged = Merged::default();
        let oldest = page.data.iter().filter_map(Key::of).min();
        for message in page.data {
            self.merge_message(message, &mut merged, step);
        }
        let more = page.page_info.has_next_page && page.page_info.end_cursor.is_some();
        if more && oldest.is_some() {
            self.timeline.extend_window(oldest, &mut merged);
        } else if !more {
            self.timeline.extend_window(None, &mut merged);
        }
        self.timeline.window.cursor = page.page_info.end_cursor;
        Self::note(merged, step);
    }
}
