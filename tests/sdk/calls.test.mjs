// Every call that `@whop/sdk` has for a chat, with what it requires and with all that it takes: the cases of the SDK's own
// repository (tests/api-resources), which are skipped there for want of a server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Whop from '@whop/sdk';
import { API_KEY, APP_ID, COMPANY_ID, startSandbox } from '../support/servers.mjs';

const CHANNEL = 'chat_feed_quiet';
const SCOPES = [
  'chat:read', 'chat:message:create', 'dms:read', 'dms:message:manage', 'dms:channel:manage',
  'support_chat:read', 'support_chat:message:create', 'support_chat:create',
];
const page = { first: 42 };
let sandbox, app, ada, ids;

before(async () => {
  sandbox = await startSandbox({ messages: 50 });
  const baseURL = `${sandbox.api}/api/v1`;
  app = new Whop({ apiKey: API_KEY, baseURL, maxRetries: 0 });
  const { token } = await app.accessTokens.create({ company_id: COMPANY_ID, user_id: 'user_ada', scoped_actions: SCOPES });
  ada = new Whop({ apiKey: token, baseURL, maxRetries: 0 });
  const file = await app.files.create({ filename: 'first.txt' });
  await fetch(file.upload_url, { method: 'PUT', headers: file.upload_headers, body: 'something' });
  const poll = await app.messages.create({ channel_id: CHANNEL, content: 'a poll', poll: { options: [{ id: '1', text: 'yes' }, { id: '2', text: 'no' }] } });
  const group = await ada.dmChannels.create({ with_user_ids: ['user_bob', 'user_chen'] });
  ids = { file: file.id, poll: poll.id, group: group.id };
});
after(() => sandbox?.stop());

/** Something new that the call may change or delete. */
const message = async () => (await ada.messages.create({ channel_id: CHANNEL, content: 'new' })).id;
const notice = async () => (await app.messages.create({ channel_id: CHANNEL, content: 'by the app' })).id;
const reaction = async () => (await ada.reactions.create({ resource_id: await message(), emoji: ':heart:' })).id;
const group = async () => (await ada.dmChannels.create({ with_user_ids: ['user_bob', 'user_chen', 'user_agent'] })).id;
const member = async () => {
  const channel = await group();
  return (await ada.dmMembers.list({ channel_id: channel })).data.find(({ user_id: user }) => user === 'user_ada').id;
};
const hook = async () => (await app.webhooks.create({ url: 'http://127.0.0.1:9/hook', resource_id: COMPANY_ID })).id;

const support = async () => (await app.supportChannels.create({ company_id: COMPANY_ID, user_id: 'user_bob' })).id;

/** Each: its name, the call with the SDK's own options, and what makes the id of what it is about where that has to be new. */
const CALLS = [
  ['accessTokens.create', (options) => app.accessTokens.create({ company_id: COMPANY_ID, user_id: 'user_ada' }, options)],
  ['accessTokens.create, with all', (options) => app.accessTokens.create({
    company_id: COMPANY_ID, user_id: 'user_ada', scoped_actions: ['chat:read'], expires_at: new Date(Date.now() + 600_000).toISOString(),
  }, options)],
  ['chatChannels.list', (options) => app.chatChannels.list({ company_id: COMPANY_ID }, options)],
  ['chatChannels.list, with all', (options) => app.chatChannels.list({ company_id: COMPANY_ID, product_id: 'prod_membership', ...page }, options)],
  ['chatChannels.retrieve', (options) => app.chatChannels.retrieve(CHANNEL, options)],
  ['chatChannels.update', (options) => app.chatChannels.update(CHANNEL, {}, options)],
  ['chatChannels.update, with all', (options) => app.chatChannels.update(CHANNEL, {
    ban_media: false, ban_urls: false, banned_words: ['spoiler'], user_posts_cooldown_seconds: null, who_can_post: 'everyone', who_can_react: 'everyone',
  }, options)],
  ['companies.retrieve', (options) => app.companies.retrieve(COMPANY_ID, options)],
  ['companies.list', (options) => app.companies.list({}, options)],
  ['dmChannels.list', (options) => ada.dmChannels.list({}, options)],
  ['dmChannels.list, with all', (options) => ada.dmChannels.list({ company_id: COMPANY_ID, ...page }, options)],
  ['dmChannels.create', (options) => ada.dmChannels.create({ with_user_ids: ['user_bob'] }, options)],
  ['dmChannels.create, with all', (options) => ada.dmChannels.create({ with_user_ids: ['user_bob'], company_id: COMPANY_ID, custom_name: 'Two' }, options)],
  ['dmChannels.retrieve', (options) => ada.dmChannels.retrieve(ids.group, options)],
  ['dmChannels.update', (options) => ada.dmChannels.update(ids.group, {}, options)],
  ['dmChannels.update, with all', (options) => ada.dmChannels.update(ids.group, { custom_name: 'Three' }, options)],
  ['dmChannels.delete', (options, made) => ada.dmChannels.delete(made, options), group],
  ['dmMembers.list', (options) => ada.dmMembers.list({ channel_id: ids.group }, options)],
  ['dmMembers.list, with all', (options) => ada.dmMembers.list({ channel_id: ids.group, ...page }, options)],
  ['dmMembers.create', (options) => ada.dmMembers.create({ channel_id: ids.group, user_id: 'user_agent' }, options)],
  ['dmMembers.retrieve', (options, made) => ada.dmMembers.retrieve(made, options), member],
  ['dmMembers.update', (options, made) => ada.dmMembers.update(made, {}, options), member],
  ['dmMembers.update, with all', (options, made) => ada.dmMembers.update(made, { notification_preference: 'all', status: 'archived' }, options), member],
  ['dmMembers.delete', (options, made) => ada.dmMembers.delete(made, options), member],
  ['experiences.list', (options) => app.experiences.list({ company_id: COMPANY_ID }, options)],
  ['experiences.list, with all', (options) => app.experiences.list({
    company_id: COMPANY_ID, app_id: APP_ID, created_after: '2020-01-01T00:00:00Z', created_before: '2100-01-01T00:00:00Z', ...page,
  }, options)],
  ['experiences.retrieve', (options) => app.experiences.retrieve('exp_general', options)],
  ['files.create', (options) => app.files.create({ filename: 'notes.txt' }, options)],
  ['files.create, with all', (options) => app.files.create({ filename: 'notes.txt', visibility: 'public' }, options)],
  ['files.retrieve', (options) => app.files.retrieve(ids.file, options)],
  ['members.list', (options) => app.members.list({}, options)],
  ['members.list, with all', (options) => app.members.list({
    access_level: 'customer', company_id: COMPANY_ID, created_after: '2020-01-01T00:00:00Z', created_before: '2100-01-01T00:00:00Z', direction: 'asc',
    most_recent_actions: ['joined'], order: 'joined_at', plan_ids: ['plan_x'], product_ids: ['prod_members'], promo_code_ids: ['promo_x'],
    query: 'ada', statuses: ['joined'], user_ids: ['user_ada'], ...page,
  }, options)],
  ['members.retrieve', (options) => app.members.retrieve('mber_ada', options)],
  ['messages.list', (options) => ada.messages.list({ channel_id: CHANNEL }, options)],
  ['messages.list, with all', (options) => ada.messages.list({ channel_id: CHANNEL, direction: 'asc', ...page }, options)],
  ['messages.create', (options) => ada.messages.create({ channel_id: CHANNEL, content: 'hello' }, options)],
  ['messages.create, with all', (options) => app.messages.create({
    channel_id: CHANNEL, content: 'hello', attachments: [{ id: ids.file }], auto_detect_links: true,
    poll: { options: [{ id: '1', text: 'yes' }, { id: '2', text: 'no' }] }, replying_to_message_id: ids.poll,
  }, options)],
  ['messages.retrieve', (options) => ada.messages.retrieve(ids.poll, options)],
  ['messages.update', (options, made) => ada.messages.update(made, {}, options), message],
  ['messages.update, with all', (options, made) => app.messages.update(made, { attachments: [{ id: ids.file }], is_pinned: true }, options), notice],
  ['messages.delete', (options, made) => ada.messages.delete(made, options), message],
  ['notifications.create', (options) => app.notifications.create({ company_id: COMPANY_ID, title: 'News', content: 'of today' }, options)],
  ['notifications.create, with all', (options) => app.notifications.create({
    company_id: COMPANY_ID, title: 'News', content: 'of today', subtitle: 'short', icon_user_id: 'user_ada', rest_path: '/today', user_ids: ['user_bob'],
  }, options)],
  ['reactions.list', (options) => ada.reactions.list({ resource_id: ids.poll }, options)],
  ['reactions.list, with all', (options) => ada.reactions.list({ resource_id: ids.poll, ...page }, options)],
  ['reactions.create', (options) => ada.reactions.create({ resource_id: ids.poll, emoji: ':heart:' }, options)],
  ['reactions.create, of a vote', (options) => ada.reactions.create({ resource_id: ids.poll, poll_option_id: '1' }, options)],
  ['reactions.retrieve', (options, made) => ada.reactions.retrieve(made, options), reaction],
  ['reactions.delete', (options, made) => ada.reactions.delete(made, {}, options), reaction],
  ['supportChannels.list', (options) => app.supportChannels.list({ company_id: COMPANY_ID }, options)],
  ['supportChannels.list, with all', (options) => app.supportChannels.list({
    company_id: COMPANY_ID, direction: 'asc', open: true, order: 'created_at', view: 'all', ...page,
  }, options)],
  ['supportChannels.create', (options) => app.supportChannels.create({ company_id: COMPANY_ID, user_id: 'user_bob' }, options)],
  ['supportChannels.create, with all', (options) => app.supportChannels.create({ company_id: COMPANY_ID, user_id: 'user_chen', custom_name: 'Chen' }, options)],
  ['supportChannels.retrieve', (options, made) => app.supportChannels.retrieve(made, options), support],
  ['users.list', (options) => app.users.list({}, options)],
  ['users.list, with all', (options) => app.users.list({ query: 'a', ...page }, options)],
  ['users.retrieve', (options) => app.users.retrieve('user_ada', {}, options)],
  ['users.checkAccess', (options) => app.users.checkAccess('exp_general', { id: 'user_ada' }, options)],
  ['webhooks.list', (options) => app.webhooks.list({ company_id: COMPANY_ID }, options)],
  ['webhooks.list, with all', (options) => app.webhooks.list({ company_id: COMPANY_ID, ...page }, options)],
  ['webhooks.create', (options) => app.webhooks.create({ url: 'http://127.0.0.1:9/hook' }, options)],
  ['webhooks.create, with all', (options) => app.webhooks.create({
    url: 'http://127.0.0.1:9/hook', api_version: 'v1', child_resource_events: true, enabled: true, events: ['chat.message.created'], resource_id: COMPANY_ID,
  }, options)],
  ['webhooks.retrieve', (options, made) => app.webhooks.retrieve(made, options), hook],
  ['webhooks.update', (options, made) => app.webhooks.update(made, {}, options), hook],
  ['webhooks.update, with all', (options, made) => app.webhooks.update(made, {
    api_version: 'v1', child_resource_events: true, enabled: true, events: ['chat.message.created'], url: 'http://127.0.0.1:9/other',
  }, options), hook],
  ['webhooks.delete', (options, made) => app.webhooks.delete(made, options), hook],
];

for (const [name, call, make] of CALLS) {
  test(`${name}: answers`, async () => {
    const promise = call({}, await make?.());
    const raw = await promise.asResponse();
    assert.ok(raw instanceof Response && raw.ok);
    assert.match(raw.headers.get('content-type'), /^application\/json/);
    const data = await promise;
    assert.ok(data !== undefined && !(data instanceof Response));
    const both = await promise.withResponse();
    assert.equal(both.data, data);
    assert.equal(both.response, raw);
  });

  test(`${name}: options reach the request`, async () => {
    // An unknown path makes an error that shows it.
    await assert.rejects(call({ path: '/_stainless_unknown_path' }, await make?.()), Whop.NotFoundError);
  });
}

test('every call that the SDK has for these resources is among them', () => {
  const named = new Set(CALLS.map(([name]) => name.split(',')[0]));
  // What an app's chat has no business with.
  const others = new Set([
    'companies.create', 'companies.update', 'companies.createAPIKey', 'experiences.create', 'experiences.update', 'experiences.delete',
    'experiences.attach', 'experiences.detach', 'experiences.duplicate', 'users.update', 'users.updateMe', 'users.recommendActions',
    'files.upload', 'webhooks.unwrap',
  ]);
  for (const resource of [...named].map((name) => name.split('.')[0])) {
    for (const method of Object.getOwnPropertyNames(Object.getPrototypeOf(app[resource]))) {
      const name = `${resource}.${method}`;
      assert.ok(method === 'constructor' || named.has(name) || others.has(name), `${name} has no case`);
    }
  }
});
