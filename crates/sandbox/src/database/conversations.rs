use super::{Database, DatabaseError, StoredMember, StoredUser};
use crate::clock::new_id;
use rusqlite::{OptionalExtension, Row, params};
use wire::rest::{
    AccessLevel, DmChannel, MemberStatus, NotificationPreference, SupportChannel, UserReference,
};
use wire::{ChannelId, CompanyId, Extra, Millis, Timestamp, UserId};

/// A DM or a support chat, and who is in it.
#[derive(Clone, Debug)]
pub struct StoredConversation {
    /// The feed's id.
    pub id: ChannelId,
    /// The name given to it.
    pub name: Option<String>,
    /// The company that it belongs to; always there for a support chat.
    pub company_id: Option<CompanyId>,
    /// Whose support chat it is; nothing for a DM.
    pub customer: Option<UserReference>,
    /// When it was opened, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// When a support chat was resolved, in milliseconds since the Unix epoch.
    pub resolved_at: Option<i64>,
    /// When its newest message was posted, in milliseconds since the Unix epoch.
    pub last_message_at: Option<i64>,
    /// Who is in it, in the order in which they joined. Of a support chat these are the customer and those of the team who
    /// took part; the others of the team see it all the same.
    pub members: Vec<StoredMember>,
}

impl StoredConversation {
    /// Whether it is a support chat.
    pub fn is_support(&self) -> bool {
        self.customer.is_some()
    }

    /// Whether that user may see it.
    pub fn is_for(&self, user: &StoredUser) -> bool {
        match &self.customer {
            Some(customer) => customer.id == user.id || user.access_level == AccessLevel::Admin,
            None => self.member(&user.id).is_some(),
        }
    }

    /// That user's place in it.
    pub fn member(&self, user_id: &str) -> Option<&StoredMember> {
        self.members
            .iter()
            .find(|member| member.user_id.as_str() == user_id)
    }

    /// When something last happened in it, in milliseconds since the Unix epoch.
    pub fn active_at(&self) -> i64 {
        self.last_message_at.unwrap_or(self.created_at)
    }

    /// As `/dm_channels` tells it.
    pub fn dm_channel(&self) -> DmChannel {
        DmChannel {
            id: self.id.clone(),
            created_at: Millis::as_text(self.created_at),
            last_message_at: self.last_message_at.map(Timestamp::from_unix_millis),
            name: self.name.clone(),
            extra: Extra::default(),
        }
    }

    /// As `/support_channels` tells it.
    pub fn support_channel(&self) -> SupportChannel {
        SupportChannel {
            id: self.id.clone(),
            company_id: self.company_id.clone(),
            custom_name: self.name.clone(),
            customer_user: self.customer.clone(),
            last_message_at: self.last_message_at.map(Timestamp::from_unix_millis),
            resolved_at: self.resolved_at.map(Timestamp::from_unix_millis),
            extra: Extra::default(),
        }
    }
}

/// A conversation to be opened.
#[derive(Clone, Debug)]
pub struct NewConversation {
    /// The feed's id, unique.
    pub id: ChannelId,
    /// A name.
    pub name: Option<String>,
    /// The company that it belongs to.
    pub company_id: Option<CompanyId>,
    /// Whose support chat it is; nothing for a DM.
    pub customer_id: Option<UserId>,
    /// Who is in it; the first of a DM is its admin.
    pub members: Vec<(UserId, MemberStatus)>,
    /// When it is opened, in milliseconds since the Unix epoch.
    pub created_at: i64,
}

const SELECT: &str = "
    SELECT c.id, c.name, c.company_id, c.created_at, c.resolved_at, u.id, u.name, u.username,
           (SELECT MAX(m.created_at) FROM messages AS m WHERE m.channel_id = c.id)
    FROM conversations AS c LEFT JOIN users AS u ON u.id = c.customer_id";

impl Database {
    /// The DM or support chat of that id.
    pub fn conversation(&self, id: &str) -> Result<Option<StoredConversation>, DatabaseError> {
        let found = self.conversations_where("c.id = ?1", id)?;
        Ok(found.into_iter().next())
    }

    /// The DMs of that user.
    pub fn direct_conversations_of(
        &self,
        user_id: &str,
    ) -> Result<Vec<StoredConversation>, DatabaseError> {
        self.conversations_where(
            "c.customer_id IS NULL AND c.id IN (SELECT conversation_id FROM members WHERE user_id = ?1)",
            user_id,
        )
    }

    /// The support chats of that company.
    pub fn support_conversations(
        &self,
        company_id: &str,
    ) -> Result<Vec<StoredConversation>, DatabaseError> {
        self.conversations_where(
            "c.customer_id IS NOT NULL AND c.company_id = ?1",
            company_id,
        )
    }

    /// The support chat of that customer.
    pub fn support_conversation_of(
        &self,
        company_id: &str,
        customer_id: &str,
    ) -> Result<Option<StoredConversation>, DatabaseError> {
        let id: Option<String> = self
            .connection
            .prepare_cached(
                "SELECT id FROM conversations WHERE company_id = ?1 AND customer_id = ?2",
            )?
            .query_row([company_id, customer_id], |row| row.get(0))
            .optional()?;
        id.map_or(Ok(None), |id| self.conversation(&id))
    }

    /// The DM of exactly those two, within that company or outside of any.
    pub fn conversation_of_pair(
        &self,
        users: [&str; 2],
        company_id: Option<&str>,
    ) -> Result<Option<StoredConversation>, DatabaseError> {
        self.conversations_where("c.pair = ?1", &pair(users, company_id))
            .map(|found| found.into_iter().next())
    }

    /// How many support chats of that company are not resolved.
    pub fn open_support_conversations(&self, company_id: &str) -> Result<u64, DatabaseError> {
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT COUNT(*) FROM conversations
                 WHERE customer_id IS NOT NULL AND company_id = ?1 AND resolved_at IS NULL",
            )?
            .query_row([company_id], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }

    /// That moment (milliseconds since the Unix epoch), or a later one at which no conversation was opened: so that their
    /// order is that in which they were opened.
    pub fn free_moment(&self, now: i64) -> Result<i64, DatabaseError> {
        let newest: Option<i64> = self
            .connection
            .prepare_cached("SELECT MAX(created_at) FROM conversations")?
            .query_row([], |row| row.get(0))?;
        Ok(newest.map_or(now, |newest| now.max(newest + 1)))
    }

    /// Opens a conversation.
    pub fn add_conversation(&self, new: &NewConversation) -> Result<(), DatabaseError> {
        let pair = match new.members.as_slice() {
            [(one, _), (other, _)] if new.customer_id.is_none() => {
                Some(pair([one, other], new.company_id.as_deref()))
            }
            _ => None,
        };
        self.add_feed(&new.id)?;
        self.connection
            .prepare_cached(
                "INSERT INTO conversations (id, name, company_id, pair, customer_id, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                new.id.as_str(),
                new.name,
                new.company_id.as_deref(),
                pair,
                new.customer_id.as_deref(),
                new.created_at,
            ])?;
        for (index, (user_id, status)) in (0..).zip(&new.members) {
            self.put_member(&StoredMember {
                id: new_id("dmm_"),
                conversation_id: new.id.clone(),
                user_id: user_id.clone(),
                is_admin: index == 0 && new.customer_id.is_none(),
                // Those who come together have an order all the same.
                joined_at: new.created_at + index,
                last_viewed_at: None,
                notification_preference: NotificationPreference::All,
                status: status.clone(),
            })?;
        }
        Ok(())
    }

    /// Says that the conversation is not any more between the two people that it was opened for.
    pub fn forget_pair(&self, id: &str) -> Result<(), DatabaseError> {
        self.connection
            .execute("UPDATE conversations SET pair = NULL WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Names a conversation, or takes its name away.
    pub fn rename_conversation(&self, id: &str, name: Option<&str>) -> Result<(), DatabaseError> {
        self.connection.execute(
            "UPDATE conversations SET name = ?2 WHERE id = ?1",
            params![id, name],
        )?;
        Ok(())
    }

    /// Says when a support chat was resolved (milliseconds since the Unix epoch), or that it isn't.
    pub fn set_resolved(&self, id: &str, at: Option<i64>) -> Result<(), DatabaseError> {
        self.connection.execute(
            "UPDATE conversations SET resolved_at = ?2 WHERE id = ?1",
            params![id, at],
        )?;
        Ok(())
    }

    /// Removes a conversation with all its messages.
    pub fn delete_conversation(&self, id: &str) -> Result<(), DatabaseError> {
        self.connection
            .execute("DELETE FROM feeds WHERE id = ?1", [id])?;
        Ok(())
    }

    fn conversations_where(
        &self,
        condition: &str,
        parameter: &str,
    ) -> Result<Vec<StoredConversation>, DatabaseError> {
        let mut found = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE {condition}"))?
            .query_map([parameter], read)?
            .collect::<Result<Vec<_>, _>>()?;
        for conversation in &mut found {
            conversation.members = self.members_of(&conversation.id)?;
        }
        Ok(found)
    }
}

/// The same for the same two people and company, whoever of them asks.
fn pair(users: [&str; 2], company_id: Option<&str>) -> String {
    let (first, second) = (users[0].min(users[1]), users[0].max(users[1]));
    format!("{first} {second} {}", company_id.unwrap_or_default())
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredConversation> {
    let customer_id: Option<String> = row.get(5)?;
    let (name, username) = (row.get(6)?, row.get::<_, Option<String>>(7)?);
    Ok(StoredConversation {
        id: row.get::<_, String>(0)?.into(),
        name: row.get(1)?,
        company_id: row.get::<_, Option<String>>(2)?.map(CompanyId::from),
        customer: customer_id.map(|id| UserReference {
            id: id.into(),
            name,
            username: username.unwrap_or_default(),
            ..UserReference::default()
        }),
        created_at: row.get(3)?,
        resolved_at: row.get(4)?,
        last_message_at: row.get(8)?,
        members: Vec::new(),
    })
}
