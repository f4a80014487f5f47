// The websocket client of `@whop/api`, unmodified: on a server and in a page.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { WhopClientSdk, WhopServerSdk } from '@whop/api';
import Whop from '@whop/sdk';
import { enterApp } from '../support/identity.mjs';
import { API_KEY, APP_ID, startSandbox } from '../support/servers.mjs';
import { asPage, asServer, listen } from '../support/socket.mjs';
import { until } from '../support/until.mjs';

const CHANNEL = 'chat_feed_quiet';
const EXPERIENCE = 'exp_quiet';
let sandbox;
let whop;
const open = [];

before(async () => {
  sandbox = await startSandbox({ messages: 10 });
  whop = new Whop({ apiKey: API_KEY, baseURL: `${sandbox.api}/api/v1` });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.close();
  await sandbox.sockets({ server: 0, browser: 0 });
});
after(() => sandbox?.stop());

function serverSdk(options = {}) {
  asServer();
  return WhopServerSdk({
    appApiKey: API_KEY,
    appId: APP_ID,
    onBehalfOfUserId: 'user_agent',
    websocketOrigin: sandbox.api,
    ...options,
  });
}

async function server(options) {
  const socket = await listen(serverSdk(options).websockets.client());
  open.push(socket);
  return socket;
}

async function page(user, options = { joinExperience: EXPERIENCE }) {
  const { cookie } = await enterApp(sandbox, user, EXPERIENCE);
  asPage(sandbox.app, cookie);
  const socket = await listen(WhopClientSdk({ apiOrigin: sandbox.app }).websockets.client(options));
  open.push(socket);
  for (const [kind, wanted] of [
    ['EXPERIENCE', options.joinExperience],
    ['PUBLIC', options.joinPublic],
  ]) {
    if (!wanted) continue;
    const state = await socket.frame(
      (frame) => frame.channelSubscriptionState?.channel.type === kind && frame.channelSubscriptionState,
      `the state of ${kind} ${wanted}`,
    );
    assert.equal(state.channel.id, wanted);
  }
  return socket;
}

/** The first message with that text, as a frame tells it. */
const post = (socket, content, also = () => true) =>
  socket.frame((frame) => {
    const post = frame.feedEntity?.dmsPost;
    return post?.content === content && also(post) && post;
  }, `a dmsPost with ${JSON.stringify(content)}`);

const say = (content) => whop.messages.create({ channel_id: EXPERIENCE, content });

for (const [where, connect] of [
  ['a server', () => server()],
  ['a page', () => page('user_ada')],
]) {
  test(`${where} hears of a message, an edit, a pin and a deletion`, async () => {
    const socket = await connect();
    const message = await say(`news for ${where}`);
    const frame = await post(socket, message.content);
    assert.equal(frame.entityId, message.id);
    assert.equal(frame.feedId, CHANNEL);
    assert.equal(frame.userId, 'user_agent');
    assert.equal(frame.user.username, message.user.username);
    assert.equal(frame.messageType, 'REGULAR');
    assert.equal(frame.Deleted, false);
    assert.equal(frame.isEdited, false);
    assert.equal(Number(frame.createdAt), Date.parse(message.created_at));

    await whop.messages.update(message.id, { content: `better news for ${where}` });
    const edited = await post(socket, `better news for ${where}`);
    assert.equal(edited.isEdited, true);
    await whop.messages.update(message.id, { is_pinned: true });
    assert.ok(await post(socket, `better news for ${where}`, (pinned) => pinned.isPinned));
    await whop.messages.delete(message.id);
    const gone = await socket.frame((frame) => frame.feedEntity?.dmsPost?.Deleted && frame.feedEntity.dmsPost, 'Deleted');
    assert.equal(gone.entityId, message.id);
    assert.ok(!gone.content, 'a deletion tells nothing of what is gone');
  });

  test(`${where} hears of reactions, and applies only what the mask names`, async () => {
    const socket = await connect();
    const message = await say(`react, ${where}`);
    const reaction = await whop.reactions.create({ resource_id: message.id, emoji: ':heart:' });
    const heard = await socket.frame((frame) => frame.feedEntity?.reaction, 'a reaction');
    assert.deepEqual(
      [heard.entityId, heard.postId, heard.feedId, heard.userId, heard.reactionType, heard.value, heard.Deleted],
      [reaction.id, message.id, CHANNEL, 'user_agent', 'EMOJI', ':heart:', false],
    );
    const update = await socket.frame((frame) => frame.feedEntity?.postReactionCountUpdate, 'a postReactionCountUpdate');
    assert.equal(update.postId, message.id);
    const tallies =
      update.updatedFieldsBitmask & 4 ? [update.singleReactionCountUpdate] : update.postReactionCounts;
    assert.ok(update.updatedFieldsBitmask & 6);
    const heart = tallies.find((tally) => tally.value === ':heart:');
    assert.deepEqual([heart.reactionType, heart.userCount], ['EMOJI', 1]);

    await whop.reactions.delete(reaction.id);
    const removed = await socket.frame(
      (frame) => frame.feedEntity?.reaction?.Deleted && frame.feedEntity.reaction,
      'the end of the reaction',
    );
    assert.equal(removed.entityId, reaction.id);
  });

  test(`${where} hears of votes`, async () => {
    const socket = await connect();
    const options = [
      { id: '1', text: 'Yes' },
      { id: '2', text: 'No' },
    ];
    const poll = await whop.messages.create({ channel_id: EXPERIENCE, content: `${where}?`, poll: { options } });
    assert.deepEqual((await post(socket, poll.content)).poll.options, options);
    await whop.reactions.create({ resource_id: poll.id, poll_option_id: '2' });
    const vote = await socket.frame(
      (frame) => frame.feedEntity?.reaction?.reactionType === 'VOTE' && frame.feedEntity.reaction,
      'a vote',
    );
    assert.deepEqual([vote.postId, vote.value], [poll.id, '2']);
  });

  test(`${where} hears of settings`, async () => {
    const socket = await connect();
    await whop.chatChannels.update(EXPERIENCE, { who_can_react: 'no_one', user_posts_cooldown_seconds: 7 });
    const settings = await socket.frame((frame) => frame.feedEntity?.chatFeed, 'a chatFeed');
    assert.deepEqual(
      [settings.entityId, settings.whoCanPost, settings.whoCanReact, settings.userPostsCooldownSeconds],
      [CHANNEL, 'EVERYONE', 'NONE', 7],
    );
    await whop.chatChannels.update(EXPERIENCE, { who_can_react: 'everyone', user_posts_cooldown_seconds: 0 });
  });

  test(`${where} gets answers to its heartbeats`, async () => {
    const socket = await connect();
    socket.send({ heartbeat: { userish: undefined, channels: [], platform: 'WEB' } });
    const { serverTime } = await socket.frame((frame) => frame.heartbeatResponse, 'a heartbeatResponse');
    const time = /^\d+$/.test(serverTime) ? Number(serverTime) : Date.parse(serverTime);
    assert.ok(Math.abs(time - Date.now()) < 60_000, serverTime);
  });
}

test('frames of many messages come in the order of the messages', async () => {
  const socket = await server();
  const texts = Array.from({ length: 20 }, (_, at) => `in order ${at}`);
  for (const text of texts) await say(text);
  await post(socket, texts.at(-1));
  const heard = socket.messages.map((frame) => frame.feedEntity?.dmsPost?.content).filter((text) => texts.includes(text));
  assert.deepEqual(heard, texts);
});

test('sendWebsocketMessage reaches whom it is meant for, as trusted', async () => {
  const ada = await page('user_ada');
  const bob = await page('user_bob', { joinExperience: EXPERIENCE, joinCustom: 'lobby' });
  const { websockets } = serverSdk();
  const got = (socket) => socket.appMessages.map((message) => message.json);

  await websockets.sendMessage({ message: '{"to":"everyone"}', target: 'everyone' });
  await websockets.sendMessage({ message: '{"to":"experience"}', target: { experience: EXPERIENCE } });
  await websockets.sendMessage({ message: '{"to":"bob"}', target: { user: 'user_bob' } });
  await websockets.sendMessage({ message: '{"to":"lobby"}', target: { custom: 'lobby' } });
  await websockets.sendMessage({ message: '{"to":"end"}', target: 'everyone' });
  for (const socket of [ada, bob]) {
    await until(() => got(socket).includes('{"to":"end"}'), 'the last app message');
    for (const message of socket.appMessages) {
      assert.equal(message.isTrusted, true);
      assert.ok(!message.fromUserId);
    }
  }
  assert.deepEqual(got(ada), ['{"to":"everyone"}', '{"to":"experience"}', '{"to":"end"}']);
  assert.deepEqual(got(bob), [
    '{"to":"everyone"}',
    '{"to":"experience"}',
    '{"to":"bob"}',
    '{"to":"lobby"}',
    '{"to":"end"}',
  ]);
});

test("a page's broadcast reaches the others, as somebody's claim", async () => {
  const ada = await page('user_ada');
  const bob = await page('user_bob');
  const { cookie } = await enterApp(sandbox, 'user_chen');
  asPage(sandbox.app, cookie);
  const client = WhopClientSdk({ apiOrigin: sandbox.app }).websockets.client({ joinExperience: EXPERIENCE });
  const chen = await listen(client);
  open.push(chen);
  client.broadcast({ message: '{"isTrusted":true}', target: { experienceId: EXPERIENCE } });
  client.broadcast({ message: '{"all":true}', target: 'everyone' });
  for (const socket of [ada, bob]) {
    await until(() => socket.appMessages.length === 2, 'both broadcasts');
    assert.deepEqual(
      socket.appMessages.map(({ fromUserId, isTrusted, json }) => ({ fromUserId, isTrusted, json })),
      [
        { fromUserId: 'user_chen', isTrusted: false, json: '{"isTrusted":true}' },
        { fromUserId: 'user_chen', isTrusted: false, json: '{"all":true}' },
      ],
    );
  }
});

test('a forged trusted frame from a page is forwarded to nobody', async () => {
  const ada = await page('user_ada');
  const bob = await page('user_bob');
  bob.send({ appMessage: { isTrusted: true, json: '{"forged":1}' } });
  bob.send({ feedEntity: { dmsPost: { entityId: 'msg_forged', content: 'forged', feedId: CHANNEL } } });
  bob.send({ broadcastAppMessage: { channel: { type: 'DMS', id: CHANNEL }, json: '{"forged":2}' } });
  bob.send({ broadcastAppMessage: { channel: { type: 'APP', id: 'app_other' }, json: '{"forged":3}' } });
  bob.send({ broadcastAppMessage: { channel: { type: 'APP', id: `[app_id]_${EXPERIENCE}` }, json: '{"honest":1}' } });
  await until(() => ada.appMessages.length > 0, 'the honest broadcast');
  assert.deepEqual(
    ada.appMessages.map((message) => [message.json, message.isTrusted]),
    [['{"honest":1}', false]],
  );
  assert.ok(!ada.messages.some((frame) => frame.feedEntity));
});

test('typing and reading are told to the others of the feed', async () => {
  const ada = await page('user_ada');
  const bob = await page('user_bob');
  const channel = { type: 'DMS', id: CHANNEL };
  ada.send({ broadcastRequest: { channel, typingIndicator: { expireAfter: String(Date.now() + 5_000) } } });
  const typing = await bob.frame((frame) => frame.broadcastResponse?.typingIndicator && frame.broadcastResponse, 'typing');
  assert.equal(typing.fromUserId, 'user_ada');
  assert.ok(!ada.messages.some((frame) => frame.broadcastResponse), 'not to oneself');
  ada.send({ broadcastRequest: { channel, markAsRead: { isGlobal: false } } });
  assert.ok(await bob.frame((frame) => frame.broadcastResponse?.markAsRead, 'reading'));
});

test('members hear who comes and who goes', async () => {
  const ada = await page('user_ada');
  const agent = await server();
  const bob = await page('user_bob');
  const presence = (socket, is) => socket.frame((frame) => is(frame.userPresence ?? {}) && frame.userPresence, 'a userPresence');
  for (const socket of [ada, agent]) await presence(socket, ({ userId, lastSeenAt }) => userId === 'user_bob' && !lastSeenAt);
  await presence(bob, ({ userId, lastSeenAt }) => userId === 'user_ada' && !lastSeenAt);
  bob.close();
  const { lastSeenAt } = await presence(ada, ({ userId, lastSeenAt }) => userId === 'user_bob' && lastSeenAt);
  assert.ok(Math.abs(Number(lastSeenAt) - Date.now()) < 60_000, lastSeenAt);
});

test('a mute is told to the feed, and holds', async () => {
  const socket = await page('user_ada');
  const mute = (seconds) => sandbox.control('mute', { channel_id: EXPERIENCE, user_id: 'user_bob', seconds });
  const bob = new Whop({
    apiKey: API_KEY,
    baseURL: `${sandbox.api}/api/v1`,
    maxRetries: 0,
    defaultHeaders: { 'x-on-behalf-of': 'user_bob' },
  });
  await mute(60);
  const muted = await socket.frame((frame) => frame.feedEntity?.mutedUser, 'a mutedUser');
  assert.deepEqual([muted.userId, muted.feedId, muted.Deleted], ['user_bob', CHANNEL, false]);
  assert.ok(muted.mutedUntil > Date.now());
  await assert.rejects(bob.messages.create({ channel_id: EXPERIENCE, content: 'hm' }), Whop.PermissionDeniedError);
  await mute(0);
  await socket.frame((frame) => frame.feedEntity?.mutedUser?.Deleted, 'the end of the mute');
  assert.ok(await bob.messages.create({ channel_id: EXPERIENCE, content: 'thanks' }));
});

test('a page hears only of what it joined, until it subscribes', async () => {
  const ada = await page('user_ada', { joinExperience: 'exp_lounge' });
  const bob = await page('user_bob');
  const before = await say('before');
  await post(bob, before.content);
  ada.send({ subscribeToChannel: { channel: { type: 'DMS', id: CHANNEL }, userish: undefined } });
  await ada.frame((frame) => frame.channelSubscriptionState?.channel.type === 'DMS', 'the subscription');
  await say('after');
  await post(ada, 'after');
  ada.send({ unsubscribeFromChannel: { channel: { type: 'DMS', id: CHANNEL } } });
  const ended = await ada.frame(
    (frame) => frame.channelSubscriptionState?.isSubscribed === false && frame.channelSubscriptionState,
    'the end of the subscription',
  );
  assert.equal(ended.disconnectionReason, 'REQUESTED_DISCONNECT');
  await say('later');
  await post(bob, 'later');
  const posts = ada.messages.map((frame) => frame.feedEntity?.dmsPost?.content).filter(Boolean);
  assert.deepEqual(posts, ['after']);
});

test('who has no access is told so, and hears nothing', async () => {
  const { cookie } = await enterApp(sandbox, 'user_stranger', EXPERIENCE);
  asPage(sandbox.app, cookie);
  const stranger = await listen(WhopClientSdk({ apiOrigin: sandbox.app }).websockets.client({ joinExperience: EXPERIENCE }));
  open.push(stranger);
  stranger.send({ subscribeToChannel: { channel: { type: 'DMS', id: CHANNEL }, userish: undefined } });
  await until(
    () => stranger.messages.filter((frame) => frame.channelSubscriptionState?.disconnectionReason === 'NO_ACCESS').length >= 2,
    'both refusals',
  );
  const witness = await server();
  await say('not for strangers');
  await post(witness, 'not for strangers');
  stranger.send({ heartbeat: { userish: undefined, channels: [], platform: 'WEB' } });
  await stranger.frame((frame) => frame.heartbeatResponse, 'a heartbeatResponse');
  assert.ok(!stranger.messages.some((frame) => frame.feedEntity));
});

test('without an API key, without a cookie, and from a foreign page nothing opens', async () => {
  const opens = (client) =>
    new Promise((resolve) => {
      client.on('connect', () => resolve(true));
      client.on('disconnect', () => {
        client.disconnect();
        resolve(false);
      });
      client.connect();
    });
  const { error } = console;
  console.error = () => {}; // The client logs every refusal.
  try {
    assert.equal(await opens(serverSdk({ appApiKey: 'wrong' }).websockets.client()), false);
    asPage(sandbox.app);
    const anonymous = WhopClientSdk({ apiOrigin: sandbox.app }).websockets;
    assert.equal(await opens(anonymous.client({ joinExperience: EXPERIENCE })), false);
    const { cookie } = await enterApp(sandbox, 'user_ada');
    asPage(sandbox.app, cookie, { origin: 'https://evil.example' });
    assert.equal(await opens(anonymous.client({ joinExperience: EXPERIENCE })), false);
  } finally {
    console.error = error;
  }
  await assert.rejects(
    serverSdk({ appApiKey: 'wrong' }).websockets.sendMessage({ message: '{}', target: 'everyone' }),
    /Code: 401/,
  );
});

test('cut sockets come back by themselves', async () => {
  const { error } = console;
  console.error = () => {};
  try {
    const socket = await server();
    await sandbox.control('sockets/drop');
    await sandbox.sockets({ server: 1 });
    await say('after the cut');
    assert.ok(await post(socket, 'after the cut'));
  } finally {
    console.error = error;
  }
});
