"""Clients of the sandbox that the caller has started: `whop_sdk`, unmodified."""

import os

from whop_sdk import Whop
from whop_sdk.environment import WhopEnvironment

API = os.environ["SANDBOX_API"]
COMPANY = "biz_sandbox"
CHAT = ["chat:read", "chat:message:create"]
DIRECT = ["dms:read", "dms:message:manage", "dms:channel:manage"]
SUPPORT = ["support_chat:read", "support_chat:message:create", "support_chat:create"]


def client(token):
    """A client with that API key or access token. What fails is not tried again behind a test's back."""
    environment = WhopEnvironment(api=f"{API}/api/v1", vault=f"{API}/vault/api/v1")
    return Whop(environment=environment, token=token, max_retries=0)


def app():
    """The app itself, by its API key."""
    return client(os.environ["SANDBOX_API_KEY"])


def visitor(user, scopes=(*CHAT, *DIRECT, *SUPPORT)):
    """Somebody, by a token minted for them."""
    minted = app().access_tokens.create(account_id=COMPANY, user_id=user, scoped_actions=list(scopes))
    return client(minted.token)
