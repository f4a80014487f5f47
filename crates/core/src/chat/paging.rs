use super::requests::Purpose;
use super::{Chat, Step};
use crate::timeline::{Key, Merged};
use crate::{HttpOutcome, Method, Older};
use wire::rest::{Message, Page};

impl Chat {
    /// Loads what lies before the first row: one request per cursor, however fast one scrolls (M11).
    pub(super) fn load_older(&mut self, step: &mut Step) {
        if !matches!(self.older(), Older::Available | Older::Failed) || !self.is_open() {
            return;
        }
        let path = self.messages_path(self.timeline.window.cursor.as_deref());
        self.timeline.window.loading = true;
        self.timeline.window.failed = false;
        step.changes.older = true;
        self.request(Purpose::OlderPage, Method::Get, path, None, step);
    }

    pub(super) fn older_answered(&mut self, outcome: HttpOutcome, step: &mut Step) {
        self.timeline.window.loading = false;
        step.changes.older = true;
        let page = match outcome {
            HttpOutcome::Answered {
                status: 200, body, ..
            } => serde_json::from_str(&body).ok(),
            _ => None,
        };
        match page {
            Some(page) => self.page(page, step),
            None => self.timeline.window.failed = true,
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
