// What pages do to the loader, and what fails on its way.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { Chat, launch, onCreatorSite } from './support/browser.mjs';

const ELEMENT = '[data-whop-chat-channel-id]';
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

const visit = () => onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_quiet' });

/** A page of the creator's without the demo's own loader, so that a test can prepare what is on the way. */
async function bare(prepare = async () => {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  // The demo's page, but its loader stays away until the test includes it.
  await page.route(/\/embed\/loader\.js$/, (route) => route.abort());
  await page.goto(`${servers.sandbox.creatorSite}/?user=user_ada`);
  await page.evaluate((selector) => {
    const element = document.querySelector(selector);
    document.body.dataset.tokenUrl = element.getAttribute('data-whop-chat-token-url');
    document.body.replaceChildren();
    for (const script of document.scripts) script.remove();
  }, ELEMENT);
  await page.unroute(/\/embed\/loader\.js$/);
  await prepare(page);
  /** Adds a chat with those attributes besides the visitor's token address: an assertion counts once. */
  const embed = (attributes) => page.evaluate((attributes) => {
    const element = document.createElement('div');
    const all = { 'token-url': document.body.dataset.tokenUrl, ...attributes };
    for (const [name, value] of Object.entries(all)) element.setAttribute(`data-whop-chat-${name}`, value);
    element.style.height = '300px';
    document.body.append(element);
  }, attributes);
  const include = (attributes = {}) => page.evaluate(([src, attributes]) => {
    document.head.append(Object.assign(document.createElement('script'), { src, ...attributes }));
  }, [`${servers.proxy.url}/embed/loader.js`, attributes]);
  return { page, embed, include, chat: new Chat(page) };
}

test('E9: a file that was tampered with does not run, and the page is told', async () => {
  const { page, embed, include } = await bare((page) => page.route(/\/embed\/widget-[^/]*\.js/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `window.tampered = true;\n${await answer.text()}` });
  }));
  await embed({ 'channel-id': 'chat_feed_quiet' });
  await include();
  await page.getByText('The chat could not be loaded.').waitFor();
  assert.equal(await page.evaluate(() => window.tampered), undefined);
});

test('E10, E14: included twice, once of them as a module, two chats share one program', async () => {
  const { page, embed, include, chat } = await bare();
  const wasm = [];
  page.on('request', (request) => { if (request.url().endsWith('.wasm')) wasm.push(request.url()); });
  await include();
  await include({ type: 'module' });
  await embed({ 'channel-id': 'chat_feed_quiet' });
  await embed({ 'experience-id': 'exp_lounge' });
  await page.getByRole('textbox', { name: 'Message' }).nth(1).waitFor();
  await chat.message('').first().waitFor();
  assert.equal(new Set(wasm).size, 2, 'what is needed to write, and the rest');
  assert.equal(wasm.length, 2);
});

for (const [served, type, ways] of [
  ['is compiled while it arrives', 'application/wasm', ['instantiateStreaming', 'instantiateStreaming']],
  ['runs where the server calls it something else, too', 'application/octet-stream', ['instantiate', 'instantiate']],
]) {
  test(`E12: the program ${served}`, async () => {
    const { page, embed, include, chat } = await bare(async (page) => {
      await page.evaluate(() => {
        window.ways = [];
        for (const way of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']) {
          const original = WebAssembly[way];
          WebAssembly[way] = (...all) => original(...all).then((made) => { window.ways.push(way); return made; });
        }
      });
      await page.route(/\.wasm$/, async (route) => {
        const response = await route.fetch();
        const { 'content-encoding': _, 'content-length': __, ...headers } = response.headers();
        await route.fulfill({ response, headers: { ...headers, 'access-control-allow-origin': '*', 'content-type': type } });
      });
    });
    await embed({ 'channel-id': 'chat_feed_quiet' });
    await include();
    const used = () => page.evaluate(() => window.ways);
    await until(async () => (await used()).length >= 2, 'both halves of the program');
    assert.deepEqual(await used(), ways);
    await chat.say(`it runs as ${type}`);
    await chat.message(`it runs as ${type}`).waitFor();
  });
}

test('E13: the channel may be named, and changed, after the element was made', async () => {
  const { page, embed, include, chat } = await bare();
  const sessions = [];
  page.on('request', (request) => { if (request.url().endsWith('/session')) sessions.push(request.postDataJSON().channel_id); });
  await embed({ 'channel-id': '' });
  await include();
  await page.waitForFunction(() => window[Symbol.for('whop-chat.loader')]);
  const name = (id) => page.evaluate(([selector, id]) => document.querySelector(selector).setAttribute('data-whop-chat-channel-id', id), [ELEMENT, id]);
  await name('chat_feed_quiet');
  await chat.composer.waitFor();
  await name('chat_feed_lounge');
  await until(() => sessions.length === 2, 'the other channel’s session');
  await chat.message('').first().waitFor();
  assert.deepEqual(sessions, ['chat_feed_quiet', 'chat_feed_lounge']);
});

test('a token address that is none leaves no blank', async () => {
  const { page, embed, include } = await bare();
  await embed({ 'channel-id': 'chat_feed_quiet', 'token-url': 'http://' });
  await include();
  await page.getByText('The chat could not be loaded.').waitFor();
});

test('a token address that answers something else is named in the console', async () => {
  const { page, embed, include } = await bare((page) => page.route('**/odd-token', (route) => route.fulfill({ contentType: 'text/html', body: '<p>Log in</p>' })));
  const warned = page.waitForEvent('console', (message) => message.type() === 'warning' && message.text().includes('/odd-token answered 200'));
  await embed({ 'channel-id': 'chat_feed_quiet', 'token-url': '/odd-token' });
  await include();
  await warned;
  await page.getByText('Sign in to see this chat').waitFor();
});

test('E13: taken away and put back while the widget is on its way, it is there once', async () => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const { page, embed, include, chat } = await bare((page) => page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  }));
  const sockets = [];
  page.on('websocket', (socket) => sockets.push(socket));
  await embed({ 'channel-id': 'chat_feed_quiet' });
  await include();
  await page.waitForRequest(/\.wasm$/).catch(() => {});
  await page.evaluate(async (selector) => {
    const element = document.querySelector(selector);
    for (let turn = 0; turn < 5; turn += 1) {
      element.remove();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      document.body.append(element);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, ELEMENT);
  release();
  await chat.composer.waitFor();
  assert.equal(await chat.composer.count(), 1);
  await until(() => sockets.length > 0, 'a socket');
  assert.equal(sockets.filter((socket) => !socket.isClosed()).length, 1);
});

test('a first answer that never comes is given up and asked for again', async () => {
  let asked = 0;
  const { embed, include, chat } = await bare(async (page) => {
    // Twenty seconds are half a second here.
    await page.evaluate(() => {
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      AbortSignal.timeout = (millis) => timeout(millis / 40);
    });
    await page.route(/\/session$/, (route) => {
      asked += 1;
      return asked === 1 ? undefined : route.continue();
    });
  });
  await embed({ 'channel-id': 'chat_feed_quiet' });
  await include();
  await until(() => asked === 2, 'the second question');
  await chat.composer.waitFor();
});

test('a token address that stumbles is asked again', async () => {
  const { page, chat } = await visit();
  await chat.composer.waitFor();
  let asked = 0;
  await page.route(/\/chat-token/, (route) => {
    asked += 1;
    return asked === 1 ? route.fulfill({ status: 503, body: '' }) : route.continue();
  });
  await page.evaluate((selector) => {
    const element = document.querySelector(selector);
    const other = element.cloneNode();
    other.removeAttribute('data-whop-chat-assertion');
    element.replaceWith(other);
  }, ELEMENT);
  await until(() => asked === 2, 'the second question');
  await chat.composer.waitFor();
});
