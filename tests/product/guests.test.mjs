// Whom the creator's backend doesn't know: they read what the operator has opened, and are asked to sign in elsewhere.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';

const PUBLIC = 'chat_feed_quiet';
let servers;
let browser;

before(async () => {
  servers = await startServers({ messages: 200, env: { WHOP_CHAT_PUBLIC_CHANNELS: PUBLIC } });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** The creator's page for somebody who is not signed in. */
async function unknown(channel) {
  const visitor = await onCreatorSite(browser, servers, { user: 'user_ada', channel });
  await visitor.page.route(/\/chat-token/, (route) => route.fulfill({ status: 401, body: '' }));
  await visitor.page.evaluate(() => {
    const element = document.querySelector('[data-whop-chat-channel-id]');
    const other = element.cloneNode();
    other.removeAttribute('data-whop-chat-assertion');
    element.replaceWith(other);
  });
  return visitor;
}

test('a guest reads what is open to all, live too, and can do nothing else', async () => {
  const guest = await unknown(PUBLIC);
  await guest.chat.place.getByText('Sign in to post.', { exact: true }).waitFor();
  const member = await onCreatorSite(browser, servers, { user: 'user_bob', channel: PUBLIC });
  await member.chat.composer.waitFor();
  await member.chat.say('hello, whoever you are');
  await guest.chat.message('hello, whoever you are').waitFor();
  assert.equal(await guest.chat.composer.count(), 0);
  assert.equal(await guest.chat.log.getByRole('button', { name: 'Reply' }).count(), 0);
  // Nobody is told of a guest: the member's widget names nobody beside itself.
  assert.equal(await member.page.getByText('guest_').count(), 0);
  assert.deepEqual([guest.problems, member.problems], [[], []]);
  await guest.context.close();
  await member.context.close();
});

test('where it is not open, they are asked to sign in', async () => {
  const guest = await unknown('chat_feed_general');
  await guest.chat.place.getByText('Sign in to see this chat', { exact: true }).waitFor();
  assert.equal(await guest.chat.log.getByRole('article').count(), 0);
  assert.deepEqual(guest.problems, []);
  await guest.context.close();
});
