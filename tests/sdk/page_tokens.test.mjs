// A page that was made for Whop's script: its backend mints the token with `@whop/sdk`, and the session is that token.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Whop from '@whop/sdk';
import { API_KEY, COMPANY_ID, startServers } from '../support/servers.mjs';

let servers;
let backend;

before(async () => {
  servers = await startServers({ messages: 120 });
  backend = new Whop({ apiKey: API_KEY, baseURL: `${servers.sandbox.api}/api/v1`, maxRetries: 0 });
});
after(() => servers?.stop());

const mint = (user_id, scoped_actions) =>
  backend.accessTokens.create({ company_id: COMPANY_ID, user_id, scoped_actions });

async function open(body) {
  const answer = await fetch(`${servers.proxy.url}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

const visitor = (apiKey) => new Whop({ apiKey, baseURL: `${servers.proxy.url}/api/v1`, maxRetries: 0 });

test('the token of the SDK is the session, until it ends', async () => {
  const { token, expires_at } = await mint('user_ada', ['chat:read', 'chat:message:create']);
  const [status, session] = await open({ channel_id: 'exp_general', assertion: token, with_messages: true });
  assert.equal(status, 200, JSON.stringify(session));
  assert.equal(session.token.token, token);
  assert.equal(Date.parse(session.token.expires_at), Date.parse(expires_at));
  assert.equal(session.user.id, 'user_ada');
  assert.equal(session.permissions.can_post, true);
  assert.equal(session.messages.data.length, 50);
  const ada = visitor(session.token.token);
  const posted = await ada.messages.create({ channel_id: 'exp_quiet', content: 'by the SDK' });
  assert.equal((await ada.messages.retrieve(posted.id)).content, 'by the SDK');
});

test('of a company it reads the lists for which it has scopes', async () => {
  const { token } = await mint('user_ada', ['chat:read', 'dms:read']);
  const [status, session] = await open({ company_id: COMPANY_ID, assertion: token });
  assert.equal(status, 200, JSON.stringify(session));
  const ada = visitor(session.token.token);
  assert.ok((await ada.chatChannels.list({ company_id: COMPANY_ID })).data.length > 0);
  await ada.dmChannels.list();
  await assert.rejects(ada.supportChannels.list({ company_id: COMPANY_ID }), Whop.PermissionDeniedError);
});

test('what Whop does not take opens nothing, and says what to do', async () => {
  const { token } = await mint('user_ada', ['chat:read']);
  const [head, body] = token.split('.');
  const [status, { error }] = await open({ channel_id: 'exp_general', assertion: `${head}.${body}.${'A'.repeat(43)}` });
  assert.equal(status, 401);
  assert.match(error.message, /Ask the page for a new one/);
  const [forbidden] = await open({ channel_id: 'exp_general', assertion: (await mint('user_ada', ['dms:read'])).token });
  assert.equal(forbidden, 403);
});
