use crate::Proxy;
use std::sync::Arc;
use wire::UserId;

/// A write that is under way. However it ends, and whether or not anybody waits for that, its visitor is given no page of
/// before it.
pub struct Writing {
    proxy: Arc<Proxy>,
    user: Option<UserId>,
}

impl Writing {
    /// That visitor, where they are known here, begins to write something.
    pub fn begin(proxy: &Arc<Proxy>, user: Option<UserId>) -> Self {
        let writing = Self {
            proxy: proxy.clone(),
            user,
        };
        writing.note();
        writing
    }

    fn note(&self) {
        if let Some(user) = &self.user {
            self.proxy.reads.wrote(user);
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.note();
    }
}
