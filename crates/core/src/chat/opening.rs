use super::requests::Purpose;
use super::rest::Late;
use super::{Chat, Step};
use crate::connection::backoff::full_jitter;
use crate::session::{OpenSession, Renewing};
use crate::{Effect, HttpOutcome, Identity, Method, PageEvent, Refusal, Status, Timer};
use wire::session::{Session, SessionRequest};

impl Chat {
    /// Asks who the visitor is and what they see first, in one request.
    pub(super) fn open(&mut self, step: &mut Step) {
        step.effects.push(Effect::CancelTimer(Timer::ReopenSession));
        self.reopens_later = false;
        self.abandon_requests(step);
        self.former = self.session.take().or(self.former.take());
        self.connection.stop(&mut step.effects, &mut step.changes);
        match self.options.identity.clone() {
            Identity::Whop => self.request_session(None, step),
            Identity::Assertion(assertion) => self.request_session(Some(assertion), step),
            Identity::Page => step.effects.push(Effect::AskPageForAssertion),
        }
    }

    /// Whatever is under way belongs to a session that is over.
    fn abandon_requests(&mut self, step: &mut Step) {
        if self.session.is_some() {
            self.open_gap();
        }
        self.abandon_sending(step);
        self.requests.clear();
        self.forget_who_reacted(step);
        for overlay in std::mem::take(&mut self.overlays) {
            if let Some(record) = self.timeline.record(&overlay.message) {
                step.changes.row(record.row);
            }
        }
        self.abandon_deletions(step);
        self.timeline.window.loading = false;
        self.search_anew();
        step.changes.older = true;
    }

    fn request_session(&mut self, assertion: Option<String>, step: &mut Step) {
        let request = SessionRequest {
            channel_id: self.options.channel.clone(),
            assertion,
            renewal: None,
            with_messages: true,
            ..SessionRequest::default()
        };
        self.post_session(Purpose::OpenSession, &request, step);
    }

    fn post_session(&mut self, purpose: Purpose, request: &SessionRequest, step: &mut Step) {
        let body = serde_json::to_string(request).ok();
        self.request(purpose, Method::Post, "/session".to_owned(), body, step);
    }

    pub(super) fn set_status(&mut self, status: Status, step: &mut Step) {
        if self.status == status {
            return;
        }
        let failure = match &status {
            Status::Opening | Status::Ready => None,
            Status::Unreachable => Some("UNREACHABLE"),
            Status::Refused(refusal) => Some(refusal.code()),
        };
        if let Some(code) = failure {
            step.effects.push(Effect::Emit(PageEvent::Failed(code)));
        }
        step.changes.status = true;
        self.status = status;
    }

    pub(super) fn session_answered(&mut self, outcome: HttpOutcome, step: &mut Step) {
        match outcome {
            HttpOutcome::Answered {
                status: 200, body, ..
            } => {
                if let Ok(session) = wire::from_json(&body) {
                    self.session_opened(session, step);
                } else {
                    self.refuse(Refusal::Misconfigured(String::new()), step);
                }
            }
            HttpOutcome::Answered {
                status,
                body,
                retry_after_millis,
            } => match Refusal::from_answer(status, &body) {
                Some(Refusal::SignedOut) if self.can_ask_page() => {
                    self.options.identity = Identity::Page;
                    step.effects.push(Effect::AskPageForAssertion);
                }
                Some(refusal) => self.refuse(refusal, step),
                None => self.reopen_later(retry_after_millis, step),
            },
            HttpOutcome::Lost => self.reopen_later(None, step),
        }
    }

    /// The page can still be asked, and was not asked this time.
    fn can_ask_page(&self) -> bool {
        self.options.page_can_assert && self.options.identity != Identity::Page
    }

    fn refuse(&mut self, refusal: Refusal, step: &mut Step) {
        self.set_status(Status::Refused(refusal), step);
    }

    fn reopen_later(&mut self, after: Option<u32>, step: &mut Step) {
        let jitter = full_jitter(self.opening_failures, step.now.random);
        self.opening_failures = self.opening_failures.saturating_add(1);
        let after = after.unwrap_or_default().saturating_add(jitter);
        self.reopens_later = true;
        step.effects
            .push(Effect::SetTimer(Timer::ReopenSession, after));
        self.set_status(Status::Unreachable, step);
    }

    fn session_opened(&mut self, mut session: Session, step: &mut Step) {
        self.opening_failures = 0;
        let messages = session.messages.take();
        let session = OpenSession::new(session, step.now.unix_millis);
        let renew_after = session.token.renew_after_millis();
        step.effects
            .push(Effect::SetTimer(Timer::RenewToken, renew_after));
        self.people
            .insert(session.viewer.id.clone(), session.viewer.clone());
        self.pauses.are_of(&session.viewer.id);
        self.session = Some(session);
        self.former = None;
        step.changes.channel = true;
        // Who the visitor is decides how a row looks.
        step.changes.all_rows = true;
        if self.timeline.window.is_loaded() {
            self.open_gap();
        } else {
            if let Some(page) = messages {
                self.newest_page(page, step);
            }
            self.gap.restarts(self.timeline.newest());
        }
        self.restore_reading(step);
        self.set_status(Status::Ready, step);
        step.effects.push(Effect::Emit(PageEvent::Ready));
        self.connect(step);
        self.send_next(step);
        self.later(Late::Search, step);
    }

    pub(super) fn is_renewing(&self) -> bool {
        let renewing = self.session.as_ref().map(|session| session.token.renewing);
        matches!(
            renewing,
            Some(Renewing::Requested | Renewing::AskedPage | Renewing::Waiting)
        )
    }

    /// The token's time is nearly over.
    pub(super) fn renewal_due(&mut self, step: &mut Step) {
        if let Some(session) = &mut self.session
            && session.token.renewing == Renewing::Waiting
        {
            session.token.renewing = Renewing::No;
        }
        self.renew(step);
    }

    /// Replaces the token, once however many ask for it (T6).
    pub(super) fn renew(&mut self, step: &mut Step) {
        if self.is_renewing() {
            return;
        }
        let Some(session) = &mut self.session else {
            return;
        };
        // Without a renewal the token is the page's own, and the page has the next one.
        if session.token.renewal.is_empty() && self.options.page_can_assert {
            session.token.renewing = Renewing::AskedPage;
            step.effects.push(Effect::AskPageForAssertion);
            return;
        }
        session.token.renewing = Renewing::Requested;
        let renewal = Some(session.token.renewal.clone());
        let request = SessionRequest {
            channel_id: self.options.channel.clone(),
            assertion: None,
            renewal,
            with_messages: false,
            ..SessionRequest::default()
        };
        self.post_session(Purpose::RenewSession, &request, step);
    }

    pub(super) fn page_asserted(&mut self, assertion: Option<String>, step: &mut Step) {
        let asked_for_renewal = self
            .session
            .as_ref()
            .is_some_and(|session| session.token.renewing == Renewing::AskedPage);
        match (assertion, asked_for_renewal) {
            // Whom nobody knows may be a guest.
            (assertion, false) if self.session.is_none() => {
                self.request_session(assertion, step);
            }
            (Some(assertion), true) => {
                let request = SessionRequest {
                    channel_id: self.options.channel.clone(),
                    assertion: Some(assertion),
                    renewal: None,
                    with_messages: false,
                    ..SessionRequest::default()
                };
                self.post_session(Purpose::RenewSession, &request, step);
            }
            (None, true) => self.sign_out(step),
            _ => {}
        }
    }

    pub(super) fn page_unreachable(&mut self, step: &mut Step) {
        match self.session.as_ref().map(|session| session.token.renewing) {
            None => self.reopen_later(None, step),
            Some(Renewing::AskedPage) => self.renew_later(None, step),
            Some(_) => {}
        }
    }

    pub(super) fn renewal_answered(&mut self, outcome: HttpOutcome, step: &mut Step) {
        let (status, body, after) = match outcome {
            HttpOutcome::Answered {
                status,
                body,
                retry_after_millis,
            } => (status, body, retry_after_millis),
            HttpOutcome::Lost => return self.renew_later(None, step),
        };
        if status == 200
            && let Ok(session) = wire::from_json::<Session>(&body)
        {
            return self.renewed(session, step);
        }
        match Refusal::from_answer(status, &body) {
            None => self.renew_later(after, step),
            Some(Refusal::SignedOut) => {
                let page_can_assert = self.options.page_can_assert;
                let Some(session) = &mut self.session else {
                    return;
                };
                let asked = session.token.renewing == Renewing::AskedPage;
                if page_can_assert && !asked {
                    session.token.renewing = Renewing::AskedPage;
                    step.effects.push(Effect::AskPageForAssertion);
                } else {
                    self.sign_out(step);
                }
            }
            Some(refusal) => {
                self.sign_out(step);
                self.refuse(refusal, step);
            }
        }
    }

    /// The renewal itself was lost. Trying again at once would hammer the server (T7).
    fn renew_later(&mut self, after: Option<u32>, step: &mut Step) {
        let Some(session) = &mut self.session else {
            return;
        };
        session.token.renewing = Renewing::Waiting;
        let jitter = full_jitter(self.opening_failures, step.now.random);
        self.opening_failures = self.opening_failures.saturating_add(1);
        let after = after.unwrap_or_default().saturating_add(jitter);
        step.effects
            .push(Effect::SetTimer(Timer::RenewToken, after));
    }

    fn renewed(&mut self, session: Session, step: &mut Step) {
        self.opening_failures = 0;
        let mut session = OpenSession::new(session, step.now.unix_millis);
        session.token.unproven = true;
        session.token.renewed_at = Some(step.now.unix_millis);
        let renew_after = session.token.renew_after_millis();
        step.effects
            .push(Effect::SetTimer(Timer::RenewToken, renew_after));
        self.session = Some(session);
        step.changes.channel = true;
        step.effects.push(Effect::Emit(PageEvent::TokenRefreshed));
        self.send_parked(step);
        self.connect_if_waiting(step);
        self.send_next(step);
    }

    /// The visitor's identity can't be proven any more. What they wrote stays.
    fn sign_out(&mut self, step: &mut Step) {
        step.effects
            .push(Effect::Emit(PageEvent::TokenRefreshFailed));
        step.effects.push(Effect::CancelTimer(Timer::RenewToken));
        if let Some(session) = &mut self.session {
            session.token.renewing = Renewing::No;
        }
        self.open_gap();
        self.connection.stop(&mut step.effects, &mut step.changes);
        self.refuse(Refusal::SignedOut, step);
        self.fail_parked(step);
    }
}
