// The whole view with keys alone, as somebody goes through it who has no mouse, and what is said to who doesn't see it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { picture, showLive } from './support/everything.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_general';
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 300 }), launch()]);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** Presses a key. */
const press = (page, ...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

/** What has the focus, in the words of who hears it. */
const focused = (page) => page.evaluate(() => {
  const root = document.querySelector('[data-whop-chat-channel-id]').shadowRoot;
  const one = root.activeElement;
  if (!one) return 'nothing';
  const name = one.ariaLabel ?? (one.textContent.trim() || one.querySelector('img')?.alt);
  return `${one.getAttribute('role') ?? one.localName}: ${name}`.replace(/\s+/g, ' ').trim();
});

/** Waits until that has the focus, and that one sees where it is. */
async function isAt(page, words) {
  await until(async () => words.test(await focused(page)), `the focus on ${words}`).catch(async (error) => {
    throw new Error(`${error.message}; it is on ${await focused(page)}`);
  });
  const seen = await page.evaluate(() => {
    const one = document.querySelector('[data-whop-chat-channel-id]').shadowRoot.activeElement;
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one.matches('textarea') ? one.closest('.composer-line') : one);
    return { isThere: box.width > 0 && box.bottom > 0 && box.top < innerHeight, ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
  });
  assert.ok(seen.isThere, `${words} is in sight`);
  return seen;
}

/** Tab until there. */
async function tabTo(page, words, key = 'Tab') {
  const passed = [];
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (words.test(now)) {
      const { ring } = await isAt(page, words);
      assert.ok(ring, `${words} has a ring`);
      return;
    }
    passed.push(now);
  }
  assert.fail(`${key} never led to ${words}, but to ${passed.join(' → ')}`);
}

test('A3: into the history, through everything in it, and back to the composer', async () => {
  const { sandbox } = servers;
  const quoted = await post(sandbox, 'user_bob', CHANNEL, 'The question of the day');
  for (let index = 0; index < 25; index += 1) await post(sandbox, 'user_chen', CHANNEL, `filler ${index}`);
  const rules = await post(sandbox, 'user_olivia', CHANNEL, 'House rules');
  await asUser(sandbox, 'user_olivia', 'PATCH', `/messages/${rules.id}`, { is_pinned: true });
  await asUser(sandbox, 'user_olivia', 'PATCH', `/messages/${quoted.id}`, { is_pinned: true });
  await post(sandbox, 'user_fatima', CHANNEL, 'Which film?', { poll: { options: [{ id: '1', text: 'Portra' }, { id: '2', text: 'Tri-X' }] } });
  await post(sandbox, 'user_bob', CHANNEL, 'The answer', { replying_to_message_id: quoted.id });
  await post(sandbox, 'user_sofia', CHANNEL, 'Psst: ||a secret||');
  const { page, chat, problems, context } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL });
  await chat.composer.waitFor();
  await chat.message('The answer').waitFor();
  await sandbox.sockets({ server: 1 });
  await showLive(sandbox, CHANNEL, 'zz_pictures', 'user_marcus', 'Two pictures', { files: [picture(sandbox, 'one'), picture(sandbox, 'two')] }, 'Marcus');
  await chat.message('Two pictures').waitFor();

  // From the composer the history is one stop back.
  await chat.composer.focus();
  await press(page, 'Shift+Tab');
  await isAt(page, /^log|^div: Messages|Messages/);
  await press(page, 'ArrowUp');
  await isAt(page, /^article.*Two pictures/);

  // A picture, its neighbour, and back where it was opened.
  await tabTo(page, /^a: one\.png/);
  await press(page, 'Enter');
  const dialog = chat.place.getByRole('dialog', { name: 'Image' });
  await dialog.waitFor();
  await dialog.getByRole('img', { name: 'one.png' }).waitFor();
  await press(page, 'ArrowRight');
  await dialog.getByRole('img', { name: 'two.png' }).waitFor();
  for (let step = 0; step < 8; step += 1) {
    await press(page, 'Tab');
    assert.ok(await page.evaluate(() => {
      const one = document.querySelector('[data-whop-chat-channel-id]').shadowRoot.activeElement;
      return !one || !!one.closest('dialog');
    }), 'Tab stays in the dialog, or leaves the page');
  }
  await press(page, 'Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.ok(await page.evaluate(() => document.querySelector('[data-whop-chat-channel-id]').shadowRoot.activeElement.matches('.picture')), 'the focus is on the picture again');
  await press(page, 'Escape');
  await isAt(page, /^article.*Two pictures/);

  // What is hidden.
  await press(page, 'ArrowUp');
  await isAt(page, /^article.*Psst/);
  await tabTo(page, /Spoiler/);
  await press(page, 'Enter');
  await chat.place.locator('.spoiler.shown').waitFor();
  await isAt(page, /^article.*a secret/);

  // React: the picker takes the focus, arrows lead through it, Escape gives it back.
  await tabTo(page, /Add reaction/);
  await press(page, 'Enter');
  const menu = chat.place.getByRole('menu', { name: 'Add reaction' });
  await menu.waitFor();
  await isAt(page, /^menuitem: React with thumbs up/);
  await press(page, 'ArrowRight', 'ArrowRight');
  await isAt(page, /^menuitem: React with tears of joy/);
  await press(page, 'Escape');
  await menu.waitFor({ state: 'detached' });
  await isAt(page, /^button: Add reaction/);
  await press(page, 'Enter');
  await menu.waitFor();
  await press(page, 'ArrowRight', 'Enter');
  const secret = chat.log.getByRole('article').filter({ hasText: 'a secret' });
  await secret.getByRole('button', { name: '❤️ 1, you reacted', pressed: true }).waitFor();
  await press(page, 'Escape');
  await isAt(page, /^article.*a secret/);

  // Who reacted, by the focus alone; and taking it back.
  await tabTo(page, /❤️ 1, you reacted/);
  await chat.place.getByRole('tooltip').getByText('reacted with').waitFor();
  await press(page, 'Escape');
  await chat.place.getByRole('tooltip').waitFor({ state: 'detached' });
  await press(page, 'Space');
  await secret.getByRole('button', { name: /❤️/ }).waitFor({ state: 'detached' });

  // Jump to what is answered.
  await chat.composer.focus();
  await press(page, 'Shift+Tab', 'ArrowUp', 'ArrowUp', 'ArrowUp');
  await isAt(page, /^article.*The answer/);
  await tabTo(page, /In reply to Bob/);
  await press(page, 'Enter');
  await isAt(page, /^article.*The question of the day/);

  // To the newest, and a vote.
  await press(page, 'End');
  await isAt(page, /^article.*Two pictures/);
  await press(page, 'ArrowUp', 'ArrowUp', 'ArrowUp');
  await isAt(page, /^article.*Which film/);
  await tabTo(page, /^button: Portra/);
  await press(page, 'Space');
  await isAt(page, /^button: Portra, 100%, 1 vote, your vote/);
  await press(page, 'Tab', 'Enter');
  await isAt(page, /^button: Tri-X, 100%, 1 vote, your vote/);

  // Older messages, as far as one likes.
  await press(page, 'Escape', 'Home');
  const first = await focused(page);
  await until(async () => {
    await press(page, 'Home');
    return (await focused(page)) !== first;
  }, 'older messages');
  await isAt(page, /^article/);

  // The way back is one stop on.
  await press(page, 'End');
  await isAt(page, /^article.*Two pictures/);
  await chat.log.evaluate((log) => log.focus({ preventScroll: true }));

  // The pins: a list that opens, closes, and leads to its message.
  await tabTo(page, /Pinned messages, \d+/, 'Shift+Tab');
  await press(page, 'Enter');
  const pins = chat.place.getByRole('group', { name: 'Pinned messages' });
  await pins.waitFor();
  await isAt(page, /Pinned messages, \d+/);
  await press(page, 'Tab');
  await isAt(page, /House rules/);
  await press(page, 'Escape');
  await pins.waitFor({ state: 'detached' });
  await isAt(page, /Pinned messages, \d+/);
  await press(page, 'Enter');
  await pins.waitFor();
  await press(page, 'Tab', 'Tab', 'Enter');
  await isAt(page, /^article.*The question of the day/);
  await pins.waitFor({ state: 'detached' });

  // And home.
  await press(page, 'End', 'Escape');
  await chat.log.evaluate((log) => log.focus({ preventScroll: true }));
  await tabTo(page, /^textarea/);
  await page.keyboard.type('All with keys');
  await press(page, 'Enter');
  await chat.message('All with keys').waitFor();
  await isAt(page, /^textarea/);
  assert.deepEqual(problems, []);
  await context.close();
});

test('A1: new messages are announced politely; history, edits, deletions and one’s own are not', async () => {
  const { sandbox } = servers;
  const old = await post(sandbox, 'user_bob', 'chat_feed_lounge', 'to be edited');
  const { page, chat, context } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_lounge' });
  await chat.message('to be edited').waitFor();
  await chat.composer.waitFor();
  await sandbox.sockets({ server: 1 });
  await page.evaluate(() => {
    const root = document.querySelector('[data-whop-chat-channel-id]').shadowRoot;
    window.said = [];
    for (const place of root.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log]')) {
      if (place.ariaLive === 'off' || place.closest('[aria-live=off]')) continue;
      if (place.ariaLive === 'assertive' || place.getAttribute('role') === 'alert') window.said.push(`shouts: ${place.className}`);
      new MutationObserver(() => { if (place.textContent) window.said.push(place.textContent); }).observe(place, { childList: true, subtree: true, characterData: true });
    }
  });
  const said = () => page.evaluate(() => window.said);
  assert.equal(await chat.log.getAttribute('aria-live'), 'off');
  await asUser(sandbox, 'user_bob', 'PATCH', `/messages/${old.id}`, { content: 'is edited' });
  await chat.message('is edited').waitFor();
  await asUser(sandbox, 'user_bob', 'DELETE', `/messages/${old.id}`);
  await chat.message('is edited').waitFor({ state: 'detached' });
  await chat.say('mine');
  await chat.message('mine').waitFor();
  await chat.log.press('ArrowUp');
  await chat.log.press('Home');
  // What comes last is what is heard first: nothing before it was said.
  await post(sandbox, 'user_chen', 'chat_feed_lounge', 'hello **all**');
  await until(async () => (await said()).length > 0, 'an announcement');
  const heard = await said();
  assert.equal(heard.length, 1, `once: ${heard}`);
  assert.match(heard[0], /^.*Chen Li: hello all$/);
  await context.close();
});
