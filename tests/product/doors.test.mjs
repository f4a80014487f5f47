// Who is let in, and what those see who are not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { insideWhop, launch, onCreatorSite } from './support/browser.mjs';

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 300 }), launch()]);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

test('a member reads the history, upwards to its beginning', async () => {
  const { chat, page, problems } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_general' });
  await chat.log.getByRole('article').first().waitFor();
  const newest = chat.log.getByRole('article').last();
  assert.equal(await newest.getAttribute('aria-posinset'), '50');
  // A person scrolls until there is no more.
  await chat.log.hover();
  while (!(await chat.place.getByText(/This is the beginning of/).isVisible())) await page.mouse.wheel(0, -4_000);
  const first = chat.log.getByRole('article').first();
  while ((await first.getAttribute('aria-posinset')) !== '1') await page.mouse.wheel(0, -4_000);
  assert.equal(await first.getAttribute('aria-setsize'), '300');
  assert.deepEqual(problems, []);
});

test('Tab leads past the history, not into it', async () => {
  const { chat, page } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_general' });
  await chat.log.getByRole('article').first().waitFor();
  await chat.log.focus();
  await page.keyboard.press('Tab');
  await chat.composer.and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Shift+Tab');
  await chat.log.and(page.locator(':focus')).waitFor();
  const newest = chat.log.getByRole('article').last();
  assert.equal(await newest.getAttribute('aria-posinset'), '50', 'nothing older was loaded on the way');
});

test('a stranger is told that the chat is for members', async () => {
  for (const visitor of [
    await onCreatorSite(browser, servers, { user: 'user_stranger', channel: 'chat_feed_general' }),
    await insideWhop(browser, servers, { user: 'user_stranger', experience: 'exp_general' }),
  ]) {
    await visitor.chat.place.getByText('This chat is for members').waitFor();
    assert.equal(await visitor.chat.place.getByRole('article').count(), 0);
  }
});

test('who may not post sees no composer but the reason', async () => {
  const { chat } = await insideWhop(browser, servers, { user: 'user_ada', experience: 'exp_announcements' });
  await chat.place.getByText('Only admins can post here.').waitFor();
  assert.equal(await chat.composer.count(), 0);
  const admin = await insideWhop(browser, servers, { user: 'user_olivia', experience: 'exp_announcements' });
  await admin.chat.composer.waitFor();
});

test('a channel that does not exist says so', async () => {
  const { page, chat } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_quiet' });
  await chat.composer.waitFor();
  await page.evaluate(() => {
    const present = document.querySelector('[data-whop-chat-channel-id]');
    const other = document.createElement('div');
    other.setAttribute('data-whop-chat-channel-id', 'chat_feed_nowhere');
    other.setAttribute('data-whop-chat-token-url', present.getAttribute('data-whop-chat-token-url'));
    present.replaceWith(other);
  });
  await chat.place.getByText('This chat doesn’t exist').waitFor();
});

test('E13: a widget that is taken away leaves no socket, and comes back alive', async () => {
  const { page, chat } = await insideWhop(browser, servers, { user: 'user_ada', experience: 'exp_quiet' });
  await chat.composer.waitFor();
  await Promise.all(browser.contexts().filter((context) => context !== page.context()).map((context) => context.close()));
  await servers.sandbox.sockets({ browser: 1 });
  const frame = page.frames().find((frame) => frame.url().includes('/experiences/'));
  await frame.evaluate(() => {
    window.widget = document.querySelector('[data-whop-chat-experience-id]');
    window.place = window.widget.parentNode;
    window.widget.remove();
  });
  await servers.sandbox.sockets({ browser: 0 });
  assert.equal(await frame.evaluate(() => window.widget.shadowRoot.querySelectorAll('*').length), 0);
  await frame.evaluate(() => window.place.append(window.widget));
  await servers.sandbox.sockets({ browser: 1 });
  await chat.say('back again');
  await chat.message('back again').waitFor();
});

test('a page that is not on the list can’t use the proxy', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${servers.sandbox.api}/`);
  const refused = await page.evaluate(async (proxy) => {
    const body = JSON.stringify({ channel_id: 'chat_feed_quiet' });
    const headers = { 'content-type': 'application/json' };
    return fetch(`${proxy}/session`, { method: 'POST', body, headers }).then((answer) => answer.status, (error) => error.name);
  }, servers.proxy.url);
  assert.equal(refused, 'TypeError', 'the browser withholds the answer');
});
