/// What a visitor's token is for. Each has the scopes that its calls need, and no others: so Whop's own documentation
/// of each route names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Reading a chat. The proxy itself reads with it, for guests.
    Reading,
    /// Taking part in a chat.
    Chatting,
    /// The same, and moderating it.
    Moderating,
}

impl Purpose {
    /// The token's scopes.
    pub const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Reading => &["chat:read"],
            Self::Chatting => &["chat:read", "chat:message:create"],
            Self::Moderating => &["chat:read", "chat:message:create", "chat:moderate"],
        }
    }
}
