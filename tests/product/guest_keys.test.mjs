// Whatever keys a page listens to, those that are pressed in the chat are the chat's (E1).

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch } from './support/browser.mjs';
import { startHostileHost, visitHost, WAYS } from './support/hostile_host.mjs';
import { once, use } from './support/using.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_lounge';
let host, servers, browser;

before(async () => {
  host = await startHostileHost();
  [servers, browser] = await Promise.all([startServers({ messages: 200, origins: [host.origin] }), launch()]);
  host.serve(servers);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
  host?.close();
});

const visit = (page, options) => visitHost(browser, host.page(page), options);

for (const [way, write] of Object.entries(WAYS)) {
  test(`E1: no key that is pressed in the chat is the page's, in the capture phase neither: ${way}`, async () => {
    const visitor = await visit({ body: write(CHANNEL), scripts: ['keys.js'] });
    const { page, chat, problems } = visitor;
    await use(visitor, servers, CHANNEL);
    // Who comes later may listen to the window, too.
    await page.evaluate(() => window.listenForKeys([window]));
    await chat.composer.click();
    await page.keyboard.type('k/? g');
    for (const key of ['Backspace', 'ArrowLeft', 'Control+a', 'Home', 'End']) await page.keyboard.press(key);
    assert.equal(await chat.composer.inputValue(), 'k/? ');
    await page.keyboard.press('Shift+Enter');
    assert.equal(await chat.composer.inputValue(), 'k/? \n');
    await chat.log.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    for (const key of ['ArrowUp', '/', 'Space', 'Escape', 'PageUp', 'j']) await page.keyboard.press(key);
    assert.deepEqual(await page.evaluate(() => window.heard), []);
    // Elsewhere they are the page's.
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('k');
    assert.ok((await page.evaluate(() => window.heard)).includes('keydown k'));
    assert.deepEqual(problems, []);
  });
}

test('E1: input methods write as on any page', async () => {
  const { page, chat } = await visit({ body: WAYS.attributes(CHANNEL), scripts: ['keys.js'] });
  await chat.composer.click();
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await session.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
  await session.send('Input.insertText', { text: '日本' });
  await until(async () => await chat.composer.inputValue() === '日本', 'what was composed');
  await page.keyboard.press('Enter');
  await chat.message('日本').waitFor();
});

test('E1: a launcher is opened and closed by keys that a page takes for its own', async () => {
  const { page, chat, problems } = await visit({ body: WAYS.attributes(CHANNEL, { launcher: 'Talk' }), scripts: ['keys.js', 'libraries.js', 'storage.js'], styles: ['resets.css'] });
  const button = page.getByRole('button', { name: 'Talk' });
  await button.focus();
  await page.keyboard.press('Space');
  await page.getByRole('dialog', { name: 'Talk' }).waitFor();
  await chat.composer.waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Talk' }).waitFor({ state: 'hidden' });
  await page.keyboard.press('Enter');
  await use({ page, chat }, servers, CHANNEL);
  await chat.composer.click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Talk' }).waitFor({ state: 'hidden' });
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  assert.deepEqual(problems, []);
});

const HARD = { scripts: ['keys.js', 'libraries.js', 'storage.js'], styles: ['resets.css'] };
const script = (type, options) => `<script src="mount.js" data-type="${type}" data-options='${JSON.stringify(options)}'></script>`;

test('the list of conversations works there, too', async () => {
  const { id } = await asUser(servers.sandbox, 'user_ada', 'POST', '/dm_channels', { with_user_ids: ['user_chen'], company_id: 'biz_sandbox' });
  await post(servers.sandbox, 'user_ada', id, 'Are you there?');
  const { page, problems } = await visit({ ...HARD, body: script('dms-list-element', { companyId: 'biz_sandbox' }) });
  await page.getByRole('button', { name: /Chen/ }).first().focus();
  await page.keyboard.press('Enter');
  await page.locator('[aria-current="true"]').waitFor();
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  assert.deepEqual(problems, []);
});

test('the search works there, too', async () => {
  const word = once('Schluessel').replace(' ', '');
  await post(servers.sandbox, 'user_bob', CHANNEL, `The word is ${word}`);
  const { page, problems } = await visit({ ...HARD, body: script('search-element', { channelId: CHANNEL }) });
  await page.getByRole('searchbox').click();
  await page.keyboard.type(`${word}/k`);
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.getByRole('button', { name: new RegExp(word) }).waitFor();
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  assert.deepEqual(problems, []);
});
