// What a page's developer learns in the console, and the page by `failed`, when something there can't be meant.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { barePage } from './support/bare.mjs';
import { launch } from './support/browser.mjs';

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers(), launch()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

async function page(prepare) {
  const bare = await barePage(browser, servers, { prepare });
  const warnings = [];
  bare.page.on('console', (message) => {
    if (message.type() === 'warning' && message.text().includes('whop-chat')) warnings.push(message.text());
  });
  const says = (words) => until(() => warnings.some((warning) => words.test(warning)), () => `${words} among ${warnings.join('\n')}`);
  return { ...bare, warnings, says };
}

test('an element that names no channel is told of once, and one that names it in time is not', async () => {
  const { page: tab, chat, warnings, says, embed, include } = await page();
  await tab.clock.install();
  await include();
  await embed({}, 'whop-chat');
  await embed({ 'channel-id': '' });
  await embed({ id: 'late' }, 'whop-chat');
  await embed({ 'channel': 'chat_feed_lounge', 'launcher': 'A misspelt one' });
  await tab.clock.runFor(2_000);
  await tab.evaluate(() => document.querySelector('#late').setAttribute('channel-id', 'chat_feed_lounge'));
  await chat.log.getByRole('article').first().waitFor();
  await until(async () => { await tab.clock.runFor(3_000); return warnings.length === 3; }, () => `three of them: ${warnings}`);
  await says(/names no channel.*channel-id/);
  await tab.evaluate(() => document.body.append('something else'));
  await tab.clock.runFor(10_000);
  assert.equal(warnings.length, 3);
});

test('a look that there is none of is named, with those that there are', async () => {
  const { says, embed, include, chat, warnings } = await page();
  await embed({ 'channel-id': 'chat_feed_lounge', style: 'telegram', theme: 'drak' });
  await embed({ 'channel-id': 'chat_feed_lounge', style: 'discord', theme: 'dark' });
  await include();
  await chat.log.getByRole('article').first().waitFor();
  await says(/no style "telegram", but imessage, discord/);
  await says(/no theme "drak", but system, light, dark/);
  assert.equal(warnings.length, 2);
});

for (const origin of ['chat.example.com', 'localhost:8080', 'javascript:0']) {
  test(`an address without its scheme is told of, and asked nothing: ${origin}`, async () => {
    const { page: tab, says, embed, include } = await page();
    const asked = [];
    tab.on('request', (request) => asked.push(request.url()));
    await embed({ 'channel-id': 'chat_feed_lounge', origin });
    await include();
    await says(/begins with https/);
    assert.deepEqual(asked.filter((url) => url.endsWith('/session')), []);
  });
}

test('a token address that fails is named', async () => {
  const { page: tab, says, embed, include } = await page();
  await tab.route('**/broken', (route) => route.fulfill({ status: 500 }));
  await embed({ 'channel-id': 'chat_feed_lounge', 'token-url': '/broken' });
  await include();
  await says(/\/broken answered 500/);
});

const policy = (text) => (tab) => tab.evaluate((content) => {
  document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'content-security-policy', content }));
}, text);

test('where the page’s policy forbids the program, the page is told, and what was painted can be read', async () => {
  const { page: tab, embed, include } = await page(policy(`script-src ${servers.proxy.url}`));
  await tab.evaluate(() => {
    window.failed = [];
    document.addEventListener('failed', ({ detail }) => window.failed.push(detail.code), true);
  });
  const told = [];
  tab.on('console', (message) => told.push(message.text()));
  await embed({ 'channel-id': 'chat_feed_lounge' });
  await include();
  await tab.locator('.item').first().waitFor();
  const retry = tab.getByRole('button', { name: 'Retry' });
  await retry.waitFor();
  assert.deepEqual(await tab.evaluate(() => window.failed), ['UNKNOWN_ERROR']);
  // Another visitor changes nothing about it: what is painted stays, and nobody is asked again.
  const asked = [];
  tab.on('request', (request) => asked.push(request.url()));
  await tab.evaluate(() => document.querySelector('[data-whop-chat-channel-id]').setAttribute('data-whop-chat-assertion', 'a.b.c'));
  await retry.click();
  await until(async () => (await tab.evaluate(() => window.failed.length)) === 2, 'it is told of each failure');
  await tab.locator('.item').first().waitFor();
  assert.deepEqual(asked.filter((url) => url.endsWith('/session')), []);
  assert.ok(told.some((text) => /WebAssembly/.test(text) && /unsafe-eval/.test(text)), told.join('\n'));
});

test('where the page’s policy forbids the proxy, that is among what is said', async () => {
  const { page: tab, says, embed, include } = await page(policy("connect-src 'self'"));
  await tab.route('**/token', (route) => route.fulfill({ json: { token: 'a.b.c' } }));
  await embed({ 'channel-id': 'chat_feed_lounge' });
  await include();
  await says(/connect-src/);
});
