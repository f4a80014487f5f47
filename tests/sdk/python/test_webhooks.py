import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue

from sandbox import COMPANY, app
from whop_sdk.lib.verify_webhook import WebhookVerificationError, unwrap


class Receiver(HTTPServer):
    """Keeps what is sent to it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Receiving)
        self.heard = Queue()


class Receiving(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.put((body, dict(self.headers.items())))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Nothing: the report is on the same terminal."""


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.receiver.server_port}/"

    def tearDown(self):
        self.receiver.shutdown()
        self.receiver.server_close()

    def heard(self):
        body, headers = self.receiver.heard.get(timeout=15)
        return body, {name.lower(): value for name, value in headers.items()}

    def test_signature(self):
        """an event is unwrapped with the secret that its webhook has, and by no other"""
        key = app()
        hook = key.webhooks.create(url=self.url, events=["chat.message.created"])
        key.messages.create(channel_id="exp_quiet", content="to Python")
        body, headers = self.heard()
        event = unwrap(body, headers=headers, key=hook.webhook_secret)
        self.assertEqual(event["data"]["message"]["content"], "to Python")
        with self.assertRaises(WebhookVerificationError):
            unwrap(body, headers=headers, key="ws_of_somebody_else")
        with self.assertRaises(WebhookVerificationError):
            unwrap(body.replace(b"Python", b"python"), headers=headers, key=hook.webhook_secret)
        gone = key.webhooks.delete(hook.id)
        self.assertEqual((gone.id, gone.deleted), (hook.id, True))

    def test_care(self):
        """a webhook is listed, changed, tried out, and what was delivered is delivered again"""
        key = app()
        hook = key.webhooks.create(url=self.url, events=["chat.message.created"])
        self.assertIn(hook.id, [one.id for one in key.webhooks.list(account_id=COMPANY)])
        self.assertEqual(key.webhooks.update(hook.id, events=["chat.reaction.created"]).events, ["chat.reaction.created"])
        self.assertTrue(key.webhooks.test(hook.id, event="chat.reaction.created").success)
        self.heard()
        delivery = next(iter(key.webhooks.list_deliveries(hook.id)))
        self.assertTrue(delivery.success)
        self.assertTrue(key.webhooks.replay_delivery(hook.id, delivery.id).success)
        self.heard()
        again = next(iter(key.webhooks.list_deliveries(hook.id)))
        self.assertEqual(again.replayed_from, delivery.id)
        self.assertTrue(key.webhooks.replay(hook.id, sent_after=delivery.sent_at, regenerate_ids=True).queued)
        body, headers = self.heard()
        self.assertNotEqual(headers["webhook-id"], delivery.request_body["id"])
        self.assertIn(headers["webhook-id"].encode(), body)
        pinned = key.webhooks.update(hook.id, api_version_date="2026-10-15-1")
        self.assertEqual((pinned.api_version, pinned.api_version_date), ("v1", "2026-10-15-1"))
        self.assertNotIn(hook.id, [one.id for one in key.webhooks.list(account_id=COMPANY, has_failures=True)])
        key.webhooks.delete(hook.id)


if __name__ == "__main__":
    unittest.main()
