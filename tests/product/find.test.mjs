// Words that only stand far back are found, by reading the channel page by page (M12).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { pagesOf, watchFrames } from './support/watching.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_general';
const MESSAGES = 700;

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: MESSAGES }), launch()]);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** All messages, oldest first. */
async function history() {
  const messages = [];
  for (let after = ''; after !== null;) {
    const query = `channel_id=${CHANNEL}&direction=asc&first=100${after && `&after=${encodeURIComponent(after)}`}`;
    const { data, page_info } = await asUser(servers.sandbox, 'user_ada', 'GET', `/messages?${query}`);
    messages.push(...data);
    after = page_info.has_next_page ? page_info.end_cursor : null;
  }
  return messages;
}

/** A word of one of the oldest messages that no other has. */
function rareWord(messages) {
  const wordsOf = (text) => (text ?? '').toLowerCase().match(/[a-z]{7,}/g) ?? [];
  const counts = new Map();
  for (const { content } of messages) for (const word of new Set(wordsOf(content))) counts.set(word, (counts.get(word) ?? 0) + 1);
  const all = messages.map(({ content, user }) => `${content} ${user.name} ${user.username}`.toLowerCase());
  for (const [at, { content }] of messages.slice(20, 90).entries()) {
    const plain = /^[\w ,.!?’'-]+$/.test(content ?? '') ? wordsOf(content) : [];
    const word = plain.find((word) => counts.get(word) === 1 && all.filter((text) => text.includes(word)).length === 1);
    if (word) return { word, at: at + 20 };
  }
  throw new Error('the sandbox says nothing twice, or everything');
}

test('M12: a word that only stands far back, a second a page, and on from there', async () => {
  const messages = await history();
  assert.ok(messages.length >= MESSAGES);
  const { word, at } = rareWord(messages);
  const { chat, page, problems } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL });
  const pages = pagesOf(page);
  const times = [];
  page.on('request', (request) => { if (request.url().includes('first=100')) times.push(Date.now()); });
  await chat.log.getByRole('article').first().waitFor();
  await chat.composer.waitFor();
  await watchFrames(page);
  await chat.log.focus();
  await page.keyboard.press('Control+f');
  const search = chat.place.getByRole('search');
  const field = search.getByRole('searchbox', { name: 'Search messages' });
  await field.waitFor();
  // Other letters than they were written with.
  await page.keyboard.type(word.toUpperCase());
  await chat.place.getByText(/Searching further back… Now at/).waitFor();
  const current = chat.log.locator('[data-current]');
  await current.waitFor({ timeout: 60_000 });
  assert.equal(await current.getAttribute('data-row') !== null, true);
  assert.ok((await current.innerText()).toLowerCase().includes(word));
  const inside = await current.evaluate((row) => {
    const view = row.closest('.scroller').getBoundingClientRect();
    const { top, bottom } = row.getBoundingClientRect();
    return top >= view.top && bottom <= view.bottom;
  });
  assert.ok(inside, 'it is in sight');
  const marked = await page.evaluate(() => [...CSS.highlights.get('whop-chat-current')].map(String));
  assert.deepEqual(marked.map((text) => text.toLowerCase()), [word]);
  assert.ok(await field.evaluate((field) => field.getRootNode().activeElement === field), 'the focus stays');
  // Without a plus once all of the channel was read; that there is no more is said to who asks for the next.
  await search.getByText('1 of 1', { exact: true }).waitFor({ timeout: 60_000 });
  await field.press('Enter');
  await chat.place.getByText('No more messages').waitFor();
  assert.equal(await current.getAttribute('aria-posinset'), `${at + 1}`);
  assert.equal(new Set(pages).size, pages.length, 'no page was asked for twice');
  for (const [index, time] of times.slice(1).entries()) assert.ok(time - times[index] >= 900, `page ${index + 2} came after ${time - times[index]} ms`);
  assert.deepEqual(await page.evaluate(() => window.seen.blank), []);

  // What is said now is found, too, and what is deleted is not.
  const said = await post(servers.sandbox, 'user_bob', CHANNEL, `Somebody said **${word}** again`);
  await search.getByText('2 of 2', { exact: true }).waitFor();
  await page.keyboard.press('Shift+Enter');
  await search.getByText('1 of 2', { exact: true }).waitFor();
  await until(async () => (await current.innerText()).includes('again'), 'the newest');
  await asUser(servers.sandbox, 'user_bob', 'DELETE', `/messages/${said.id}`);
  await search.getByText('1', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await search.getByText('1 of 1', { exact: true }).waitFor();

  // Back where one came from.
  await page.keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });
  assert.ok(await chat.log.evaluate((log) => log.getRootNode().activeElement === log), 'the focus is back');
  assert.deepEqual(await page.evaluate(() => [...CSS.highlights.values()].flatMap((one) => [...one]).length), 0);
  assert.deepEqual(problems, []);
});

test('M12: in vain, stopped, failed and tried again', async () => {
  const { chat, page, problems } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL });
  await chat.log.getByRole('article').first().waitFor();
  await chat.composer.waitFor();
  await chat.place.getByRole('button', { name: 'Search messages' }).click();
  const field = chat.place.getByRole('searchbox');
  await field.fill('qqqqq');
  await chat.place.getByRole('button', { name: 'Stop' }).click();
  await chat.place.getByText(/Searched back to/).waitFor();
  await servers.sandbox.control('fail', { method: 'GET', path: '/api/v1/messages', status: 503, times: 1 });
  await chat.place.getByRole('button', { name: 'Search on' }).click();
  const again = chat.place.getByRole('search').locator('xpath=..').getByRole('button', { name: 'Try again' });
  await again.waitFor({ timeout: 20_000 });
  await again.click();
  await chat.place.getByText('No messages found').waitFor({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await chat.place.getByRole('search').waitFor({ state: 'detached' });
  assert.deepEqual(problems, []);
});
