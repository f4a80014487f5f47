// `@whop/sdk`, unmodified, in DMs and support chats of the sandbox.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Whop from '@whop/sdk';
import { API_KEY, COMPANY_ID, startSandbox } from '../support/servers.mjs';

const SCOPES = [
  'dms:read',
  'dms:message:manage',
  'dms:channel:manage',
  'support_chat:read',
  'support_chat:message:create',
  'support_chat:create',
];
let sandbox;
let whop;

before(async () => {
  sandbox = await startSandbox({ messages: 20 });
  whop = new Whop({ apiKey: API_KEY, baseURL: `${sandbox.api}/api/v1` });
});
after(() => sandbox?.stop());

async function as(user, scopes = SCOPES) {
  const { token } = await whop.accessTokens.create({ company_id: COMPANY_ID, user_id: user, scoped_actions: scopes });
  return new Whop({ apiKey: token, baseURL: `${sandbox.api}/api/v1` });
}

async function collect(pages) {
  const all = [];
  for await (const item of pages) all.push(item);
  return all;
}

test('a DM is opened once, named, listed and deleted', async () => {
  const [chen, yuki] = await Promise.all([as('user_chen'), as('user_yuki')]);
  const channel = await chen.dmChannels.create({ with_user_ids: ['user_yuki'], custom_name: 'Prints' });
  assert.equal(channel.name, 'Prints');
  assert.equal(channel.last_message_at, null);
  assert.ok(Number(channel.created_at) > 1.7e12, 'milliseconds as a string');
  assert.deepEqual(await yuki.dmChannels.create({ with_user_ids: ['chen'] }), channel);
  assert.deepEqual(await collect(yuki.dmChannels.list()), [channel]);
  assert.deepEqual(await yuki.dmChannels.retrieve(channel.id), channel);
  await assert.rejects(yuki.dmChannels.update(channel.id, { custom_name: 'Mine' }), Whop.PermissionDeniedError);
  const renamed = await chen.dmChannels.update(channel.id, { custom_name: 'Contact sheets' });
  assert.equal(renamed.name, 'Contact sheets');

  const message = await yuki.messages.create({ channel_id: channel.id, content: 'Look at **frame 12**' });
  assert.equal((await chen.messages.list({ channel_id: channel.id })).data[0].id, message.id);
  assert.equal((await chen.dmChannels.retrieve(channel.id)).last_message_at, message.created_at);
  const reaction = await chen.reactions.create({ resource_id: message.id, emoji: ':heart:' });
  assert.deepEqual(await collect(yuki.reactions.list({ resource_id: message.id })), [reaction]);

  assert.equal(await chen.dmChannels.delete(channel.id), true);
  await assert.rejects(chen.messages.retrieve(message.id), Whop.NotFoundError);
});

test('members are paged, added, changed and removed', async () => {
  const [chen, yuki] = await Promise.all([as('user_chen'), as('user_yuki')]);
  const channel = await chen.dmChannels.create({ with_user_ids: ['yuki', 'noor', 'sofia'] });
  const added = await chen.dmMembers.create({ channel_id: channel.id, user_id: 'user_tomasz' });
  assert.equal(added.notification_preference, 'all');
  const members = await collect(yuki.dmMembers.list({ channel_id: channel.id, first: 2 }));
  assert.deepEqual(
    members.map((member) => member.user_id),
    ['user_chen', 'user_yuki', 'user_noor', 'user_sofia', 'user_tomasz'],
  );
  const own = members.find((member) => member.user_id === 'user_yuki');
  const changed = await yuki.dmMembers.update(own.id, { notification_preference: 'none', status: 'archived' });
  assert.deepEqual([changed.notification_preference, changed.status], ['none', 'archived']);
  assert.deepEqual(await yuki.dmMembers.retrieve(own.id), changed);
  await assert.rejects(yuki.dmMembers.delete(added.id), Whop.PermissionDeniedError);
  assert.equal(await yuki.dmMembers.delete(own.id), true);
  await assert.rejects(yuki.dmMembers.list({ channel_id: channel.id }), Whop.NotFoundError);
});

test('fifty people and no more', async () => {
  const response = await fetch(`${sandbox.api}/_sandbox/people`, {
    method: 'POST',
    body: JSON.stringify({ count: 50 }),
  });
  const { ids } = await response.json();
  const chen = await as('user_chen');
  await assert.rejects(chen.dmChannels.create({ with_user_ids: ids }), Whop.UnprocessableEntityError);
  const channel = await chen.dmChannels.create({ with_user_ids: ids.slice(1) });
  assert.equal((await collect(chen.dmMembers.list({ channel_id: channel.id }))).length, 50);
});

test('outsiders and tokens without the scope are refused', async () => {
  const [olivia, narrow] = await Promise.all([as('user_olivia'), as('user_ada', ['chat:read', 'chat:message:create'])]);
  const channel_id = 'feed_ada_bob';
  await assert.rejects(olivia.messages.list({ channel_id }), Whop.NotFoundError);
  await assert.rejects(whop.dmChannels.retrieve(channel_id), Whop.NotFoundError);
  await assert.rejects(narrow.messages.list({ channel_id }), Whop.PermissionDeniedError);
  await assert.rejects(narrow.dmChannels.list(), Whop.PermissionDeniedError);
  await assert.rejects(narrow.supportChannels.list(), Whop.PermissionDeniedError);
});

test('a support chat is opened once, answered, filtered and paged', async () => {
  const [chen, marcus] = await Promise.all([as('user_chen'), as('user_marcus')]);
  const company_id = COMPANY_ID;
  const channel = await chen.supportChannels.create({ company_id, user_id: 'user_chen' });
  assert.deepEqual(channel.customer_user, { id: 'user_chen', name: '陈立 Chen Li', username: 'chen' });
  assert.deepEqual(await marcus.supportChannels.create({ company_id, user_id: 'chen' }), channel);
  await chen.messages.create({ channel_id: channel.id, content: 'Where is my film?' });
  const answer = await marcus.messages.create({ channel_id: channel.id, content: 'In the post' });
  assert.equal((await chen.supportChannels.retrieve(channel.id)).last_message_at, answer.created_at);
  const ids = async (query) => (await collect(marcus.supportChannels.list(query))).map(({ id }) => id);
  assert.deepEqual(await ids({ company_id, first: 1 }), [channel.id, 'feed_support_ada']);
  assert.deepEqual(await ids({ company_id, order: 'created_at', direction: 'asc' }), ['feed_support_ada', channel.id]);
  assert.deepEqual(await ids({ open: false }), []);
  assert.deepEqual(await ids({ view: 'customer' }), []);
  assert.deepEqual((await collect(chen.supportChannels.list())).length, 1);
});
