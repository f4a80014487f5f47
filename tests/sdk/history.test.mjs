// `@whop/sdk`, unmodified, reads the sandbox: messages in both directions, channels, users, access.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Whop from '@whop/sdk';
import { API_KEY, COMPANY_ID, startSandbox } from '../support/servers.mjs';

let sandbox;
let whop;

before(async () => {
  sandbox = await startSandbox();
  whop = new Whop({ apiKey: API_KEY, baseURL: `${sandbox.api}/api/v1` });
});
after(() => sandbox?.stop());

async function all(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

test('auto-pagination meets each of the 5,000 messages once, newest first', async () => {
  const messages = await all(whop.messages.list({ channel_id: 'chat_feed_general', direction: 'desc', first: 100 }));
  assert.equal(messages.length, 5_000);
  assert.equal(new Set(messages.map((message) => message.id)).size, 5_000);
  const times = messages.map((message) => Date.parse(message.created_at));
  assert.ok(times.every((time, at) => at === 0 || time < times[at - 1]), 'strictly falling');
});

test('auto-pagination meets the same messages oldest first', async () => {
  const rising = await all(whop.messages.list({ channel_id: 'exp_general', direction: 'asc', first: 97 }));
  const falling = await all(whop.messages.list({ channel_id: 'exp_general', direction: 'desc', first: 100 }));
  assert.deepEqual(
    rising.map((message) => message.id),
    falling.map((message) => message.id).reverse(),
  );
});

test('newest first is what comes without a direction, in pages of some size', async () => {
  const page = await whop.messages.list({ channel_id: 'chat_feed_general' });
  const newest = await whop.messages.list({ channel_id: 'chat_feed_general', direction: 'desc', first: 1 });
  assert.equal(page.data[0].id, newest.data[0].id);
  assert.ok(page.data.length > 1 && page.data.length <= 100);
});

test('cursors go forth and back without a hole or a double', async () => {
  const query = { channel_id: 'chat_feed_general', direction: 'desc' };
  const first = await whop.messages.list({ ...query, first: 10 });
  assert.equal(first.page_info.has_next_page, true);
  assert.equal(first.page_info.has_previous_page, false);
  const second = await first.getNextPage();
  assert.equal(second.page_info.has_previous_page, true);
  const back = await whop.messages.list({ ...query, last: 10, before: second.page_info.start_cursor });
  assert.deepEqual(
    back.data.map((message) => message.id),
    first.data.map((message) => message.id),
  );
  const both = await whop.messages.list({ ...query, first: 20 });
  assert.deepEqual(
    both.data.map((message) => message.id),
    [...first.data, ...second.data].map((message) => message.id),
  );
});

test('the last page has no next one', async () => {
  const page = await whop.messages.list({ channel_id: 'chat_feed_lounge', direction: 'asc', first: 100 });
  assert.equal(page.data.length, 5);
  assert.equal(page.page_info.has_next_page, false);
  assert.equal(page.page_info.has_previous_page, false);
});

test('an empty channel is an empty page', async () => {
  const page = await whop.messages.list({ channel_id: 'exp_quiet' });
  assert.deepEqual(page.data, []);
  assert.equal(page.hasNextPage(), false);
});

test('every message has every field that the SDK promises, of the type that it promises', async () => {
  const one = (value, ...kinds) => kinds.some((kind) => (kind === null ? value === null : typeof value === kind));
  for (const message of await all(whop.messages.list({ channel_id: 'chat_feed_general', first: 100 }))) {
    assert.ok(one(message.id, 'string') && message.id.length > 0);
    assert.ok(one(message.content, 'string', null));
    assert.ok(!Number.isNaN(Date.parse(message.created_at)) && !Number.isNaN(Date.parse(message.updated_at)));
    assert.ok(Date.parse(message.updated_at) >= Date.parse(message.created_at), message.id);
    assert.ok(one(message.is_edited, 'boolean') && one(message.is_pinned, 'boolean'));
    assert.ok(one(message.mentions_everyone, 'boolean') && Array.isArray(message.mentions));
    assert.ok(['regular', 'system', 'automated'].includes(message.message_type), message.message_type);
    assert.ok(message.poll === null || message.poll.options.every((option) => option.id && option.text));
    assert.ok(message.poll_votes.every((vote) => one(vote.option_id, 'string', null) && vote.count > 0));
    assert.ok(message.reaction_counts.every((count) => one(count.emoji, 'string', null) && count.count > 0));
    assert.ok(one(message.replying_to_message_id, 'string', null));
    assert.ok(one(message.user.id, 'string') && one(message.user.username, 'string') && 'name' in message.user);
    assert.ok(one(message.view_count, 'number', null));
  }
});

test('a message is retrieved as it is listed', async () => {
  const { data } = await whop.messages.list({ channel_id: 'chat_feed_general', first: 30 });
  for (const listed of data) {
    assert.deepEqual(await whop.messages.retrieve(listed.id), listed);
  }
});

test('replies name messages that are there', async () => {
  const messages = await all(whop.messages.list({ channel_id: 'chat_feed_general', first: 100 }));
  const ids = new Set(messages.map((message) => message.id));
  const replies = messages.filter((message) => message.replying_to_message_id);
  assert.ok(replies.length > 400);
  assert.ok(replies.every((reply) => ids.has(reply.replying_to_message_id)));
});

test('tallies are the sum of the reactions that are listed', async () => {
  const messages = await all(whop.messages.list({ channel_id: 'chat_feed_general', first: 100 }));
  const some = messages.filter((message) => message.reaction_counts.length > 1).slice(0, 5);
  const polls = messages.filter((message) => message.poll_votes.length > 0).slice(0, 5);
  assert.ok(some.length === 5 && polls.length === 5);
  for (const message of [...some, ...polls]) {
    const reactions = await all(whop.reactions.list({ resource_id: message.id }));
    assert.ok(reactions.every((reaction) => reaction.resource_id === message.id && reaction.user.id));
    const expected =
      message.reaction_counts.reduce((sum, count) => sum + count.count, 0) +
      message.poll_votes.reduce((sum, vote) => sum + vote.count, 0);
    assert.equal(reactions.length, expected);
    const [first] = reactions;
    assert.deepEqual(await whop.reactions.retrieve(first.id), first);
  }
});

test('attachments have addresses that answer with pictures', async () => {
  const messages = await all(whop.messages.list({ channel_id: 'chat_feed_general', first: 100 }));
  const files = messages.flatMap((message) => message.attachments ?? []);
  const ofType = new Map(files.map((file) => [file.content_type, file]));
  assert.ok(ofType.size >= 6, [...ofType.keys()].join());
  for (const [type, file] of ofType) {
    if (!type.startsWith('image/')) continue;
    const answer = await fetch(file.url);
    assert.equal(answer.status, 200, file.url);
    assert.ok(answer.headers.get('content-type').startsWith('image/'), type);
    assert.ok((await answer.arrayBuffer()).byteLength > 0);
  }
});

test('channels are listed and retrieved, by their own id and by their experience', async () => {
  const channels = await all(whop.chatChannels.list({ company_id: COMPANY_ID }));
  assert.deepEqual(channels.map((channel) => channel.id).sort(), [
    'chat_feed_announcements',
    'chat_feed_general',
    'chat_feed_lounge',
    'chat_feed_quiet',
  ]);
  for (const channel of channels) {
    assert.deepEqual(await whop.chatChannels.retrieve(channel.id), channel);
    assert.deepEqual(await whop.chatChannels.retrieve(channel.experience.id), channel);
  }
  const announcements = channels.find((channel) => channel.id === 'chat_feed_announcements');
  assert.equal(announcements.who_can_post, 'admins');
  assert.equal((await whop.chatChannels.list({ company_id: COMPANY_ID, product_id: 'prod_members' })).data.length, 4);
});

test('channels page too', async () => {
  const channels = await all(whop.chatChannels.list({ company_id: COMPANY_ID, first: 1 }));
  assert.equal(new Set(channels.map((channel) => channel.id)).size, 4);
});

test('users are found by id, by username and by name', async () => {
  const ada = await whop.users.retrieve('user_ada');
  assert.equal(ada.username, 'ada');
  assert.deepEqual(await whop.users.retrieve('ada'), ada);
  const found = await all(whop.users.list({ query: 'kowalska' }));
  assert.deepEqual(
    found.map((user) => user.id),
    ['user_ada'],
  );
  assert.equal((await all(whop.users.list({ first: 5 }))).length, 12);
});

test('access is checked against company, product and experience', async () => {
  for (const resource of [COMPANY_ID, 'prod_members', 'exp_general']) {
    const check = async (id) => {
      const { has_access, access_level } = await whop.users.checkAccess(resource, { id });
      return [has_access, access_level];
    };
    assert.deepEqual(await check('user_olivia'), [true, 'admin']);
    assert.deepEqual(await check('user_marcus'), [true, 'admin']);
    assert.deepEqual(await check('user_ada'), [true, 'customer']);
    assert.deepEqual(await check('user_stranger'), [false, 'no_access']);
  }
});

test('experiences are retrieved', async () => {
  const experience = await whop.experiences.retrieve('exp_general');
  assert.equal(experience.id, 'exp_general');
  assert.equal(experience.company.id, COMPANY_ID);
});
