use super::rest::Late;
use super::{Chat, Step};
use crate::{Effect, HttpOutcome, HttpRequest, Method, RequestId, RowId};
use litemap::LiteMap;
use wire::MessageId;
use wire::socket::ReactionKind;

/// What a request was made for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    OpenSession,
    RenewSession,
    OlderPage,
    NewerPage,
    JumpLookup,
    GapPage,
    Send(RowId),
    React {
        message: MessageId,
        kind: ReactionKind,
        value: String,
    },
    WhoReacted(MessageId),
    Delete(MessageId),
}

/// The requests under way. An answer to any other request is stale and ignored.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u64,
    under_way: LiteMap<RequestId, (Purpose, HttpRequest)>,
    /// Wait for a new token.
    parked: Vec<RequestId>,
}

impl Requests {
    /// Forgets all: whatever still comes is stale.
    pub fn clear(&mut self) {
        self.under_way.clear();
        self.parked.clear();
    }

    /// The older page that was asked for follows on what is no longer shown.
    pub fn forget_older_page(&mut self) {
        self.under_way
            .retain(|_, (purpose, _)| !matches!(purpose, Purpose::OlderPage));
    }

    /// The server has refused it unread, and it waits for a new token.
    pub fn is_parked(&self, request: RequestId) -> bool {
        self.parked.contains(&request)
    }
}

impl Chat {
    /// Asks for a request, with the visitor's token where there is one; it waits where that is being renewed.
    pub(super) fn request(
        &mut self,
        purpose: Purpose,
        method: Method,
        path: String,
        body: Option<String>,
        step: &mut Step,
    ) -> RequestId {
        self.requests.last += 1;
        let id = RequestId(self.requests.last);
        let of_session = matches!(purpose, Purpose::OpenSession | Purpose::RenewSession);
        let bearer = self
            .session
            .as_ref()
            .filter(|_| !of_session)
            .map(|session| session.token.bearer.clone());
        let key = match purpose {
            Purpose::Send(row) => self.outbox.find(row).map(|pending| pending.key.clone()),
            _ => None,
        };
        let request = HttpRequest {
            method,
            path,
            body,
            bearer,
            key,
        };
        if !of_session && self.is_renewing() {
            self.requests.parked.push(id);
        } else {
            step.effects.push(Effect::Http(id, request.clone()));
        }
        self.requests.under_way.insert(id, (purpose, request));
        id
    }

    pub(super) fn answered(&mut self, id: RequestId, outcome: HttpOutcome, step: &mut Step) {
        let Some((purpose, request)) = self.requests.under_way.remove(&id) else {
            return;
        };
        let of_session = matches!(purpose, Purpose::OpenSession | Purpose::RenewSession);
        if let HttpOutcome::Answered { status, .. } = outcome
            && !of_session
        {
            if status == 401 && self.park_until_renewed(id, &purpose, &request, step) {
                return;
            }
            if status < 400
                && let Some(session) = &mut self.session
            {
                session.token.unproven = false;
            }
        }
        match purpose {
            Purpose::OpenSession => self.session_answered(outcome, step),
            Purpose::RenewSession => self.renewal_answered(outcome, step),
            Purpose::Send(row) => self.send_answered(row, id, outcome, step),
            purpose => self.later(Late::Answer(id, purpose, outcome), step),
        }
    }

    /// A token was refused: the request waits for a new one (T6), unless the refused token is new itself (T7).
    fn park_until_renewed(
        &mut self,
        id: RequestId,
        purpose: &Purpose,
        request: &HttpRequest,
        step: &mut Step,
    ) -> bool {
        let Some(session) = &self.session else {
            return false;
        };
        let outdated = request.bearer.as_deref() != Some(session.token.bearer.as_str());
        let hopeless = session.token.unproven && session.token.is_fresh(step.now.unix_millis);
        if (!outdated && hopeless) || !self.is_open() {
            return false;
        }
        self.requests
            .under_way
            .insert(id, (purpose.clone(), request.clone()));
        self.requests.parked.push(id);
        if outdated && !self.is_renewing() {
            self.send_parked(step);
        } else {
            self.renew(step);
        }
        true
    }

    /// Sends what waited for the token.
    pub(super) fn send_parked(&mut self, step: &mut Step) {
        let bearer = self
            .session
            .as_ref()
            .map(|session| session.token.bearer.clone());
        for id in std::mem::take(&mut self.requests.parked) {
            if let Some((_, request)) = self.requests.under_way.get_mut(&id) {
                request.bearer.clone_from(&bearer);
                step.effects.push(Effect::Http(id, request.clone()));
            }
        }
    }

    /// There will be no token: what waited for it failed.
    pub(super) fn fail_parked(&mut self, step: &mut Step) {
        for id in std::mem::take(&mut self.requests.parked) {
            let refusal = HttpOutcome::Answered {
                status: 403,
                body: String::new(),
                retry_after_millis: None,
            };
            self.answered(id, refusal, step);
        }
    }
}
