// A channel of 5,000 messages, read from its end to its beginning and back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { pagesOf, watchFrames } from './support/watching.mjs';

const MESSAGES = 5_000;

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: MESSAGES }), launch()]);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** Where a row stands, and of how many. */
const position = async (row) => [await row.getAttribute('aria-posinset'), await row.getAttribute('aria-setsize')];

test('M1, M11, M13: 5,000 messages, up to the first and back to the last', async () => {
  const { chat, page, problems } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_general' });
  const pages = pagesOf(page);
  await chat.log.getByRole('article').first().waitFor();
  await chat.composer.waitFor();
  const newest = await chat.log.getByRole('article').last().innerText();
  await watchFrames(page);
  await chat.log.hover();
  const beginning = chat.place.getByText(/This is the beginning of/);
  const first = chat.log.getByRole('article').first();
  while (!((await beginning.isVisible()) && (await first.getAttribute('aria-posinset')) === '1')) await page.mouse.wheel(0, -20_000);
  assert.deepEqual(await position(first), ['1', `${MESSAGES}`]);
  assert.equal(new Set(pages).size, pages.length, 'no page was asked for twice');
  const asked = pages.length;
  const last = chat.log.getByRole('article').last();
  while ((await last.getAttribute('aria-posinset')) !== `${MESSAGES}`) await page.mouse.wheel(0, 20_000);
  await until(async () => (await last.innerText()) === newest, 'the newest message');
  assert.equal(pages.length, asked, 'what was read is kept');
  const seen = await page.evaluate(() => window.seen);
  assert.deepEqual(seen.blank, []);
  assert.ok(seen.rows < 160, `${seen.rows} rows were in the document at once`);
  assert.ok(seen.elements < 8_000, `${seen.elements} elements were in the document at once`);
  assert.deepEqual(problems, []);
});
