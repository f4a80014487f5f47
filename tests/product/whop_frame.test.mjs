// Inside Whop: the widget's page in a frame of whop.com, played by the sandbox and by the host that `@whop/iframe` publishes;
// in Whop's mobile app; and in the frame of somebody who would like to be Whop.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { assertion } from '../support/identity.mjs';
import { API_KEY, APP_ID, freePort, startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';
import { openInside, telling } from './support/whop_host.mjs';

const CHANNEL = 'chat_feed_quiet';
const EXPERIENCE = 'exp_quiet';
const LINK = 'https://example.com/a?b=c#d';
let servers, browser;
/** Where an app of a creator's own is, and what frames it: the same server by its two names, which are two origins. */
let app, around;

before(async () => {
  const port = await freePort();
  [app, around] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  site.listen(port);
  [servers, browser] = await Promise.all([startServers({ messages: 200, origins: [app] }), launch()]);
  await post(servers.sandbox, 'user_bob', CHANNEL, `Look at ${LINK}`);
  await post(servers.sandbox, 'user_bob', CHANNEL, 'And at https://whop.com/discover then');
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
  site.close();
});

const open = (options) => openInside(browser, servers, options);
const linkIn = (chat, address = LINK) => chat.log.locator(`a[href="${address}"]`).first();

/** Waits until the host was asked that, and answers how. */
const wasAsked = ({ asked }, name, count = 1) => until(async () => {
  const requests = await asked(name);
  return requests.length >= count && requests;
}, `the host is asked for ${name}`);

/** The line of the sandbox's log that says that. */
const logged = (page, text) => page.getByRole('log', { name: 'What the app asked whop.com for' }).getByText(text).first().waitFor();

test("the package's host: its colours from the start, and when they change", async () => {
  const { theme, page, problems } = await open({ answers: { getColorTheme: () => ({ appearance: 'dark', accentColor: 'blue', grayColor: 'slate' }) } });
  await theme('dark');
  const last = await page.evaluate(() => window.host.onColorThemeChange({ appearance: 'light' }));
  assert.equal(last, undefined);
  await theme('light');
  assert.equal(await page.evaluate(() => window.host.appPing('app_ping')), 'app_pong');
  assert.deepEqual(problems, []);
});

test("the sandbox's whop.com: colours, links, what was read, and its address", async () => {
  const { page, chat, theme, frame, problems } = await open({ own: true });
  await theme('light');
  await page.getByLabel('Theme').selectOption('dark');
  await theme('dark');
  await until(() => new URL(page.url()).searchParams.get('path') === `/experiences/${EXPERIENCE}`, 'the address bar');
  await linkIn(chat).waitFor();
  const [popup] = await Promise.all([page.waitForEvent('popup'), linkIn(chat).click()]);
  await logged(page, `openExternalUrl ${LINK}`);
  await popup.close();
  await chat.composer.focus();
  await logged(page, `markExperienceRead ${EXPERIENCE}`);
  await frame.evaluate(() => history.pushState(null, '', '?tab=2'));
  await until(() => new URL(page.url()).searchParams.get('path') === `/experiences/${EXPERIENCE}?tab=2`, 'the next address');
  assert.deepEqual(problems, []);
});

test('a page that chose its theme keeps it', async () => {
  const { theme, themes, element, page } = await open({ answers: { getColorTheme: () => ({ appearance: 'light' }) } });
  await theme('light');
  await element.evaluate((node) => node.setAttribute('data-whop-chat-theme', 'dark'));
  await theme('dark');
  await page.evaluate(() => window.host.onColorThemeChange({ appearance: 'light' }));
  await element.evaluate((node) => node.setAttribute('data-whop-chat-theme', 'light'));
  await theme('light');
  await page.evaluate(() => window.host.onColorThemeChange({ appearance: 'dark' }));
  await element.evaluate((node) => node.setAttribute('data-whop-chat-theme', 'system'));
  await theme('dark');
  assert.equal((await themes()).at(-2), 'light');
});

test('links: Whop follows them, its own in this place; the browser those with a modifier, and nobody those that are prevented', async () => {
  const inside = await open();
  const { page, chat, element, problems } = inside;
  await inside.theme('light');
  await linkIn(chat).click();
  assert.deepEqual(await wasAsked(inside, 'openExternalUrl'), [{ url: LINK, newTab: true }]);
  await linkIn(chat, 'https://whop.com/discover').click();
  assert.deepEqual((await wasAsked(inside, 'openExternalUrl', 2)).at(-1), { url: 'https://whop.com/discover' });
  const [popup] = await Promise.all([page.context().waitForEvent('page'), linkIn(chat).click({ modifiers: ['Control'] })]);
  await popup.close();
  // By the page itself, before it comes to us.
  await element.evaluate((node) => node.addEventListener('click', (event) => event.preventDefault(), { capture: true, once: true }));
  await linkIn(chat).click();
  await linkIn(chat).click();
  assert.equal((await wasAsked(inside, 'openExternalUrl', 3)).length, 3);
  assert.deepEqual(problems, []);
});

test('links: where Whop is too slow, refuses, or says nothing, the browser opens them, once', async () => {
  for (const [what, answer, opens] of [
    ['says nothing', undefined, true],
    ['refuses', () => ({ error: 'unknown method' }), true],
    ['says that it takes its time', () => new Promise(() => {}), false],
  ]) {
    const { page, chat, context, theme } = await open({ answers: { openExternalUrl: answer } });
    await theme('light');
    const popups = [];
    context.on('page', (popup) => popups.push(popup.url()));
    await linkIn(chat).click();
    if (opens) await until(() => popups.length === 1, `Whop ${what}: a window opens`);
    else {
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
      assert.deepEqual(popups, [], `Whop ${what}`);
    }
    await context.close();
  }
});

test('haptics: what is sent, reacted to, and held, under a finger', async () => {
  const inside = await open({ phone: true });
  const { chat, page } = inside;
  await inside.theme('light');
  await chat.composer.fill('Felt');
  await chat.place.getByRole('button', { name: 'Send' }).tap();
  assert.deepEqual(await wasAsked(inside, 'performHaptic'), [{ type: 'impact', style: 'light' }]);

  const row = chat.message('Felt');
  const { x, y, width, height } = await row.locator('.text').boundingBox();
  const finger = await page.context().newCDPSession(page);
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: x + width / 2, y: y + height / 2 }] });
  assert.deepEqual((await wasAsked(inside, 'performHaptic', 2))[1], { type: 'impact', style: 'medium' });
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await row.getByRole('button', { name: 'Add reaction' }).first().tap();
  await chat.place.getByRole('menuitem').first().tap();
  assert.deepEqual((await wasAsked(inside, 'performHaptic', 3))[2], { type: 'selection', style: 'light' });
});

test('haptics: none for a mouse', async () => {
  const inside = await open();
  await inside.theme('light');
  await inside.chat.say('Not felt');
  await inside.chat.message('Not felt').waitFor();
  // Asked after what would have been felt.
  await wasAsked(inside, 'markExperienceRead');
  assert.deepEqual(await inside.asked('performHaptic'), []);
});

test("what was read is told, and takes whop.com's notifications away", async () => {
  const notified = await fetch(`${servers.sandbox.api}/api/v1/notifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ experience_id: EXPERIENCE, title: 'News', content: 'Tonight', user_ids: ['user_chen'] }),
  });
  assert.ok(notified.ok);
  const query = new URLSearchParams({ user: 'user_chen', experience: EXPERIENCE });
  const earliest = async () => (await (await fetch(`${servers.sandbox.api}/_host/notifications?${query}`)).json()).earliest_unread_id;
  assert.ok(await earliest());
  const { page, chat } = await open({ own: true, user: 'user_chen' });
  await chat.composer.focus();
  await logged(page, `markExperienceRead ${EXPERIENCE}`);
  await until(async () => (await earliest()) === null, 'nothing is unread');
});

test('what comes in quick succession is told as read twice at most: at once, and when it is over', async () => {
  const inside = await open();
  await inside.theme('light');
  await inside.chat.composer.focus();
  await wasAsked(inside, 'markExperienceRead');
  for (const text of ['One', 'Two', 'Three', 'Four']) {
    await post(servers.sandbox, 'user_bob', CHANNEL, text);
    await inside.chat.message(text).last().waitFor();
  }
  const requests = await wasAsked(inside, 'markExperienceRead', 2);
  assert.ok(requests.length < 4, `told ${requests.length} times`);
  assert.deepEqual(requests[0], { experienceId: EXPERIENCE });
});

/** A message far from the newest one of the long channel. */
async function oldMessage(at) {
  const query = new URLSearchParams({ channel_id: 'chat_feed_general', direction: 'asc', first: '60' });
  return (await asUser(servers.sandbox, 'user_ada', 'GET', `/messages?${query}`)).data[at];
}

test("deep links: from the app's own address, and when it changes", async () => {
  const [first, second] = [await oldMessage(20), await oldMessage(30)];
  const { chat, frame } = await open({ own: true, experience: 'exp_general', path: `/experiences/exp_general?whop-chat-post=${first.id}` });
  const found = (position) => chat.log.locator(`[data-found][aria-posinset="${position}"]`).waitFor();
  await found(21);
  await frame.evaluate((id) => { location.hash = `whop-chat-post=${id}`; }, second.id);
  await found(31);
});

test("deep links: from whop.com's address, once, and not those of another experience", async () => {
  const message = await oldMessage(25);
  const place = (experienceId, id) => `() => ({
    companyRoute: 'a', experienceRoute: 'b', experienceId: '${experienceId}', viewType: 'app', baseHref: location.origin,
    fullHref: location.origin + '/joined/a/b/app?path=' + encodeURIComponent('/posts/' + encodeURIComponent('${id}')),
  })`;
  const { chat, element, close } = await open({ experience: 'exp_general', answers: { getTopLevelUrlData: place('exp_general', message.id) } });
  const found = chat.log.locator('[data-found]');
  await found.and(chat.log.locator('[aria-posinset="26"]')).waitFor();
  // Taken away and put back: who comes back is where the newest messages are.
  await element.evaluate((node) => { node.remove(); setTimeout(() => document.body.append(node)); });
  await chat.composer.waitFor();
  await chat.log.getByRole('article').last().waitFor();
  assert.equal(await chat.place.getByRole('button', { name: /latest/i }).count(), 0);
  await close();
  const other = await open({ experience: 'exp_general', answers: { getTopLevelUrlData: place('exp_quiet', message.id) } });
  await other.chat.log.getByRole('article').last().waitFor();
  await wasAsked(other, 'getTopLevelUrlData');
  await other.page.evaluate(() => window.host.onColorThemeChange({ appearance: 'dark' }));
  await other.theme('dark');
  assert.equal(await other.chat.log.locator('[data-found]').count(), 0);
});

test('forged: whatever is wrong about a message, it changes nothing', async () => {
  const { page, frame, say, theme, themes, problems } = await open();
  await theme('light');
  // It may have been painted before the host told its colours.
  const painted = await themes();
  const dark = { appearance: 'dark', accentColor: 'red' };
  const event = (event) => telling(dark, { event });
  await say(
    'text', 7, null, {}, [], JSON.stringify(telling(dark)),
    // Who says it, and whose it is.
    telling(dark, { libId: 'other' }), telling(dark, { libId: undefined }), telling(dark, { senderAppId: 'app_other' }),
    telling(dark, { receiverAppId: 'app_other' }), telling(dark, { senderAppId: APP_ID, receiverAppId: 'app_whop' }),
    // Its name and id.
    event('onColorThemeChange'), event('app_whop:onColorThemeChange'), event('app_whop:onColorThemeChange:'),
    event('app_whop:onColorThemeChange:a:b'), event('app_other:onColorThemeChange:a1b2c3d4'), event('app_whop:constructor:a1b2c3d4'),
    event('app_whop:__proto__:a1b2c3d4'), event(7), event({}), event(undefined),
    // An answer to what nobody asked.
    event(`${APP_ID}:getColorTheme:a1b2c3d4`), event(`${APP_ID}:getColorTheme:a1b2c3d4:processing`), event(`${APP_ID}:constructor:a1b2c3d4`),
    // Its shape.
    ...['dark', 7, null, { appearance: 'black' }, { ...dark, accentColor: 7 }, { ...dark, grayColor: {} }, { appearance: ['dark'] }]
      .map((data) => telling(data)),
  );
  // From a window beside the app, of whop.com's own origin; and from one within the app, of the app's.
  await page.evaluate(() => document.body.append(document.createElement('iframe')));
  const sibling = await until(() => page.frames().find((one) => one !== frame && one.parentFrame() === page.mainFrame()), 'the window beside the app');
  assert.equal(await sibling.evaluate(() => origin), servers.sandbox.api);
  await sibling.evaluate(([message, app]) => window.parent.frames[0].postMessage(message, app), [telling(dark), servers.sandbox.app]);
  await frame.evaluate(() => document.body.append(document.createElement('iframe')));
  const child = await until(() => frame.childFrames()[0], 'the window within the app');
  await child.evaluate((message) => window.parent.postMessage(message, '*'), telling(dark));
  await frame.evaluate((message) => window.postMessage(message, '*'), telling(dark));
  // And what is right, after all of them.
  await say(telling({}));
  assert.equal(await page.evaluate(() => window.host.appPing('app_ping')), 'app_pong');
  assert.deepEqual(await themes(), painted);
  await say(telling(dark));
  await theme('dark');
  assert.deepEqual(problems, []);
});

test('nobody answers: the chat and its links work all the same, and leaving stops the asking', async () => {
  const { chat, context, frame, element, problems } = await open({ script: '' });
  await chat.say('Nobody answers');
  await chat.message('Nobody answers').waitFor();
  const [popup] = await Promise.all([context.waitForEvent('page'), linkIn(chat).click()]);
  await popup.close();
  assert.deepEqual(await frame.evaluate(() => window.themes), ['system']);
  const { files } = await (await fetch(`${servers.proxy.url}/embed/manifest.json`)).json();
  const left = () => frame.evaluate((file) => ({
    timers: [...window.timers.values()].filter((writer) => writer.includes(file)).length,
    listeners: window.listeners.filter(({ signal, writer }) => writer.includes(file) && !signal.aborted).length,
  }), files.whopFrame.file);
  const before = await left();
  assert.ok(before.timers > 0 && before.listeners > 0, 'it still asks and listens');
  await element.evaluate((node) => node.remove());
  await until(async () => Object.values(await left()).every((count) => count === 0), 'nothing is left');
  assert.deepEqual(problems, []);
});

/** An app of a creator's own with the chat on it, and pages that frame it. */
const site = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://site');
  const attributes = [...searchParams].map(([name, value]) => `data-whop-chat-${name}="${value}"`).join(' ');
  response.setHeader('content-type', 'text/html');
  response.end(pathname === '/app'
    ? `<!doctype html><title>App</title><script src="${servers.proxy.url}/embed/loader.js" async></script><div ${attributes}></div>`
    : `<!doctype html><title>Around</title><iframe src="${(searchParams.get('frame') ?? '').replaceAll('&', '&amp;')}" width="900" height="700"></iframe>`);
});

/** Opens that app with those attributes; `framed`: within a page of another origin, `AROUND`. */
async function openApp({ attributes = {}, framed, prepare } = {}) {
  const context = await browser.newContext({ colorScheme: 'light' });
  await prepare?.(context);
  const page = await context.newPage();
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  const address = `${app}/app?${new URLSearchParams({ 'channel-id': CHANNEL, assertion: await assertion(servers.assertionSecret, 'user_ada'), ...attributes })}`;
  await page.goto(framed ? `${around}/?${new URLSearchParams({ frame: address })}` : address);
  const frame = await until(() => page.frames().find((one) => one.url().startsWith(app)), 'the app is there');
  const log = frame.getByRole('log');
  await log.getByRole('article').first().waitFor();
  const theme = () => frame.locator('[data-whop-chat-channel-id]').evaluate((node) => node.shadowRoot.querySelector('.chat').dataset.theme);
  return { page, frame, log, requests, theme, becomes: (wanted) => until(async () => (await theme()) === wanted, `the theme is ${wanted}`) };
}

/** What was fetched for the bridge. */
async function bridgeAmong(requests) {
  const { files } = await (await fetch(`${servers.proxy.url}/embed/manifest.json`)).json();
  return requests.filter((url) => url.endsWith(files.whopFrame.file));
}

/** In the page around: answers what the app asks, and keeps it. */
function playWhop() {
  if (window !== top) return;
  window.asked = [];
  addEventListener('message', ({ source, data, origin }) => {
    window.asked.push(data);
    const [, name] = data.event.split(':');
    const answer = name === 'getColorTheme' ? { appearance: 'dark' } : 'ok';
    source.postMessage({ ...data, data: answer, senderAppId: data.receiverAppId, receiverAppId: data.senderAppId }, origin);
  });
}

test('a page of an origin that is not Whop learns nothing and changes nothing, however well it plays', async () => {
  const attributes = { 'app-id': APP_ID, 'host-origin': 'https://other.example' };
  const prepare = (context) => context.addInitScript(`(${playWhop})()`);
  const { page, frame, theme, requests } = await openApp({ attributes, framed: true, prepare });
  await frame.getByRole('textbox', { name: 'Message' }).waitFor();
  await page.evaluate(([message, app]) => window.frames[0].postMessage(message, app), [telling({ appearance: 'dark' }), app]);
  await page.waitForLoadState('networkidle');
  assert.equal(await theme(), 'system');
  assert.deepEqual(await page.evaluate(() => window.asked), []);
  assert.deepEqual(await bridgeAmong(requests), []);
});

test('a page that a creator named is heard', async () => {
  const attributes = { 'app-id': APP_ID, 'host-origin': `https://other.example ${around}` };
  const prepare = (context) => context.addInitScript(`(${playWhop})()`);
  const { becomes, requests } = await openApp({ attributes, framed: true, prepare });
  await becomes('dark');
  assert.equal((await bridgeAmong(requests)).length, 1);
});

test('no page that is no app loads the bridge', async () => {
  const framed = await openApp({ attributes: { 'host-origin': around }, framed: true });
  const alone = await openApp({ attributes: { 'app-id': APP_ID, 'host-origin': around } });
  for (const { requests, page } of [framed, alone]) {
    await page.waitForLoadState('networkidle');
    assert.deepEqual(await bridgeAmong(requests), []);
  }
});

test("Whop's mobile app: colours, links, haptics, by the web view's own channel", async () => {
  const prepare = (context) => context.addInitScript(() => {
    window.asked = [];
    window.fromApp = (message, origin = 'com.whop.whopapp') =>
      dispatchEvent(new MessageEvent('message', { data: typeof message === 'string' ? message : JSON.stringify(message), origin }));
    window.ReactNativeWebView = {
      postMessage(text) {
        const { event, data, senderAppId, receiverAppId, libId } = JSON.parse(text);
        const [, name] = event.split(':');
        window.asked.push([name, data]);
        const answer = name === 'getColorTheme' ? { appearance: 'dark' } : 'ok';
        setTimeout(() => window.fromApp({ event, data: answer, libId, senderAppId: receiverAppId, receiverAppId: senderAppId }));
      },
    };
  });
  const { frame, log, becomes, theme, page } = await openApp({ attributes: { 'app-id': APP_ID }, prepare });
  await becomes('dark');
  await log.locator(`a[href="${LINK}"]`).first().click();
  const asked = (name) => until(async () => (await frame.evaluate(() => window.asked)).find(([own]) => own === name), name);
  assert.deepEqual(await asked('openExternalUrl'), ['openExternalUrl', { url: LINK, newTab: true }]);
  await page.getByRole('textbox', { name: 'Message' }).fill('From the app');
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
  assert.deepEqual(await asked('performHaptic'), ['performHaptic', { type: 'impact', style: 'light' }]);
  const light = telling({ appearance: 'light' });
  await frame.evaluate((light) => {
    window.fromApp(light, location.origin);
    window.fromApp(light, 'https://whop.com');
    window.fromApp('{');
    window.fromApp('7');
    window.postMessage(light, '*');
    window.postMessage(JSON.stringify(light), '*');
  }, light);
  await frame.evaluate(() => new Promise((resolve) => { addEventListener('message', resolve, { once: true }); postMessage(null, '*'); }));
  assert.equal(await theme(), 'dark');
  await frame.evaluate((light) => window.fromApp(light), light);
  await becomes('light');
});
