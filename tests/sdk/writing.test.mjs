// `@whop/sdk`, unmodified, writes to the sandbox: posts, edits, reacts, votes, removes, changes settings.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Whop from '@whop/sdk';
import { API_KEY, COMPANY_ID, startSandbox } from '../support/servers.mjs';

const CHANNEL = 'exp_quiet';
let sandbox;
let whop;

before(async () => {
  sandbox = await startSandbox({ messages: 50 });
  whop = new Whop({ apiKey: API_KEY, baseURL: `${sandbox.api}/api/v1` });
});
after(() => sandbox?.stop());

/** A client that acts as that user. */
async function as(user, scopes) {
  const { token } = await whop.accessTokens.create({
    company_id: COMPANY_ID,
    user_id: user,
    scoped_actions: scopes ?? ['chat:read', 'chat:message:create'],
  });
  return new Whop({ apiKey: token, baseURL: `${sandbox.api}/api/v1` });
}

test('a message is created, found, edited and deleted', async () => {
  const ada = await as('user_ada');
  const content = 'Hello **all** 👋 \u202eolleh\n\n```js\n1 < 2 && "x"\n```';
  const created = await ada.messages.create({ channel_id: CHANNEL, content });
  assert.equal(created.content, content);
  assert.equal(created.user.id, 'user_ada');
  assert.equal(created.message_type, 'regular');
  assert.equal(created.is_edited, false);
  assert.deepEqual(await ada.messages.retrieve(created.id), created);
  const { data } = await ada.messages.list({ channel_id: CHANNEL, first: 1 });
  assert.deepEqual(data, [created]);

  const edited = await ada.messages.update(created.id, { content: 'Hello' });
  assert.equal(edited.content, 'Hello');
  assert.equal(edited.is_edited, true);
  assert.equal(edited.created_at, created.created_at);
  assert.ok(Date.parse(edited.updated_at) >= Date.parse(created.updated_at));

  assert.equal(await ada.messages.delete(created.id), true);
  await assert.rejects(ada.messages.retrieve(created.id), Whop.NotFoundError);
  assert.ok(!(await ada.messages.list({ channel_id: CHANNEL })).data.some((message) => message.id === created.id));
});

test('the API key posts as the app', async () => {
  const created = await whop.messages.create({ channel_id: 'chat_feed_quiet', content: 'from the app' });
  assert.equal(created.user.id, 'user_agent');
});

test('a reply names what it answers, and only what is in the channel', async () => {
  const ada = await as('user_ada');
  const question = await ada.messages.create({ channel_id: CHANNEL, content: 'Which film?' });
  const answer = await whop.messages.create({
    channel_id: CHANNEL,
    content: 'That one',
    replying_to_message_id: question.id,
  });
  assert.equal(answer.replying_to_message_id, question.id);
  const elsewhere = { channel_id: 'exp_lounge', content: 'lost', replying_to_message_id: question.id };
  await assert.rejects(ada.messages.create(elsewhere), Whop.BadRequestError);
});

test('mentions are found in the text; everyone only by admins', async () => {
  const content = '@bob and @everyone';
  const byAda = await (await as('user_ada')).messages.create({ channel_id: CHANNEL, content });
  assert.deepEqual(byAda.mentions, ['user_bob']);
  assert.equal(byAda.mentions_everyone, false);
  const byOlivia = await (await as('user_olivia')).messages.create({ channel_id: CHANNEL, content });
  assert.equal(byOlivia.mentions_everyone, true);
});

test('reactions are made once, counted and taken back', async () => {
  const [ada, bob] = await Promise.all([as('user_ada'), as('user_bob')]);
  const message = await ada.messages.create({ channel_id: CHANNEL, content: 'React!' });
  const counts = async () => (await ada.messages.retrieve(message.id)).reaction_counts;

  const heart = await ada.reactions.create({ resource_id: message.id, emoji: ':heart:' });
  assert.equal(heart.emoji, ':heart:');
  assert.equal(heart.resource_id, message.id);
  assert.equal(heart.user.id, 'user_ada');
  assert.deepEqual(await ada.reactions.create({ resource_id: message.id, emoji: ':heart:' }), heart);
  await bob.reactions.create({ resource_id: message.id, emoji: ':heart:' });
  await bob.reactions.create({ resource_id: message.id, emoji: '👏🏽' });
  assert.deepEqual(await counts(), [
    { emoji: ':heart:', count: 2 },
    { emoji: '👏🏽', count: 1 },
  ]);
  const after = await ada.messages.retrieve(message.id);
  assert.equal(after.is_edited, false, 'T9: a reaction is no edit');

  assert.equal(await ada.reactions.delete(heart.id), true);
  assert.equal(await bob.reactions.delete(message.id, { emoji: '👏🏽' }), true);
  assert.deepEqual(await counts(), [{ emoji: ':heart:', count: 1 }]);
  await assert.rejects(ada.reactions.delete(heart.id), Whop.NotFoundError);
});

test('one does not take back the reactions of others', async () => {
  const [ada, bob] = await Promise.all([as('user_ada'), as('user_bob')]);
  const message = await ada.messages.create({ channel_id: CHANNEL, content: 'Mine' });
  const reaction = await bob.reactions.create({ resource_id: message.id, emoji: '🔥' });
  await assert.rejects(ada.reactions.delete(reaction.id), Whop.PermissionDeniedError);
});

test('a poll is made, voted in, and the vote moves', async () => {
  const [ada, bob] = await Promise.all([as('user_ada'), as('user_bob')]);
  const options = [
    { id: '1', text: 'Yes' },
    { id: '2', text: 'No' },
  ];
  const poll = await ada.messages.create({ channel_id: CHANNEL, content: 'Shall we?', poll: { options } });
  assert.deepEqual(poll.poll.options, options);
  const votes = async () => (await ada.messages.retrieve(poll.id)).poll_votes;

  await ada.reactions.create({ resource_id: poll.id, poll_option_id: '1' });
  await bob.reactions.create({ resource_id: poll.id, poll_option_id: '1' });
  assert.deepEqual(await votes(), [{ option_id: '1', count: 2 }]);
  const moved = await bob.reactions.create({ resource_id: poll.id, poll_option_id: '2' });
  assert.equal(moved.emoji, null);
  assert.deepEqual(await votes(), [
    { option_id: '1', count: 1 },
    { option_id: '2', count: 1 },
  ]);
  await bob.reactions.delete(moved.id);
  assert.deepEqual(await votes(), [{ option_id: '1', count: 1 }]);
  await assert.rejects(bob.reactions.create({ resource_id: poll.id, poll_option_id: '3' }), Whop.BadRequestError);
  await assert.rejects(
    ada.messages.create({ channel_id: CHANNEL, content: '?', poll: { options: options.slice(0, 1) } }),
    Whop.BadRequestError,
  );
});

test('admins pin and delete, members only what is theirs', async () => {
  const ada = await as('user_ada');
  const marcus = await as('user_marcus', ['chat:read', 'chat:message:create', 'chat:moderate']);
  const message = await ada.messages.create({ channel_id: CHANNEL, content: 'Important' });
  await assert.rejects(ada.messages.update(message.id, { is_pinned: true }), Whop.PermissionDeniedError);
  const pinned = await marcus.messages.update(message.id, { is_pinned: true });
  assert.equal(pinned.is_pinned, true);
  assert.equal(pinned.is_edited, false);
  await assert.rejects(marcus.messages.update(message.id, { content: 'Forged' }), Whop.PermissionDeniedError);
  const bob = await as('user_bob');
  await assert.rejects(bob.messages.delete(message.id), Whop.PermissionDeniedError);
  assert.equal(await marcus.messages.delete(message.id), true);
});

test("a channel's settings are changed and enforced", async () => {
  const channel = 'exp_lounge';
  const [ada, bob] = await Promise.all([as('user_ada'), as('user_bob')]);
  const settings = {
    ban_urls: true,
    ban_media: true,
    banned_words: ['darn'],
    user_posts_cooldown_seconds: 3600,
    who_can_react: 'no_one',
  };
  const updated = await whop.chatChannels.update(channel, settings);
  const { id, experience, who_can_post, ...changed } = updated;
  assert.deepEqual(changed, settings);
  assert.equal(id, 'chat_feed_lounge');
  assert.deepEqual((await ada.chatChannels.retrieve(channel)).banned_words, [], 'D1: members are not told');

  for (const content of ['see https://example.com', 'well DARN!']) {
    await assert.rejects(ada.messages.create({ channel_id: channel, content }), Whop.UnprocessableEntityError);
  }
  const first = await ada.messages.create({ channel_id: channel, content: 'fine' });
  await assert.rejects(ada.messages.create({ channel_id: channel, content: 'too soon' }), (error) => {
    assert.ok(error instanceof Whop.APIError);
    assert.ok(Number(error.headers.get('retry-after')) > 3_000);
    return true;
  });
  await assert.rejects(
    bob.reactions.create({ resource_id: first.id, emoji: '👍' }),
    Whop.PermissionDeniedError,
  );
  await assert.rejects(ada.chatChannels.update(channel, { ban_urls: false }), Whop.PermissionDeniedError);
  await assert.rejects(whop.chatChannels.update(channel, { who_can_post: 'robots' }), Whop.BadRequestError);
});

test('every spelling of who may post is understood, and the SDK reads its own', async () => {
  for (const [sent, read] of [
    ['admins', 'admins'],
    ['ADMINS', 'admins'],
    ['admins_only', 'admins'],
    ['EVERYONE', 'everyone'],
    ['everyone', 'everyone'],
  ]) {
    const updated = await whop.chatChannels.update('exp_announcements', { who_can_post: sent });
    assert.equal(updated.who_can_post, read, sent);
  }
});

test('only admins post where only admins may', async () => {
  await whop.chatChannels.update('exp_announcements', { who_can_post: 'admins' });
  const message = { channel_id: 'exp_announcements', content: 'News' };
  await assert.rejects((await as('user_ada')).messages.create(message), Whop.PermissionDeniedError);
  const posted = await (await as('user_olivia')).messages.create(message);
  assert.equal(posted.user.id, 'user_olivia');
});
