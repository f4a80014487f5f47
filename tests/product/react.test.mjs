// Whop's own React components, unmodified, with ours behind them in both ways: by Whop's `loadWhopElements`, which finds our
// script's `window.WhopElements`, and by ours from the npm package.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { Chat, launch } from './support/browser.mjs';
import { laidOut, project } from './support/npm_package.mjs';
import { html, startSite } from './support/site.mjs';

const PACKAGES = ['@whop/embedded-components-react-js', '@whop/embedded-components-vanilla-js', 'react', 'react-dom'];

/** A page whose state the test sets by `window.set`; it writes `token` and `options` anew whenever it is drawn. */
const app = (load) => `
import { createElement as make, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ChatElement, ChatSession, Elements } from '@whop/embedded-components-react-js';
${load}

window.heard = [];
window.fallbacks = 0;
const elements = load();
const Fallback = () => { window.fallbacks += 1; return make('p', null, 'On its way'); };
const Page = () => {
  const [{ isShown, appearance, ...chat }, set] = useState({ isShown: true, channelId: 'chat_feed_general' });
  window.set = (changes) => set((before) => ({ ...before, ...changes }));
  const options = { ...chat, onEvent: (event) => window.heard.push([event.type, event.detail.content]), onReady: () => window.heard.push(['onReady option']) };
  return make(Elements, { elements, appearance },
    make(ChatSession, { token: async () => (await (await fetch('/chat-token')).json()).token },
      isShown && make(ChatElement, { options, style: { height: 400 }, className: 'place', onReady: () => window.heard.push(['onReady']), fallback: make(Fallback) })));
};
const page = make(Page);
createRoot(document.querySelector('#app')).render(location.hash === '#strict' ? make(StrictMode, null, page) : page);
`;

let site, servers, browser, built;

before(async () => {
  site = await startSite();
  [servers, browser] = await Promise.all([startServers({ messages: 20, origins: [site.origin] }), launch()]);
  site.secret = servers.assertionSecret;
  const body = '<div id="app"></div>';
  built = await project({
    'theirs.html': html(`<script src="${servers.proxy.url}/embed/loader.js"></script><script type="module" src="./theirs.js"></script>`, body),
    'theirs.js': app("import { loadWhopElements as load } from '@whop/embedded-components-vanilla-js';"),
    'ours.html': html('<script type="module" src="./ours.js"></script>', body),
    'ours.js': app(`import { loadWhopElements } from 'whop-chat';\nconst load = () => loadWhopElements({ origin: '${servers.proxy.url}' });`),
  }, PACKAGES);
  await build({
    root: built.directory, configFile: false, logLevel: 'silent', mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { target: 'es2022', minify: false, rolldownOptions: { input: ['theirs.html', 'ours.html'].map((name) => join(built.directory, name)) } },
  });
  site.directory = join(built.directory, 'dist');
});

after(async () => {
  await browser?.close();
  await servers?.stop();
  site?.close();
  await built?.remove();
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

async function visit(path, prepare) {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 800, height: 600 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  const sessions = [];
  const strangers = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  page.on('request', (request) => {
    const { hostname, pathname } = new URL(request.url());
    if (request.method() === 'POST' && pathname === '/session') sessions.push(request.postDataJSON().channel_id);
    if (hostname.endsWith('whop.com')) strangers.push(request.url());
  });
  await prepare?.(page);
  await page.goto(`${site.origin}/${path}`);
  const set = (changes) => page.evaluate((changes) => window.set(changes), changes);
  const heard = (name) => page.evaluate((name) => window.heard.filter(([one]) => one === name), name);
  return { page, chat: new Chat(page), problems, sessions, strangers, set, heard };
}

const WAYS = [
  ["Whop's loadWhopElements and our script", 'theirs.html'],
  ["Whop's loadWhopElements and our script, in strict mode", 'theirs.html#strict'],
  ['our loadWhopElements', 'ours.html'],
  ['our loadWhopElements, in strict mode', 'ours.html#strict'],
];

for (const [way, path] of WAYS) {
  test(`Whop's React components mount, update, listen and unmount the chat: ${way}`, async () => {
    const { page, chat, problems, sessions, strangers, set, heard } = await visit(path);
    await chat.log.getByRole('article').first().waitFor();
    await until(async () => (await heard('onReady')).length > 0, 'ready');
    assert.ok(await page.evaluate(() => window.fallbacks) > 0, 'the fallback was drawn');
    assert.equal(await page.getByText('On its way').count(), 0);
    assert.equal(await page.locator('.place').evaluate((place) => getComputedStyle(place).visibility), 'visible');
    assert.equal(await page.locator('.place > *').count(), 1);
    assert.equal(sessions.length, 1, 'a session is opened once');

    // Drawn anew, with another token function and other options that say the same.
    await set({ style: 'discord' });
    await page.locator('.chat[data-style=discord]').waitFor();
    await set({ appearance: { theme: { appearance: 'dark' } } });
    await page.locator('.chat[data-theme=dark]').waitFor();
    await chat.say(`Said through ${path}`);
    await chat.message(`Said through ${path}`).waitFor();
    await until(async () => (await heard('messageSent')).length === 1, 'the message to be told');
    assert.deepEqual(await heard('messageSent'), [['messageSent', `Said through ${path}`]]);
    assert.equal(sessions.length, 1, 'nothing but the channel needs another session');

    await set({ channelId: 'chat_feed_lounge' });
    await until(() => sessions.at(-1) === 'chat_feed_lounge', 'the other channel');
    await chat.log.waitFor();

    await set({ isShown: false });
    await page.locator('.place').waitFor({ state: 'detached' });
    await set({ isShown: true });
    await chat.log.getByRole('article').first().waitFor();
    assert.equal(await page.locator('.place > *').count(), 1);
    await until(async () => (await heard('onReady')).length > 1, 'ready once more, though all was there at once');
    assert.equal((await heard('onReady')).length, 2);
    assert.deepEqual(sessions, ['chat_feed_general', 'chat_feed_lounge', 'chat_feed_lounge'], 'each opened once, though React mounts it twice');
    assert.deepEqual(problems, []);
    assert.deepEqual(strangers, [], "Whop's own script is not asked for");
  });
}

test('what is unmounted leaves no socket', async () => {
  const open = new Set();
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('websocket', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await page.goto(`${site.origin}/ours.html#strict`);
  await until(() => open.size === 1, 'one socket');
  await page.evaluate(() => window.set({ isShown: false }));
  await until(() => open.size === 0, 'no socket');
});

test('what is unmounted on its way says nothing more, and comes once when it is mounted again', async () => {
  const held = [];
  let isHeld = true;
  const { page, chat, problems, set, heard } = await visit('ours.html', (page) => page.route(/\/session$|\.wasm$/, (route) => (isHeld ? held.push(route) : route.continue())));
  await until(() => held.length === 2, 'the session and the program to be asked for');
  await set({ isShown: false });
  await page.locator('.place').waitFor({ state: 'detached' });
  isHeld = false;
  const answered = page.waitForResponse(/\/session$/);
  await Promise.all(held.map((route) => route.continue()));
  await (await answered).finished();
  assert.deepEqual(await heard('onReady option'), []);
  await set({ isShown: true });
  await chat.log.getByRole('article').first().waitFor();
  await chat.say('Said after all');
  await chat.message('Said after all').waitFor();
  assert.deepEqual([(await heard('onReady')).length, (await heard('onReady option')).length], [1, 1]);
  assert.equal(await page.locator('.place > *').count(), 1);
  assert.deepEqual(problems, []);
});

test('on a server the fallback is drawn', async () => {
  // As Node has them, and all with the same React.
  const load = createRequire(import.meta.url);
  const [{ createElement: make }, { renderToString }, { ChatElement, ChatSession, Elements }] = ['react', 'react-dom/server', PACKAGES[0]].map(load);
  const { loadWhopElements } = await import(pathToFileURL(join(laidOut, 'dist/bundled.js')));
  const html = renderToString(make(Elements, { elements: loadWhopElements() }, make(ChatSession, { token: 'a-token' },
    make(ChatElement, { options: { channelId: 'chat_feed_general' }, className: 'place', fallback: make('p', null, 'On its way') }))));
  assert.match(html, /class="place".*<p>On its way<\/p>/);
});
