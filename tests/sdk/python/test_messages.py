import unittest

from sandbox import CHAT, app, client, visitor
from whop_sdk.errors import ForbiddenError, NotFoundError, UnauthorizedError

CHANNEL = "exp_quiet"


class Messages(unittest.TestCase):
    def test_life(self):
        """a message is created, retrieved, edited, pinned by an admin, and deleted"""
        ada = visitor("user_ada")
        created = ada.messages.create(channel_id=CHANNEL, content="Hello **all** 👋")
        self.assertEqual(created.content, "Hello **all** 👋")
        self.assertEqual(created.user.id, "user_ada")
        self.assertEqual(created.message_type, "regular")
        self.assertEqual(ada.messages.retrieve(created.id), created)
        edited = ada.messages.update(created.id, content="Hello")
        self.assertTrue(edited.is_edited)
        self.assertTrue(app().messages.update(created.id, is_pinned=True).is_pinned)
        self.assertIs(ada.messages.delete(created.id), True)
        with self.assertRaises(NotFoundError):
            ada.messages.retrieve(created.id)

    def test_pages(self):
        """the SDK's own paging meets every message once, in both directions"""
        key = app()
        newest_first = [one.id for one in key.messages.list(channel_id="chat_feed_general", direction="desc", first=90)]
        oldest_first = [one.id for one in key.messages.list(channel_id="chat_feed_general", direction="asc", first=70)]
        self.assertEqual(len(newest_first), 300)
        self.assertEqual(newest_first, oldest_first[::-1])
        self.assertEqual(len(set(newest_first)), 300)

    def test_reply_and_poll(self):
        """a reply names what it answers; a poll has its options, votes and tallies"""
        ada, bob = visitor("user_ada"), visitor("user_bob")
        poll = {"options": [{"id": "1", "text": "HP5"}, {"id": "2", "text": "Tri-X"}]}
        asked = ada.messages.create(channel_id=CHANNEL, content="Which film?", poll=poll)
        self.assertEqual([option.text for option in asked.poll.options], ["HP5", "Tri-X"])
        answer = bob.messages.create(channel_id=CHANNEL, content="The first", replying_to_message_id=asked.id)
        self.assertEqual(answer.replying_to_message_id, asked.id)
        bob.reactions.create(resource_id=asked.id, poll_option_id="1")
        votes = {vote.option_id: vote.count for vote in ada.messages.retrieve(asked.id).poll_votes}
        self.assertEqual(votes["1"], 1)

    def test_reactions(self):
        """a reaction is made, listed with its user, counted, and taken back by the message and the emoji"""
        ada, bob = visitor("user_ada"), visitor("user_bob")
        message = ada.messages.create(channel_id=CHANNEL, content="Like this?")
        made = bob.reactions.create(resource_id=message.id, emoji=":heart:")
        self.assertEqual(bob.reactions.retrieve(made.id).id, made.id)
        listed = list(ada.reactions.list(resource_id=message.id))
        self.assertEqual([(one.user.id, one.resource_id) for one in listed], [("user_bob", message.id)])
        self.assertEqual([count.count for count in ada.messages.retrieve(message.id).reaction_counts], [1])
        self.assertIs(bob.reactions.delete(message.id, emoji=":heart:"), True)
        self.assertEqual(list(ada.reactions.list(resource_id=message.id)), [])

    def test_refusals(self):
        """refusals are the SDK's own errors, with Whop's body"""
        with self.assertRaises(UnauthorizedError):
            client("nonsense").messages.list(channel_id=CHANNEL)
        with self.assertRaises(NotFoundError) as missing:
            app().messages.retrieve("msg_missing")
        self.assertIsInstance(missing.exception.body["error"]["message"], str)
        reader = visitor("user_ada", ["chat:read"])
        with self.assertRaises(ForbiddenError):
            reader.messages.create(channel_id=CHANNEL, content="may I?")
        with self.assertRaises(ForbiddenError):
            visitor("user_stranger", CHAT).messages.list(channel_id=CHANNEL)


if __name__ == "__main__":
    unittest.main()
