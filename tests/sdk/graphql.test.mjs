// The GraphQL SDK of `@whop/api`, unmodified: on a server and in a page of the app.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WhopClientSdk, WhopServerSdk } from '@whop/api';
import { enterApp } from '../support/identity.mjs';
import { API_KEY, APP_ID, COMPANY_ID, startSandbox } from '../support/servers.mjs';

let sandbox;
let server;
before(async () => {
  sandbox = await startSandbox({ messages: 10, args: ['--graphql-rate-limit=off'] });
  server = as('user_ada');
});
after(() => sandbox?.stop());

function as(onBehalfOfUserId, options = {}) {
  return WhopServerSdk({
    appApiKey: API_KEY, appId: APP_ID, apiOrigin: sandbox.api, companyId: COMPANY_ID, onBehalfOfUserId, ...options,
  });
}

test('who one is, and who others are', async () => {
  const { user } = await server.users.getCurrentUser();
  assert.deepEqual([user.id, user.username, user.name], ['user_ada', 'ada', 'Ada Kowalska']);
  assert.equal(typeof user.createdAt, 'number');
  assert.deepEqual(user.ledgerAccount.balanceCaches.nodes, []);
  const bob = await server.users.getUser({ userId: 'user_bob' });
  assert.deepEqual([bob.id, bob.username, bob.profilePicture], ['user_bob', 'bob', null]);
  const app = await as(undefined).users.getCurrentUser();
  assert.equal(app.user.id, 'user_agent');
});

test('what somebody may see', async () => {
  const check = (userId) => server.access.checkIfUserHasAccessToExperience({ experienceId: 'exp_quiet', userId });
  assert.deepEqual(await check('user_ada'), { hasAccess: true, accessLevel: 'customer' });
  assert.deepEqual(await check('user_olivia'), { hasAccess: true, accessLevel: 'admin' });
  assert.deepEqual(await check('user_stranger'), { hasAccess: false, accessLevel: 'no_access' });
  assert.deepEqual(await check(undefined), { hasAccess: true, accessLevel: 'customer' });
  const company = await server.access.checkIfUserHasAccessToCompany({ companyId: COMPANY_ID });
  assert.equal(company.hasAccess, true);
  const product = await server.access.checkIfUserHasAccessToAccessPass({ accessPassId: 'prod_members' });
  assert.equal(product.hasAccess, true);
});

test('a chat: found or created, written to and read', async () => {
  const olivia = as('user_olivia');
  const input = { name: 'By GraphQL', accessPassId: 'prod_members' };
  const chat = await olivia.messages.findOrCreateChat(input);
  assert.match(chat.id, /^exp_/);
  assert.deepEqual(await olivia.messages.findOrCreateChat(input), chat);
  const id = await server.messages.sendMessageToChat({ experienceId: chat.id, message: 'hello **there**' });
  const { posts } = await server.messages.listMessagesFromChat({ chatExperienceId: chat.id });
  assert.equal(posts.length, 1);
  const [post] = posts;
  assert.deepEqual([post.id, post.content, post.messageType, post.user.username], [id, 'hello **there**', 'regular', 'ada']);
  assert.match(post.createdAt, /^\d{13}$/);
  assert.equal(post.isDeleted, false);
});

test('a forum: found or created, written to and read', async () => {
  const forum = await as('user_olivia').forums.findOrCreateForum({ name: 'Show your work' });
  const input = { forumExperienceId: forum.id, title: 'Fog', content: 'Polders, f/8, a tripod.' };
  const post = await server.forums.createForumPost(input);
  assert.deepEqual([post.content, post.parentId, post.user.id], [input.content, null, 'user_ada']);
  const answer = await as('user_bob').forums.createForumPost({
    forumExperienceId: forum.id, content: 'Which film?', parentId: post.id,
  });
  const { posts } = await server.forums.listForumPostsFromForum({ experienceId: forum.id });
  assert.deepEqual(posts.map(({ id }) => id), [answer.id, post.id]);
});

test('direct messages', async () => {
  const id = await server.messages.sendDirectMessageToUser({ toUserIdOrUsername: 'user_chen', message: 'psst' });
  assert.match(id, /^msg_/);
  const mine = await server.messages.listDirectMessageConversations({ limit: 5 });
  assert.equal(mine[0].lastMessage.content, 'psst');
  assert.deepEqual(mine[0].feedMembers.map((member) => member.username).sort(), ['ada', 'chen']);
  assert.equal(mine[0].isUnread, false);
  const theirs = await as('user_chen').messages.listDirectMessageConversations({ query: 'ada' });
  assert.deepEqual([theirs[0].id, theirs[0].isUnread], [mine[0].id, true]);
  const others = await as('user_tomasz').messages.listDirectMessageConversations({});
  assert.ok(others.every((channel) => channel.id !== mine[0].id));
});

test('refusals are errors with a sentence', async () => {
  const refused = (pattern) => (error) => {
    assert.match(error.message, pattern);
    return true;
  };
  const send = (user, experienceId) => as(user).messages.sendMessageToChat({ experienceId, message: 'x' });
  await assert.rejects(send('user_stranger', 'exp_quiet'), refused(/no access to this channel/));
  await assert.rejects(send('user_ada', 'exp_nowhere'), refused(/No channel/));
  await assert.rejects(send('user_ada', 'exp_announcements'), refused(/only admins can/));
  await assert.rejects(as('user_stranger').users.getUser({ userId: 'user_nobody' }), refused(/No user/));
  await assert.rejects(as('user_ada', { appApiKey: 'wrong' }).users.getCurrentUser(), refused(/not valid/));
  await assert.rejects(as('user_ada', { companyId: 'biz_other' }).users.getCurrentUser(), refused(/No company/));
  await assert.rejects(server.courses.getCourse({ courseId: 'x' }), refused(/no document for the operation/));
});

test('in a page of the app: as its visitor', async () => {
  const { cookie } = await enterApp(sandbox, 'user_noor', 'exp_quiet');
  const plain = globalThis.fetch;
  // What a browser adds to a request of its own page.
  globalThis.fetch = (address, options) => {
    const headers = new Headers(options.headers);
    headers.set('cookie', cookie);
    headers.set('origin', sandbox.app);
    return plain(address, { ...options, headers });
  };
  try {
    const client = WhopClientSdk({ apiOrigin: sandbox.app });
    assert.equal((await client.users.getCurrentUser()).user.id, 'user_noor');
    const { posts } = await client.messages.listMessagesFromChat({ chatExperienceId: 'exp_lounge' });
    assert.equal(posts.at(-1).content, 'Is the kettle on?');
  } finally {
    globalThis.fetch = plain;
  }
});
