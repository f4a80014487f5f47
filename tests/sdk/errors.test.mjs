// The sandbox's refusals arrive as the typed errors of `@whop/sdk`, and its retries work.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import Whop from '@whop/sdk';
import { API_KEY, COMPANY_ID, startSandbox } from '../support/servers.mjs';

let sandbox;
let whop;

before(async () => {
  sandbox = await startSandbox({ messages: 10 });
  whop = client(API_KEY);
});
beforeEach(() => sandbox.control('reset'));
after(() => sandbox?.stop());

function client(apiKey, options = {}) {
  return new Whop({ apiKey, baseURL: `${sandbox.api}/api/v1`, maxRetries: 0, ...options });
}

async function as(user, options = {}) {
  const { token } = await whop.accessTokens.create({ company_id: COMPANY_ID, user_id: user, ...options });
  return client(token);
}

/** It is that error, with that status, and a body that says what to do in Whop's shape. */
function refused(type, status) {
  return (error) => {
    assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.status, status);
    assert.equal(typeof error.error.error.type, 'string');
    assert.ok(error.error.error.message.length > 10);
    return true;
  };
}

test('nobody: AuthenticationError', async () => {
  for (const key of ['wrong_key', '', 'a.b.c', `${API_KEY}x`]) {
    await assert.rejects(client(key).messages.list({ channel_id: 'exp_general' }), refused(Whop.AuthenticationError, 401));
  }
});

test('unknown things: NotFoundError', async () => {
  const missing = refused(Whop.NotFoundError, 404);
  await assert.rejects(whop.messages.list({ channel_id: 'chat_feed_nowhere' }), missing);
  await assert.rejects(whop.messages.list({ channel_id: "exp_' OR 1=1 --" }), missing);
  await assert.rejects(whop.messages.retrieve('msg_nowhere'), missing);
  await assert.rejects(whop.messages.create({ channel_id: 'exp_nowhere', content: 'x' }), missing);
  await assert.rejects(whop.chatChannels.retrieve('exp_nowhere'), missing);
  await assert.rejects(whop.users.retrieve('user_nobody'), missing);
  await assert.rejects(whop.users.checkAccess('exp_general', { id: 'user_nobody' }), missing);
  await assert.rejects(whop.users.checkAccess('exp_nowhere', { id: 'user_ada' }), missing);
  await assert.rejects(whop.reactions.create({ resource_id: 'msg_nowhere', emoji: '👍' }), missing);
  await assert.rejects(whop.experiences.retrieve('exp_nowhere'), missing);
  await assert.rejects(whop.accessTokens.create({ company_id: 'biz_nowhere' }), missing);
  await assert.rejects(whop.get('/nowhere'), missing);
});

test('no access: PermissionDeniedError', async () => {
  const stranger = await as('user_stranger');
  const denied = refused(Whop.PermissionDeniedError, 403);
  await assert.rejects(stranger.messages.list({ channel_id: 'exp_general' }), denied);
  await assert.rejects(stranger.messages.create({ channel_id: 'exp_general', content: 'x' }), denied);
  await assert.rejects(stranger.chatChannels.retrieve('exp_general'), denied);
  const [message] = (await whop.messages.list({ channel_id: 'exp_general' })).data;
  await assert.rejects(stranger.messages.retrieve(message.id), denied);
  await assert.rejects(stranger.reactions.list({ resource_id: message.id }), denied);
});

test('nonsense: BadRequestError', async () => {
  const bad = refused(Whop.BadRequestError, 400);
  await assert.rejects(whop.messages.list({ channel_id: 'exp_general', direction: 'sideways' }), bad);
  await assert.rejects(whop.messages.list({ channel_id: 'exp_general', first: -1 }), bad);
  await assert.rejects(whop.messages.list({ channel_id: 'exp_general', first: 5, last: 5 }), bad);
  await assert.rejects(whop.messages.list({ channel_id: 'exp_general', after: 'no cursor' }), bad);
  await assert.rejects(whop.messages.list({}), bad);
  await assert.rejects(whop.messages.create({ channel_id: 'exp_general', content: ' ' }), bad);
  await assert.rejects(whop.messages.create({ channel_id: 'exp_general', content: 'x'.repeat(20_000) }), bad);
  await assert.rejects(whop.messages.create({ channel_id: 'exp_general', content: 7 }), bad);
  await assert.rejects(whop.chatChannels.list({}), bad);
  const [message] = (await whop.messages.list({ channel_id: 'exp_general' })).data;
  await assert.rejects(whop.reactions.create({ resource_id: message.id }), bad);
  await assert.rejects(whop.reactions.create({ resource_id: message.id, emoji: '<b>no emoji</b>' }), bad);
  await assert.rejects(whop.accessTokens.create({ scoped_actions: ['chat read'] }), bad);
  await assert.rejects(whop.accessTokens.create({ expires_at: 'soon' }), bad);
});

test('garbage and oversized bodies are refused in the same shape', async () => {
  const post = (body) =>
    fetch(`${sandbox.api}/api/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body,
    });
  for (const [body, status] of [
    ['{"channel_id":', 400],
    ['[]', 400],
    ['null', 400],
    [new Uint8Array([0xff, 0xfe, 0x00]), 400],
    [`${'['.repeat(200_000)}`, 400],
    [JSON.stringify({ channel_id: 'exp_general', content: 'x'.repeat(1_100_000) }), 413],
  ]) {
    const answer = await post(body);
    assert.equal(answer.status, status);
    const { error } = await answer.json();
    assert.ok(error.type && error.message);
  }
});

test('too much: RateLimitError with Retry-After', async () => {
  await sandbox.control('fail', { method: 'GET', path: '/api/v1/messages', status: 429 });
  await assert.rejects(whop.messages.list({ channel_id: 'exp_general' }), (error) => {
    refused(Whop.RateLimitError, 429)(error);
    assert.ok(Number(error.headers.get('retry-after')) >= 1);
    return true;
  });
});

test("the SDK's own retries get through a rate limit and a failure", async () => {
  const patient = client(API_KEY, { maxRetries: 2 });
  await sandbox.control('fail', { method: 'GET', path: '/api/v1/messages', status: 429 });
  await sandbox.control('fail', { method: 'GET', path: '/api/v1/messages', status: 503 });
  const { data } = await patient.messages.list({ channel_id: 'exp_general' });
  assert.ok(data.length > 0);
  const { requests } = await sandbox.state();
  assert.equal(requests['GET /api/v1/messages'], 3);
});

test('a failure: InternalServerError', async () => {
  await sandbox.control('fail', { method: 'POST', path: '/api/v1/messages', status: 500 });
  await assert.rejects(
    whop.messages.create({ channel_id: 'exp_quiet', content: 'x' }),
    refused(Whop.InternalServerError, 500),
  );
  assert.equal((await whop.messages.list({ channel_id: 'exp_quiet' })).data.length, 0);
});

test('S1: a lost answer is not a lost message', async () => {
  await sandbox.control('fail', { method: 'POST', path: '/api/v1/messages', status: 502, after_commit: true });
  await assert.rejects(whop.messages.create({ channel_id: 'exp_quiet', content: 'landed' }), Whop.InternalServerError);
  const { data } = await whop.messages.list({ channel_id: 'exp_quiet' });
  assert.deepEqual(
    data.map((message) => message.content),
    ['landed'],
  );
});
