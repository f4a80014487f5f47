// `@whop/iframe`, unmodified, in an app of a few lines, against the sandbox's host page, each in the frame where it belongs.
// What the package gets for an answer it checks against its own schema.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { API_KEY, APP_ID, startSandbox } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { insideWhop, launch } from './support/browser.mjs';

const MODULES = { '@whop/iframe': '@whop/iframe/dist/index.mjs', zod: 'zod/lib/index.mjs' };
const installed = new URL('../node_modules/', import.meta.url);

/** The app's one page, at every path. */
const page = (whop) => `<!doctype html>
<title>An app</title>
<script type="importmap">${JSON.stringify({ imports: Object.fromEntries(Object.entries(MODULES).map(([name, path]) => [name, `/modules/${path}`])) })}</script>
<script type="module">
  import { createSdk } from '@whop/iframe';
  window.heard = [];
  window.themes = [];
  document.documentElement.addEventListener('frosted-ui:set-theme', (event) => window.themes.push(event.detail));
  const hears = (name, answer) => (data) => { window.heard.push([name, data ?? null]); return answer; };
  window.whop = createSdk({
    appId: ${JSON.stringify(APP_ID)},
    overrideParentOrigins: [${JSON.stringify(whop)}],
    onMessage: { appPing: hears('appPing', 'app_pong'), navigateBack: hears('navigateBack', 'ok'), navigateForward: hears('navigateForward', 'ok') },
  });
</script>`;

let browser, sandbox, app;

before(async () => {
  app = createServer(async (request, response) => {
    const module = /^\/modules\/((?:@whop\/iframe\/dist|zod\/lib)\/[\w.-]+\.mjs)$/.exec(request.url)?.[1];
    response.setHeader('content-type', module ? 'text/javascript' : 'text/html');
    response.end(module ? await readFile(fileURLToPath(new URL(module, installed))) : page(sandbox.api));
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  sandbox = await startSandbox({ messages: 20, appUrl: `http://127.0.0.1:${app.address().port}` });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await sandbox?.stop();
  app?.close();
});

/** Opens the app inside Whop. `ask` calls the package there. */
async function open(options) {
  const visitor = await insideWhop(browser, { sandbox }, { user: 'user_ada', experience: 'exp_quiet', options });
  const frame = await until(() => visitor.page.frames().find((one) => one.url().startsWith(sandbox.app)), 'the app is in the frame');
  await frame.waitForFunction(() => window.whop);
  const ask = (name, request) => frame.evaluate(([name, request]) => window.whop[name](request), [name, request]);
  const heard = (name) => until(async () => {
    const found = (await frame.evaluate(() => window.heard)).find(([own]) => own === name);
    return found && found[1] !== undefined && found;
  }, `the app hears ${name}`);
  const asked = visitor.page.getByRole('log', { name: 'What the app asked whop.com for' });
  return { ...visitor, frame, ask, heard, asked };
}

test('whatever an app asks is answered', async () => {
  const { page, frame, ask, heard, asked, problems } = await open();
  assert.equal(await ask('ping', 'ping'), 'pong');
  assert.deepEqual(await heard('appPing'), ['appPing', 'app_ping']);
  await asked.getByText('The app answers').waitFor();
  assert.equal(await ask('performHaptic', { type: 'impact', style: 'light' }), 'ok');
  await asked.getByText('performHaptic impact light').waitFor();
  assert.equal(await ask('closeApp', null), 'ok');
  assert.equal(await ask('openHelpChat', null), 'ok');
  const bought = await ask('inAppPurchase', { planId: 'plan_x' });
  assert.equal(bought.status, 'error');
  await asked.getByText('inAppPurchase plan_x').waitFor();
  const { fullHref, baseHref, ...place } = await ask('getTopLevelUrlData', {});
  assert.deepEqual(place, {
    companyRoute: 'northlight-studio', experienceRoute: 'quiet-room', experienceId: 'exp_quiet', viewType: 'app',
  });
  assert.equal(fullHref, page.url());
  assert.ok(fullHref.startsWith(baseHref));
  assert.deepEqual(problems, []);
  // The package is the one that this test names.
  assert.ok(await frame.evaluate(() => window._whop_sync_href_interval));
});

test('the address bar follows the app, and leads back there', async () => {
  const { page, frame, problems } = await open();
  const path = () => new URL(page.url()).searchParams.get('path');
  await until(() => path() === '/experiences/exp_quiet', 'the first place');
  await frame.evaluate(() => history.pushState(null, '', '/experiences/exp_quiet/settings?tab=a&b=c#top'));
  await until(() => path() === '/experiences/exp_quiet/settings?tab=a&b=c#top', 'the next place');
  await page.reload();
  await until(() => page.frames().some((one) => one.url() === `${sandbox.app}/experiences/exp_quiet/settings?tab=a&b=c#top`), 'the same place again');
  assert.deepEqual(problems, []);
});

test('addresses are opened beside the app or instead of it', async () => {
  const { page, ask } = await open();
  const [popup, answer] = await Promise.all([
    page.waitForEvent('popup'), ask('openExternalUrl', { url: `${sandbox.api}/?user=user_bob`, newTab: true }),
  ]);
  assert.equal(answer, 'ok');
  await popup.waitForURL(`${sandbox.api}/?user=user_bob**`);
  await popup.close();
  assert.equal(await ask('openExternalUrl', { url: `${sandbox.api}/?user=user_chen` }), 'ok');
  await page.waitForURL(/user=user_chen/);
});

test('the app is told of the colours, and of a change', async () => {
  const { page, frame, ask, problems } = await open({ colorScheme: 'light' });
  const light = await ask('getColorTheme');
  assert.equal(light.appearance, 'light');
  const last = (appearance) => until(async () => (await frame.evaluate(() => window.themes.at(-1)))?.appearance === appearance, appearance);
  await last('light');
  await page.getByLabel('Theme').selectOption('dark');
  await last('dark');
  assert.deepEqual(await ask('getColorTheme'), { ...light, appearance: 'dark' });
  await page.getByLabel('Theme').selectOption('system');
  await last('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await last('dark');
  assert.deepEqual(problems, []);
});

test("whop.com's own buttons lead through the app", async () => {
  const { page, ask, heard, problems } = await open();
  const stack = ['one', 'two', 'three'].map((name) => ({ path: [name], params: {} }));
  const [back, forward] = ['Back', 'Forward'].map((name) => page.getByRole('button', { name }));
  assert.equal(await ask('onNavigationStackChange', { stack, currentIndex: 0 }), 'ok');
  assert.deepEqual([await back.isEnabled(), await forward.isEnabled()], [false, true]);
  assert.equal(await ask('onNavigationStackChange', { stack, currentIndex: 1 }), 'ok');
  await back.click();
  await heard('navigateBack');
  await forward.click();
  await heard('navigateForward');
  assert.deepEqual(problems, []);
});

test('an app asks what its visitor has not read, and says that it is read', async () => {
  const { ask } = await open();
  const experienceId = 'exp_quiet';
  assert.equal(await ask('earliestUnreadNotification', { experienceId }), null);
  for (const title of ['first', 'second']) {
    const answer = await fetch(`${sandbox.api}/api/v1/notifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ experience_id: experienceId, title, content: 'Tonight', user_ids: ['user_ada'] }),
    });
    assert.ok(answer.ok);
  }
  const first = await ask('earliestUnreadNotification', { experienceId });
  assert.equal(await ask('markExperienceRead', { experienceId, notificationExternalId: first.externalId }), 'ok');
  const second = await ask('earliestUnreadNotification', { experienceId });
  assert.ok(second.externalId && second.externalId !== first.externalId);
  assert.equal(await ask('markExperienceRead', { experienceId }), 'ok');
  assert.equal(await ask('earliestUnreadNotification', { experienceId }), null);
});

test('what is not asked by the app of that page, or makes no sense, is not answered', async () => {
  const { frame, ask, asked } = await open();
  await frame.evaluate(() => {
    window.answered = [];
    addEventListener('message', ({ data }) => window.answered.push(data.event));
  });
  await frame.evaluate(([whop, app]) => {
    const good = { libId: 'typed-transport', event: `${app}:ping:forged01`, data: 'ping', senderAppId: app, receiverAppId: 'app_whop' };
    for (const change of [
      { senderAppId: 'app_other', event: 'app_other:ping:forged02' }, { receiverAppId: 'app_other' }, { libId: 'other' },
      { event: `${app}:constructor:forged03` }, { event: `${app}:performHaptic:forged04`, data: { type: 'loud', style: 'light' } },
      { event: `${app}:openExternalUrl:forged05`, data: { url: 'javascript:alert(1)' } },
      { event: `${app}:onHrefChange:forged06`, data: { href: 'https://evil.example/' } }, { event: 7 }, { event: `${app}:closeApp:forged07` },
    ]) parent.postMessage({ ...good, ...change }, whop);
    parent.postMessage('text', whop);
    // A page within the app has the app's origin, but not its window.
    const inner = document.body.appendChild(document.createElement('iframe'));
    inner.contentWindow.eval(`parent.parent.postMessage(${JSON.stringify(good)}, ${JSON.stringify(whop)})`);
  }, [sandbox.api, APP_ID]);
  assert.equal(await ask('ping', 'ping'), 'pong');
  await asked.getByText('openExternalUrl: openExternalUrl opens').waitFor();
  const answered = await frame.evaluate(() => window.answered);
  assert.deepEqual(answered.filter((event) => event.includes('forged')), []);
});
