/// What a visitor's token is for. It has the scopes that this needs, and no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purpose {
    /// What they do in chats.
    pub role: Role,
    /// They read and write direct messages, too.
    pub direct_messages: bool,
    /// They talk to the support, too.
    pub support: bool,
}

/// What somebody does in chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Reads. The proxy itself does, for guests.
    Reads,
    /// Takes part.
    TakesPart,
    /// Moderates.
    Moderates,
}

impl Purpose {
    /// Reading a chat, and nothing else.
    pub const READING: Self = Self {
        role: Role::Reads,
        direct_messages: false,
        support: false,
    };

    /// The token's scopes.
    pub fn scopes(self) -> Vec<&'static str> {
        let mut scopes = match self.role {
            Role::Reads => vec!["chat:read"],
            Role::TakesPart => vec!["chat:read", "chat:message:create"],
            Role::Moderates => vec!["chat:read", "chat:message:create", "chat:moderate"],
        };
        if self.direct_messages {
            scopes.extend(["dms:read", "dms:message:manage", "dms:channel:manage"]);
        }
        if self.support {
            scopes.extend([
                "support_chat:read",
                "support_chat:message:create",
                "support_chat:create",
            ]);
        }
        scopes
    }
}
