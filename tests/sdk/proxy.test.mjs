// `@whop/sdk`, unmodified, through the real proxy with the token that a visitor gets.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import Whop from '@whop/sdk';
import { decodeJwt } from 'jose';
import { assertion, enterApp } from '../support/identity.mjs';
import { API_KEY, COMPANY_ID, startServers } from '../support/servers.mjs';

let servers;
let sandbox;
let proxy;

before(async () => {
  servers = await startServers({ messages: 120 });
  ({ sandbox, proxy } = servers);
});
beforeEach(() => sandbox.control('reset'));
after(() => servers?.stop());

function openSession(body, { base = proxy.url, headers = {} } = {}) {
  return fetch(`${base}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A visitor of the creator's site. */
async function session(user, options = {}) {
  const answer = await openSession({
    channel_id: 'exp_general',
    assertion: await assertion(servers.assertionSecret, user),
    ...options,
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

const client = (apiKey, base = proxy.url) => new Whop({ apiKey, baseURL: `${base}/api/v1`, maxRetries: 0 });

async function visitor(user) {
  return client((await session(user)).token.token);
}

/** Status and type of a refusal in Whop's shape. */
async function refusal(answer) {
  const { error } = await answer.json();
  assert.ok(error.message.length > 10, error.message);
  return [answer.status, error.type];
}

test('one answer has all that a first paint needs', async () => {
  const answer = await session('user_ada', { with_messages: true });
  assert.equal(answer.user.id, 'user_ada');
  assert.equal(answer.channel.id, 'chat_feed_general');
  assert.deepEqual(answer.permissions, {
    access_level: 'customer',
    can_post: true,
    can_react: true,
    can_moderate: false,
  });
  const newest = await client(API_KEY, sandbox.api).messages.list({ channel_id: 'exp_general' });
  assert.deepEqual(answer.messages.data.slice(0, 10), newest.data.slice(0, 10));
  assert.equal(answer.messages.page_info.has_next_page, true);
  assert.ok(answer.renewal && answer.socket.path.startsWith('/_whop/ws/v1/websockets/connect'));
  assert.ok(Math.abs(answer.server_time - Date.now()) < 60_000);
  assert.ok(Date.parse(answer.token.expires_at) > Date.now());
  assert.ok(!JSON.stringify(answer).includes(API_KEY));
});

test('a session needs no messages, and knows a channel by its own id', async () => {
  const answer = await session('user_ada', { channel_id: 'chat_feed_announcements' });
  assert.equal(answer.messages, undefined);
  assert.equal(answer.channel.id, 'chat_feed_announcements');
  assert.equal(answer.permissions.can_post, false);
});

test('moderators moderate and members do not', async () => {
  const [ada, olivia] = [await session('user_ada'), await session('user_olivia')];
  assert.ok(!decodeJwt(ada.token.token).scoped_actions?.includes('chat:moderate'));
  assert.equal(olivia.permissions.can_moderate, true);
  const updated = await client(olivia.token.token).chatChannels.update('exp_general', { ban_urls: true });
  assert.equal(updated.ban_urls, true);
  await assert.rejects(
    client(ada.token.token).chatChannels.update('exp_general', { ban_urls: false }),
    Whop.PermissionDeniedError,
  );
});

test('a visitor lists all messages by auto-pagination', async () => {
  const ada = await visitor('user_ada');
  const ids = new Set();
  for await (const message of ada.messages.list({ channel_id: 'exp_general', direction: 'desc', first: 50 })) {
    ids.add(message.id);
  }
  assert.equal(ids.size, 120);
});

test('a visitor reads around an old message, and who reacted to it', async () => {
  const [ada, stranger] = [await visitor('user_ada'), client('no token')];
  const all = [];
  for await (const message of ada.messages.list({ channel_id: 'exp_general', direction: 'asc', first: 50 })) all.push(message);
  const old = all[40];
  assert.deepEqual(await ada.messages.retrieve(old.id), old);
  const ids = (page) => page.data.map((message) => message.id);
  const around = await ada.messages.list({ channel_id: 'exp_general', direction: 'asc', first: 20 });
  const later = await ada.messages.list({ channel_id: 'exp_general', direction: 'asc', first: 5, after: around.page_info.end_cursor });
  assert.deepEqual(ids(later), all.slice(20, 25).map(({ id }) => id));
  const earlier = await ada.messages.list({ channel_id: 'exp_general', direction: 'asc', last: 5, before: later.page_info.start_cursor });
  assert.deepEqual(ids(earlier), all.slice(15, 20).map(({ id }) => id));
  assert.deepEqual([earlier.page_info.has_previous_page, earlier.page_info.has_next_page], [true, true]);
  const newest = await ada.messages.list({ channel_id: 'exp_general', direction: 'desc', last: 3 });
  assert.deepEqual(ids(newest), all.slice(0, 3).reverse().map(({ id }) => id));
  const reacted = all.find((message) => message.reaction_counts.some(({ count }) => count > 1));
  const reactions = (await ada.reactions.list({ resource_id: reacted.id, first: 100 })).data;
  for (const { emoji, count } of reacted.reaction_counts) {
    const who = reactions.filter((reaction) => reaction.emoji === emoji).map((reaction) => reaction.user.username);
    assert.equal(new Set(who).size, count, emoji);
  }
  await assert.rejects(stranger.messages.retrieve(old.id), Whop.AuthenticationError);
});

test('a visitor posts, edits, reacts, votes and deletes', async () => {
  const [ada, bob] = [await visitor('user_ada'), await visitor('user_bob')];
  const options = [
    { id: '1', text: 'A' },
    { id: '2', text: 'B' },
  ];
  const message = await ada.messages.create({ channel_id: 'exp_quiet', content: 'Hi <b>all</b>', poll: { options } });
  assert.equal(message.user.id, 'user_ada');
  assert.equal(message.content, 'Hi <b>all</b>');
  assert.equal((await ada.messages.update(message.id, { content: 'Hi' })).is_edited, true);
  const reaction = await bob.reactions.create({ resource_id: message.id, emoji: '👍' });
  await bob.reactions.create({ resource_id: message.id, poll_option_id: '2' });
  const seen = await bob.messages.retrieve(message.id);
  assert.deepEqual(seen.reaction_counts, [{ emoji: '👍', count: 1 }]);
  assert.deepEqual(seen.poll_votes, [{ option_id: '2', count: 1 }]);
  assert.equal((await ada.reactions.list({ resource_id: message.id })).data.length, 2);
  assert.equal(await bob.reactions.delete(reaction.id), true);
  assert.equal(await ada.messages.delete(message.id), true);
});

test("a visitor reads channel, users and experience, and the server's refusals arrive as they are", async () => {
  const ada = await visitor('user_ada');
  assert.equal((await ada.chatChannels.retrieve('exp_general')).id, 'chat_feed_general');
  assert.equal((await ada.users.retrieve('user_bob')).username, 'bob');
  assert.equal((await ada.users.checkAccess('exp_general', { id: 'user_ada' })).access_level, 'customer');
  assert.equal((await ada.experiences.retrieve('exp_general')).id, 'exp_general');
  await assert.rejects(ada.messages.retrieve('msg_nowhere'), Whop.NotFoundError);
  await assert.rejects(ada.messages.create({ channel_id: 'exp_announcements', content: 'x' }), Whop.PermissionDeniedError);
  await assert.rejects(ada.messages.create({ channel_id: 'exp_quiet', content: '' }), Whop.BadRequestError);
  await sandbox.control('fail', { method: 'GET', path: '/api/v1/messages', status: 429 });
  await assert.rejects(ada.messages.list({ channel_id: 'exp_quiet' }), (error) => {
    assert.ok(error instanceof Whop.RateLimitError);
    assert.ok(Number(error.headers.get('retry-after')) >= 1);
    return true;
  });
});

/** What Whop was asked, by route. The proxy's own socket connects when it likes. */
async function heard() {
  const { 'GET /v1/websockets/connect': _, ...requests } = (await sandbox.state()).requests;
  return requests;
}

test('what is not on the allow-list is refused before Whop hears of it', async () => {
  const olivia = await visitor('user_olivia');
  const before = await heard();
  for (const refused of [
    () => olivia.accessTokens.create({ company_id: COMPANY_ID, user_id: 'user_bob' }),
    () => olivia.webhooks.list({ company_id: COMPANY_ID }),
    () => olivia.companies.retrieve(COMPANY_ID),
    () => olivia.payments.list({ company_id: COMPANY_ID }),
    () => olivia.notifications.create({ company_id: COMPANY_ID, title: 'x', content: 'x' }),
    () => olivia.experiences.list({ company_id: COMPANY_ID }),
    () => olivia.get('/messages%2f..%2faccess_tokens'),
  ]) {
    await assert.rejects(refused(), Whop.NotFoundError, `${refused}`);
  }
  for (const refused of [
    () => olivia.put('/messages/msg_1', { body: {} }),
    () => olivia.delete('/experiences/exp_general'),
    () => olivia.users.update('user_olivia', { bio: 'x' }),
    () => olivia.delete('/chat_channels/exp_general'),
  ]) {
    await assert.rejects(refused(), (error) => error.status === 405, `${refused}`);
  }
  for (const path of ['/messages/../access_tokens', '/messages/%2e%2e/users', '//messages', '/messages/']) {
    assert.equal(await status(`/api/v1${path}`, olivia.apiKey), 404, path);
  }
  assert.deepEqual(await heard(), before);
});

/** Asks for that path as it stands: URL and fetch would tidy it up. */
async function status(path, token) {
  const { hostname, port } = new URL(proxy.url);
  const outgoing = request({ hostname, port, path, headers: { authorization: `Bearer ${token}` } }).end();
  const [answer] = await once(outgoing, 'response');
  answer.resume();
  return answer.statusCode;
}

test('the API key from outside is refused, and so is nobody', async () => {
  const before = await heard();
  await assert.rejects(client(API_KEY).messages.list({ channel_id: 'exp_general' }), Whop.AuthenticationError);
  const nobody = await fetch(`${proxy.url}/api/v1/messages?channel_id=exp_general`);
  assert.deepEqual(await refusal(nobody), [401, 'unauthorized']);
  assert.deepEqual(await heard(), before);
  await assert.rejects(client('forged.to.ken').messages.list({ channel_id: 'exp_general' }), Whop.AuthenticationError);
});

test('forged, expired and overlong assertions are refused', async () => {
  const now = Math.floor(Date.now() / 1000);
  const secret = servers.assertionSecret;
  const unsigned = (await assertion(secret, 'user_ada')).split('.');
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
  for (const [what, forged] of [
    ['another secret', await assertion(randomBytes(32).toString('hex'), 'user_ada')],
    ['another audience', await assertion(secret, 'user_ada', { aud: 'elsewhere' })],
    ['no audience', await assertion(secret, 'user_ada', { aud: undefined })],
    ['expired', await assertion(secret, 'user_ada', { iat: now - 600, exp: now - 400 })],
    ['for a day', await assertion(secret, 'user_ada', { exp: now + 86_400 })],
    ['without an end', await assertion(secret, 'user_ada', { exp: undefined })],
    ['from the future', await assertion(secret, 'user_ada', { iat: now + 3_000, exp: now + 3_200 })],
    ['no user id', await assertion(secret, '../user_ada')],
    ['alg none', `${none}.${unsigned[1]}.`],
    ['no signature', `${unsigned[0]}.${unsigned[1]}.`],
    ['garbage', 'garbage'],
  ]) {
    const answer = await openSession({ channel_id: 'exp_general', assertion: forged });
    assert.deepEqual(await refusal(answer), [401, 'unauthorized'], what);
  }
  assert.equal((await openSession({ channel_id: 'exp_general' })).status, 401);
});

test('who has no access gets no session, and an unknown channel is not found', async () => {
  const stranger = { assertion: await assertion(servers.assertionSecret, 'user_stranger'), with_messages: true };
  assert.deepEqual(await refusal(await openSession({ channel_id: 'exp_general', ...stranger })), [403, 'no_access']);
  const unknown = { assertion: await assertion(servers.assertionSecret, 'user_nobody') };
  assert.deepEqual(await refusal(await openSession({ channel_id: 'exp_general', ...unknown })), [403, 'no_access']);
  const ada = { assertion: await assertion(servers.assertionSecret, 'user_ada') };
  for (const channel_id of ['exp_nowhere', 'chat_feed_nowhere', '../users', '']) {
    assert.deepEqual(await refusal(await openSession({ channel_id, ...ada })), [404, 'not_found'], channel_id);
  }
});

test('an assertion for one channel opens no other', async () => {
  // Another one each time: it counts once.
  const limited = () => assertion(servers.assertionSecret, 'user_ada', { channels: ['exp_lounge'] });
  assert.equal((await openSession({ channel_id: 'exp_lounge', assertion: await limited() })).status, 200);
  assert.equal((await openSession({ channel_id: 'exp_general', assertion: await limited() })).status, 403);
});

test('garbage and oversized bodies are refused in the same shape', async () => {
  for (const [body, status] of [
    ['{"channel_id":', 400],
    ['[]', 400],
    ['{"channel_id":7}', 400],
    ['x'.repeat(100_000), 413],
  ]) {
    assert.equal((await refusal(await openSession(body)))[0], status, body.slice(0, 20));
  }
  const text = await openSession('{}', { headers: { 'content-type': 'text/html' } });
  assert.equal((await refusal(text))[0], 415);
  const { token } = (await session('user_ada')).token;
  const post = await fetch(`${proxy.url}/api/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel_id: 'exp_quiet', content: 'x'.repeat(400_000) }),
  });
  assert.equal((await refusal(post))[0], 413);
});

test('a foreign page may not ask, the creator’s may', async () => {
  const body = { channel_id: 'exp_general', assertion: await assertion(servers.assertionSecret, 'user_ada') };
  for (const origin of ['https://evil.example', 'null', `${sandbox.creatorSite}.evil.example`]) {
    const answer = await openSession(body, { headers: { origin } });
    assert.deepEqual(await refusal(answer), [403, 'forbidden'], origin);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  }
  const own = await openSession(body, { headers: { origin: sandbox.creatorSite } });
  assert.equal(own.status, 200);
  assert.equal(own.headers.get('access-control-allow-origin'), sandbox.creatorSite);
});

test('a token that expired is replaced by the renewal', async () => {
  const first = await session('user_ada');
  await sandbox.control('tokens/expire');
  await assert.rejects(
    client(first.token.token).messages.list({ channel_id: 'exp_general' }),
    Whop.AuthenticationError,
  );
  const answer = await openSession({ channel_id: 'exp_general', renewal: first.renewal });
  assert.equal(answer.status, 200, await answer.clone().text());
  const renewed = await answer.json();
  assert.equal(renewed.user.id, 'user_ada');
  const { data } = await client(renewed.token.token).messages.list({ channel_id: 'exp_general' });
  assert.ok(data.length > 0);
  const forged = `${first.renewal.slice(0, -6)}AAAAAA`;
  assert.equal((await openSession({ channel_id: 'exp_general', renewal: forged })).status, 401);
});

test('inside Whop the user token is the proof', async () => {
  const { cookie } = await enterApp(sandbox, 'user_fatima');
  const body = { channel_id: 'exp_general', with_messages: true };
  const headers = { cookie, origin: sandbox.app };
  const answer = await openSession(body, { base: sandbox.app, headers });
  assert.equal(answer.status, 200, await answer.clone().text());
  const inside = await answer.json();
  assert.equal(inside.user.id, 'user_fatima');
  const fatima = client(inside.token.token, sandbox.app);
  const message = await fatima.messages.create({ channel_id: 'exp_quiet', content: 'مرحبا' });
  assert.equal(message.user.id, 'user_fatima');

  assert.equal((await openSession(body, { base: sandbox.app })).status, 401, 'without the cookie');
  for (const forged of ['forged', await assertion(servers.assertionSecret, 'user_olivia')]) {
    const claimed = await openSession(body, { headers: { 'x-whop-user-token': forged } });
    assert.equal(claimed.status, 401, 'a user token that Whop did not sign');
  }
});

test('no log holds a token, a secret or a text', async () => {
  const own = await startServers({ messages: 10 });
  const secrets = [API_KEY, own.assertionSecret, 'whisper-4711', 'forged-4711'];
  try {
    const ask = async (body) => (await openSession(body, { base: own.proxy.url })).json();
    const voucher = await assertion(own.assertionSecret, 'user_ada');
    const { token, renewal, socket } = await ask({ channel_id: 'exp_quiet', assertion: voucher });
    await client(token.token, own.proxy.url).messages.create({ channel_id: 'exp_quiet', content: 'whisper-4711' });
    assert.ok((await ask({ channel_id: 'exp_quiet', assertion: 'forged-4711' })).error);
    await assert.rejects(client('forged-4711', own.proxy.url).users.retrieve('me'), Whop.AuthenticationError);
    secrets.push(voucher, token.token, renewal, ...socket.protocols.filter((protocol) => protocol.length > 30));
  } finally {
    await own.stop();
  }
  for (const [name, log] of [
    ['proxy', own.proxy.log()],
    ['sandbox', own.sandbox.log()],
  ]) {
    assert.ok(log.includes('listening'), name);
    for (const secret of secrets) assert.ok(!log.includes(secret), `${secret} in the log of the ${name}`);
  }
});
