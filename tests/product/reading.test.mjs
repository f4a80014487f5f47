// Links to old messages, on from there, and the way back to what is live.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { pagesOf, watchFrames } from './support/watching.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_general';
const MESSAGES = 1_500;

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: MESSAGES }), launch()]);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** The oldest messages. */
async function oldest(count) {
  const query = new URLSearchParams({ channel_id: CHANNEL, direction: 'asc', first: `${count}` });
  return (await asUser(servers.sandbox, 'user_ada', 'GET', `/messages?${query}`)).data;
}

test('M6, M7: a link to an old message, on from there, and back to what is live', async () => {
  const messages = await oldest(60);
  const target = messages[40];
  const { chat, page, problems } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_quiet' });
  const pages = pagesOf(page);
  await chat.composer.waitFor();
  await page.evaluate(([channel, message]) => {
    const present = document.querySelector('[data-whop-chat-channel-id]');
    const other = document.createElement('div');
    for (const { name, value } of present.attributes) other.setAttribute(name, value);
    other.setAttribute('data-whop-chat-channel-id', channel);
    other.setAttribute('data-whop-chat-post', message);
    present.replaceWith(other);
  }, [CHANNEL, target.id]);
  const found = chat.log.locator('[data-found]');
  await found.waitFor();
  assert.equal(await found.getAttribute('aria-posinset'), '41');
  assert.ok(await found.evaluate((row) => row.getRootNode().activeElement === row), 'it has the focus');
  const inside = await found.evaluate((row) => {
    const view = row.closest('.scroller').getBoundingClientRect();
    const { top, bottom } = row.getBoundingClientRect();
    return top >= view.top && bottom <= view.bottom;
  });
  assert.ok(inside, 'it is in sight');
  await watchFrames(page);

  // Upwards to the beginning, then downwards through pages that were not there yet.
  await chat.log.hover();
  const beginning = chat.place.getByText(/This is the beginning of/);
  while (!(await beginning.isVisible())) await page.mouse.wheel(0, -2_000);
  const last = chat.log.getByRole('article').last();
  while (Number(await last.getAttribute('aria-posinset')) < 400) await page.mouse.wheel(0, 2_000);

  // What is said meanwhile is counted, and the pill leads there.
  await post(servers.sandbox, 'user_bob', CHANNEL, 'said meanwhile');
  await chat.place.getByRole('button', { name: '1 new message' }).click();
  await chat.message('said meanwhile').waitFor();
  await chat.place.getByRole('button', { name: /new message|latest/ }).waitFor({ state: 'detached' });
  await post(servers.sandbox, 'user_bob', CHANNEL, 'and live');
  await chat.message('and live').waitFor();
  assert.equal(new Set(pages).size, pages.length, 'no page was asked for twice');
  assert.deepEqual(await page.evaluate(() => window.seen.blank), []);
  assert.deepEqual(problems, []);
});

test('M7: a link to a message that is gone says so', async () => {
  const { chat, page } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL });
  await chat.composer.waitFor();
  await page.evaluate(() => {
    const present = document.querySelector('[data-whop-chat-channel-id]');
    const other = present.cloneNode();
    other.setAttribute('data-whop-chat-post', 'msg_that_never_was');
    present.replaceWith(other);
  });
  await chat.place.getByText('This message is no longer there.').waitFor();
  await chat.log.getByRole('article').last().waitFor();
});
