import unittest
import urllib.request

from sandbox import COMPANY, app, visitor
from whop_sdk.errors import ForbiddenError, NotFoundError


class Channels(unittest.TestCase):
    def test_chat_channels(self):
        """chat channels are listed, and their settings read and changed"""
        key = app()
        listed = {one.id for one in key.chat_channels.list(account_id=COMPANY)}
        self.assertIn("chat_feed_general", listed)
        changed = key.chat_channels.update("chat_feed_quiet", who_can_react="no_one", ban_urls=True)
        self.assertEqual((changed.who_can_react, changed.ban_urls), ("no_one", True))
        self.assertEqual(key.chat_channels.retrieve("exp_quiet"), changed)
        key.chat_channels.update("chat_feed_quiet", who_can_react="everyone", ban_urls=False)

    def test_direct(self):
        """two people share one direct conversation, which nobody else can see"""
        ada, bob = visitor("user_ada"), visitor("user_bob")
        made = ada.dm_channels.create(with_user_ids=["user_bob"])
        self.assertEqual(bob.dm_channels.create(with_user_ids=["user_ada"]).id, made.id)
        said = ada.messages.create(channel_id=made.id, content="Between us")
        self.assertEqual(bob.messages.retrieve(said.id).content, "Between us")
        self.assertIn(made.id, [one.id for one in bob.dm_channels.list()])
        members = {one.user_id: one for one in ada.dm_members.list(channel_id=made.id)}
        self.assertEqual(set(members), {"user_ada", "user_bob"})
        silent = bob.dm_members.update(members["user_bob"].id, notification_preference="none")
        self.assertEqual(silent.notification_preference, "none")
        chen = visitor("user_chen")
        with self.assertRaises((ForbiddenError, NotFoundError)):
            chen.messages.list(channel_id=made.id)
        with self.assertRaises((ForbiddenError, NotFoundError)):
            chen.dm_channels.retrieve(made.id)

    def test_group(self):
        """a group is named, grows, and is left"""
        ada = visitor("user_ada")
        group = ada.dm_channels.create(with_user_ids=["user_bob", "user_chen"], custom_name="Darkroom")
        self.assertEqual(group.name, "Darkroom")
        self.assertEqual(ada.dm_channels.update(group.id, custom_name="Lab").name, "Lab")
        joined = ada.dm_members.create(channel_id=group.id, user_id="user_agent")
        self.assertEqual(ada.dm_members.retrieve(joined.id).user_id, "user_agent")
        self.assertIs(ada.dm_members.delete(joined.id), True)

    def test_support(self):
        """a support chat is made once for a customer, and found by the team"""
        key = app()
        made = key.support_channels.create(account_id=COMPANY, user_id="user_bob")
        self.assertEqual(key.support_channels.create(account_id=COMPANY, user_id="user_bob").id, made.id)
        self.assertEqual(key.support_channels.retrieve(made.id).customer_user.id, "user_bob")
        visitor("user_bob").messages.create(channel_id=made.id, content="Help")
        open_ones = [one.id for one in key.support_channels.list(account_id=COMPANY, open=True)]
        self.assertIn(made.id, open_ones)

    def test_people(self):
        """people are found, and what they may see is told"""
        key = app()
        self.assertEqual(key.users.retrieve("user_ada").id, "user_ada")
        self.assertIn("user_ada", [one.id for one in key.users.list(query="ada")])
        inside = key.users.check_access("user_ada", "exp_general")
        outside = key.users.check_access("user_stranger", "exp_general")
        self.assertEqual((inside.has_access, outside.has_access, outside.access_level), (True, False, "no_access"))

    def test_members(self):
        """members are listed, filtered, and read with what they may show"""
        key = app()
        everybody = list(key.members.list(account_id=COMPANY))
        self.assertNotIn("user_stranger", [one.user.id for one in everybody])
        found = list(key.members.list(account_id=COMPANY, query="kowalska", access_level="customer", status="joined"))
        self.assertEqual([one.display_name for one in found], ["Ada Kowalska"])
        self.assertEqual(key.members.retrieve(found[0].id), found[0])
        named = key.members.list(account_id=COMPANY, user_ids=["user_bob", "user_chen"], order="joined_at", direction="asc")
        self.assertEqual({one.user.id for one in named}, {"user_bob", "user_chen"})
        self.assertEqual(list(key.members.list(account_id=COMPANY, status="left")), [])
        with self.assertRaises(ForbiddenError):
            visitor("user_ada", ["member:basic:read"]).members.list(account_id=COMPANY)

    def test_experiences(self):
        """the experiences of a company"""
        key = app()
        self.assertIn("exp_general", [one.id for one in key.experiences.list(account_id=COMPANY)])
        self.assertEqual(key.experiences.retrieve("exp_general").company.id, COMPANY)

    def test_files(self):
        """a file is announced, uploaded to the address that is given, and attached"""
        key = app()
        made = key.files.create(filename="notes.txt")
        request = urllib.request.Request(made.upload_url, data=b"Develop for 11 minutes.", method="PUT")
        for name, value in (made.upload_headers or {}).items():
            request.add_header(name, value)
        with urllib.request.urlopen(request) as answer:
            self.assertLess(answer.status, 300)
        status = key.files.retrieve(made.id).upload_status
        for _ in range(1000):
            if status == "ready":
                break
            status = key.files.retrieve(made.id).upload_status
        self.assertEqual(status, "ready")
        self.assertEqual([(one.id, one.size) for one in key.files.list(file_ids=[made.id])], [(made.id, 23)])
        said = key.messages.create(channel_id="exp_quiet", content="Attached", attachments=[{"id": made.id}])
        self.assertEqual(said.content, "Attached")

    def test_parts(self):
        """a long file comes in parts, and is read in ranges"""
        key = app()
        text = b"".join(b"%d " % number for number in range(1_000_000))
        made = key.files.create(filename="long.txt", multipart=True, byte_size=len(text))
        size, parts = made.multipart_chunk_size, []
        for part in made.multipart_upload_urls:
            data = text[(part.part_number - 1) * size : part.part_number * size]
            request = urllib.request.Request(part.url, data=data, method="PUT")
            with urllib.request.urlopen(request) as answer:
                parts.append({"part_number": part.part_number, "etag": answer.headers["etag"]})
        self.assertGreater(len(parts), 1)
        key.files.complete(made.id, multipart_parts=parts, multipart_upload_id=made.multipart_upload_id)
        file = key.files.retrieve(made.id)
        while file.upload_status == "processing":
            file = key.files.retrieve(made.id)
        self.assertEqual((file.upload_status, file.size), ("ready", len(text)))
        request = urllib.request.Request(file.url, headers={"range": f"bytes={size - 5}-{size + 4}"})
        with urllib.request.urlopen(request) as answer:
            self.assertEqual((answer.status, answer.read()), (206, text[size - 5 : size + 5]))


if __name__ == "__main__":
    unittest.main()
