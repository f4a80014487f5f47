// The ways in that need no code: an element of our own, several chats on a page, a button that opens one.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { check } from './support/axe.mjs';
import { barePage } from './support/bare.mjs';
import { launch } from './support/browser.mjs';
import { post } from './support/whop.mjs';

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 20 }), launch()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

test('E13, E14: <whop-chat> follows its attributes, before and after the script, and goes when it is removed', async () => {
  const { page, embed, include, chat, problems } = await barePage(browser, servers);
  const sockets = [];
  page.on('websocket', (socket) => sockets.push(socket));
  await embed({ 'channel-id': 'chat_feed_lounge', 'chat-style': 'discord', theme: 'dark' }, 'whop-chat');
  await include();
  await chat.log.getByRole('article').first().waitFor();
  const look = () => page.locator('.chat').evaluate(({ dataset: { style, theme } }) => [style, theme]);
  assert.deepEqual(await look(), ['discord', 'dark']);
  const set = (name, value) => page.locator('whop-chat').evaluate((element, [name, value]) => element.setAttribute(name, value), [name, value]);
  await set('theme', 'light');
  await set('chat-style', 'imessage');
  await until(async () => (await look()).join() === 'imessage,light', 'the other look');
  await chat.composer.waitFor();
  await set('channel-id', 'chat_feed_quiet');
  await page.getByText('Quiet room').first().waitFor();
  await until(() => sockets.length === 2 && sockets[0].isClosed(), 'the other channel’s socket');
  await page.locator('whop-chat').evaluate((element) => element.remove());
  await until(() => sockets.every((socket) => socket.isClosed()), 'no socket');
  assert.deepEqual(problems, []);
});

test('E13: in a page’s own shadow root, and moved elsewhere', async () => {
  const { page, include, chat } = await barePage(browser, servers);
  await include();
  await page.evaluate(() => {
    const [one, two] = [document.createElement('section'), document.createElement('section')];
    document.body.append(one, two);
    const root = one.attachShadow({ mode: 'open' });
    const element = document.createElement('whop-chat');
    element.setAttribute('channel-id', 'chat_feed_lounge');
    element.setAttribute('token-url', document.body.dataset.tokenUrl);
    root.append(element);
    window.move = () => two.append(element);
  });
  await chat.log.getByRole('article').first().waitFor();
  await page.evaluate(() => window.move());
  await chat.log.getByRole('article').first().waitFor();
  assert.equal(await chat.log.count(), 1);
});

const launcherPage = async (attributes, options) => {
  const bare = await barePage(browser, servers, { options });
  const asked = [];
  bare.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await bare.embed({ 'channel-id': 'chat_feed_lounge', ...attributes });
  await bare.include();
  return { ...bare, asked };
};

test('P1: a launcher asks for nothing of the chat before somebody wants it, and then it is there by mouse and keyboard', async () => {
  const { page, asked, chat, problems } = await launcherPage({ launcher: 'Talk to the club' });
  const button = page.getByRole('button', { name: 'Talk to the club' });
  await button.waitFor();
  assert.deepEqual(asked.filter((path) => /\.wasm$|\.css$|\/session$|token/.test(path)), []);
  await button.hover();
  await until(() => asked.some((path) => path.endsWith('.wasm')), 'the program');
  assert.deepEqual(asked.filter((path) => /\/session$|token/.test(path)), [], 'nobody is asked for before it opens');
  await button.click();
  const panel = page.getByRole('dialog', { name: 'Talk to the club' });
  await panel.waitFor();
  await chat.log.getByRole('article').first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Close chat' }).last().getAttribute('aria-expanded'), 'true');
  await chat.composer.fill('A draft');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.className), 'launcher', 'the focus is back');
  await page.keyboard.press('Enter');
  await panel.waitFor();
  assert.equal(await chat.composer.inputValue(), 'A draft');
  assert.deepEqual(problems, []);
});

test('a launcher has the colours of the chat, tells what the chat tells, and counts what is unread while it is closed', async () => {
  const { page, chat } = await launcherPage({ launcher: '', accent: 'ruby', theme: 'light', 'channel-id': 'chat_feed_quiet' });
  const button = page.getByRole('button', { name: /^Open chat/ });
  await button.waitFor();
  const redness = () => button.evaluate((element) => {
    const [red, , blue] = getComputedStyle(element).backgroundColor.match(/\d+/g).map(Number);
    return red - blue;
  });
  await until(async () => (await redness()) > 50, 'it is ruby');
  const told = await page.locator('[data-whop-chat-channel-id]').evaluateHandle((element) => {
    const told = [];
    for (const name of ['ready', 'messageSent', 'unreadChanged']) element.addEventListener(name, ({ detail }) => told.push([name, detail?.content ?? detail?.count]));
    element.addEventListener('linkClick', (event) => { told.push([event.type, event.detail.url]); event.preventDefault(); });
    return told;
  });
  await button.click();
  await chat.say('See https://example.com/a');
  await chat.log.getByRole('link').first().click();
  await until(async () => (await told.jsonValue()).length >= 3, 'three events');
  assert.deepEqual(await told.jsonValue(), [['ready', undefined], ['messageSent', 'See https://example.com/a'], ['linkClick', 'https://example.com/a']]);
  await chat.composer.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  for (const text of ['One', 'Two']) await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', text);
  const unread = page.getByRole('button', { name: 'Open chat, 2' });
  await unread.waitFor();
  assert.equal(await unread.innerText(), '2');
  assert.match(await page.locator('.chat-host').getAttribute('exportparts'), /composer/);
  await check(page, 'a launcher that counts');
  await unread.click();
  await chat.message('Two').waitFor();
  await until(async () => (await told.jsonValue()).length >= 6, 'all is read');
  await chat.composer.press('Escape');
  await page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
  assert.deepEqual((await told.jsonValue()).slice(3), [['unreadChanged', 1], ['unreadChanged', 2], ['unreadChanged', 0]]);
});

test('E19: a launcher stands where the page wants it, and leaves nothing behind', async () => {
  const { page, chat } = await launcherPage({ launcher: '', 'z-index': '77', locale: 'de' });
  const button = page.getByRole('button', { name: 'Chat öffnen' });
  await button.waitFor();
  assert.equal(await button.evaluate((element) => getComputedStyle(element).zIndex), '77');
  await button.click();
  await chat.log.getByRole('article').first().waitFor();
  await page.evaluate(() => document.querySelector('[data-whop-chat-channel-id]').remove());
  await until(async () => await page.getByRole('dialog').count() === 0 && await button.count() === 0, 'nothing left');
});

for (const locale of ['en', 'ar']) test(`a launcher on a phone fills the screen and has a way back (${locale})`, async () => {
  const { page, chat } = await launcherPage({ launcher: '', locale }, { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true });
  const button = page.getByRole('button', { name: 'Open chat' });
  await button.tap();
  await chat.log.getByRole('article').first().waitFor();
  assert.deepEqual(await page.getByRole('dialog').boundingBox(), { x: 0, y: 0, width: 360, height: 640 });
  await check(page, 'a launcher that is open');
  const close = page.getByRole('button', { name: 'Close chat' });
  const [closing, finding] = await Promise.all([close, page.getByRole('button', { name: 'Search messages' })].map((one) => one.boundingBox()));
  const [first, second] = locale === 'ar' ? [closing, finding] : [finding, closing];
  assert.ok(first.x + first.width <= second.x, 'beside what is in the header');
  assert.ok(Math.abs(finding.y + finding.height / 2 - closing.y - closing.height / 2) <= 1, 'in one line with it');
  await close.tap();
  await button.waitFor();
});

test('E10: an element that can have no chat says so, and the others have theirs', async () => {
  const { page, embed, include, chat, loader } = await barePage(browser, servers);
  await page.evaluate(() => {
    const button = document.createElement('button');
    button.setAttribute('data-whop-chat-channel-id', 'chat_feed_lounge');
    window.told = [];
    button.addEventListener('failed', ({ detail: { code } }) => window.told.push(code));
    document.body.append(button);
  });
  await embed({ 'channel-id': 'chat_feed_lounge' });
  await include();
  await chat.log.getByRole('article').first().waitFor();
  assert.deepEqual(await page.evaluate(() => window.told), ['MISCONFIGURED']);
  assert.equal(await page.evaluate(async (address) => typeof (await import(address)).loadWhopElements, loader.replace('.js', '.mjs')), 'function');
});

test('who was refused is known when the page says who they are', async () => {
  const { page, embed, include, chat } = await barePage(browser, servers);
  await embed({ 'channel-id': 'chat_feed_lounge', 'token-url': '' }, 'whop-chat');
  await include();
  await page.getByText(/Sign in/).first().waitFor();
  await page.locator('whop-chat').evaluate((element) => element.setAttribute('token-url', document.body.dataset.tokenUrl));
  await chat.composer.waitFor();
});

test('E11: after a trap every chat says so, in the visitor’s language, and lets one reload', async () => {
  const { page, embed, include } = await barePage(browser, servers);
  await embed({ 'channel-id': 'chat_feed_lounge', locale: 'de' });
  await include();
  await page.getByRole('textbox', { name: 'Nachricht' }).waitFor();
  const failed = page.evaluate(() => new Promise((resolve) => {
    document.querySelector('[data-whop-chat-channel-id]').addEventListener('failed', ({ detail }) => resolve(detail.code));
  }));
  await page.evaluate(() => {
    const wasm = performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.wasm')).name;
    const error = Object.assign(new WebAssembly.RuntimeError('unreachable'), { stack: `RuntimeError: unreachable\n    at ${wasm}:wasm-function[1]:0x1` });
    dispatchEvent(new ErrorEvent('error', { error }));
  });
  assert.equal(await failed, 'UNKNOWN_ERROR');
  const card = page.getByRole('alert');
  await card.getByRole('button', { name: 'Neu laden' }).click();
  await page.waitForURL('**');
  await card.waitFor({ state: 'detached' });
});

test('E11: where the chat can not be loaded, it says so, readable in the light and in the dark', async () => {
  for (const theme of ['light', 'dark']) {
    const { page, embed, include } = await barePage(browser, servers);
    await page.route('**/*.css', (route) => route.abort());
    await embed({ 'channel-id': 'chat_feed_lounge', locale: 'de', theme });
    await include();
    const card = page.getByRole('alert');
    await card.getByRole('button', { name: 'Neu laden' }).waitFor();
    await check(page, `a chat that could not be loaded, ${theme}`);
  }
});

test('E11: a trap in a program of the page’s own is none of the chat’s', async () => {
  const { page, embed, include, chat } = await barePage(browser, servers);
  await embed({ 'channel-id': 'chat_feed_lounge' });
  await include();
  await chat.composer.waitFor();
  await page.route('**/embed/their.wasm', (route) => route.fulfill({
    // A module with one function, `trap`, that does nothing but trap.
    body: Buffer.from('0061736d010000000104016000000302010007080104747261700000' + '0a05010300000b', 'hex'),
    contentType: 'application/wasm', headers: { 'access-control-allow-origin': '*' },
  }));
  const trapped = page.waitForEvent('pageerror');
  await page.evaluate(async (origin) => {
    const { instance } = await WebAssembly.instantiateStreaming(fetch(`${origin}/embed/their.wasm`));
    setTimeout(() => instance.exports.trap());
  }, servers.proxy.url);
  await trapped;
  await chat.say('Still here');
  await chat.message('Still here').waitFor();
});
