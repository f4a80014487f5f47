// Webhooks of the sandbox, received with what Whop publishes for it: `@whop/sdk` (over `standardwebhooks`) and, for the old
// form, `@whop/api`. Files and notifications, which the same clients send.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { makeWebhookValidator } from '@whop/api';
import Whop from '@whop/sdk';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { API_KEY, COMPANY_ID, startSandbox } from '../support/servers.mjs';
import { until } from '../support/until.mjs';

let sandbox;
let whop;
let receiver;
const heard = [];

before(async () => {
  sandbox = await startSandbox({ messages: 20 });
  whop = new Whop({ apiKey: API_KEY, baseURL: `${sandbox.api}/api/v1` });
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ headers: request.headers, body, path: request.url });
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
after(async () => {
  await sandbox?.stop();
  receiver?.close();
});

const at = (path) => `http://127.0.0.1:${receiver.address().port}${path}`;
const came = (path, count) => until(() => {
  const events = heard.filter((event) => event.path === path);
  return events.length >= count && events;
}, `${count} events at ${path}`);

// Whop's key is the secret's own letters; `standardwebhooks` wants its key in base64.
test('events are unwrapped by the SDK, and by nobody who has another secret', async () => {
  const webhook = await whop.webhooks.create({
    url: at('/current'),
    events: ['chat.message.created', 'chat.reaction.created'],
  });
  assert.equal(webhook.api_version, 'v1');
  const message = await whop.messages.create({ channel_id: 'exp_quiet', content: 'Hello *hooks* 👋' });
  await whop.reactions.create({ resource_id: message.id, emoji: ':heart:' });
  const events = (await came('/current', 2)).map(({ body, headers }) =>
    whop.webhooks.unwrap(body, { headers, key: btoa(webhook.webhook_secret) }),
  );
  events.sort((one, other) => one.type.localeCompare(other.type));
  assert.equal(events[0].type, 'chat.message.created');
  assert.deepEqual(events[0].data.message, message);
  assert.deepEqual(events[0].data.channel, { id: 'chat_feed_quiet', type: 'chat', experience_id: 'exp_quiet' });
  assert.equal(events[0].company_id, COMPANY_ID);
  assert.equal(events[1].data.reaction.emoji, ':heart:');
  const [{ body, headers }] = heard;
  assert.throws(() => whop.webhooks.unwrap(body, { headers, key: btoa('ws_of_somebody_else') }));
  assert.throws(() => whop.webhooks.unwrap(`${body} `, { headers, key: btoa(webhook.webhook_secret) }));
  await whop.webhooks.update(webhook.id, { enabled: false });
  assert.equal((await whop.webhooks.retrieve(webhook.id)).enabled, false);
  const listed = [];
  for await (const own of whop.webhooks.list({ company_id: COMPANY_ID })) listed.push(own.id);
  assert.deepEqual(listed, [webhook.id]);
  assert.equal(await whop.webhooks.delete(webhook.id), true);
});

test('`standardwebhooks` takes what is signed now, and nothing else', async () => {
  const { id, webhook_secret } = await whop.webhooks.create({ url: at('/standard'), events: ['chat.message.created'] });
  await whop.messages.create({ channel_id: 'exp_quiet', content: 'by the standard' });
  const [{ body, headers }] = await came('/standard', 1);
  const verifier = new Webhook(btoa(webhook_secret));
  assert.equal(verifier.verify(body, headers).data.message.content, 'by the standard');
  for (const change of [
    { 'webhook-id': 'msg_other' }, { 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
    { 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v2,') }, { 'webhook-signature': undefined },
  ]) assert.throws(() => verifier.verify(body, { ...headers, ...change }), WebhookVerificationError);
  assert.throws(() => verifier.verify(body.replace('standard', 'Standard'), headers), WebhookVerificationError);
  assert.throws(() => new Webhook(btoa(`${webhook_secret}x`)).verify(body, headers), WebhookVerificationError);
  // Whop's clock is six minutes behind: signed well, and too long ago.
  await sandbox.control('faults', { kind: 'clock_skew', milliseconds: -360_000, seconds: 60 });
  await whop.messages.create({ channel_id: 'exp_quiet', content: 'of yesterday' });
  const [, old] = await came('/standard', 2);
  assert.throws(() => verifier.verify(old.body, old.headers), /too old/);
  await fetch(`${sandbox.api}/_sandbox/faults`, { method: 'DELETE' });
  await whop.webhooks.delete(id);
});

test('the old form passes the old validator', async () => {
  const { id, webhook_secret } = await whop.webhooks.create({ url: at('/old'), api_version: 'v5' });
  await whop.messages.create({ channel_id: 'exp_quiet', content: 'as it was' });
  const [{ body, headers }] = await came('/old', 1);
  const request = () => new Request('http://localhost/', { method: 'POST', body, headers: { ...headers } });
  const event = await makeWebhookValidator({ webhookSecret: webhook_secret })(request());
  assert.equal(event.action, 'chat.message.created');
  assert.equal(event.data.message.content, 'as it was');
  await assert.rejects(makeWebhookValidator({ webhookSecret: 'other' })(request()));
  await whop.webhooks.delete(id);
});

test('a file is uploaded, attached and read', async () => {
  const bytes = Buffer.from('R0lGODlhAgADAIAAAAAAAP///ywAAAAAAgADAAACA0QCBTs=', 'base64');
  const file = await whop.files.upload(new File([bytes], 'tiny.gif', { type: 'image/gif' }));
  assert.deepEqual([file.upload_status, file.content_type, file.size], ['ready', 'image/gif', String(bytes.length)]);
  const message = await whop.messages.create({ channel_id: 'exp_quiet', content: '', attachments: [{ id: file.id }] });
  assert.equal(message.attachments[0].url, file.url);
  const read = await fetch(file.url);
  assert.equal(read.headers.get('content-type'), 'image/gif');
  assert.deepEqual(Buffer.from(await read.arrayBuffer()), bytes);
  const broken = new File(['no picture'], 'broken.png', { type: 'image/png' });
  await assert.rejects(whop.files.upload(broken), /processing failed/);
});

test('a notification is recorded, the company and users are found', async () => {
  const sent = await whop.notifications.create({ experience_id: 'exp_quiet', title: 'Critique', content: 'Tonight at 19:00' });
  assert.deepEqual(sent, { success: true });
  const log = await (await fetch(`${sandbox.api}/_sandbox/notifications`)).json();
  assert.equal(log.data.length, 1);
  assert.ok(log.data[0].recipients.includes('user_ada'));
  assert.equal((await whop.companies.retrieve(COMPANY_ID)).title, 'Northlight Studio');
  const found = [];
  for await (const user of whop.users.list({ query: 'kow' })) found.push(user.id);
  assert.deepEqual(found, ['user_ada']);
});
