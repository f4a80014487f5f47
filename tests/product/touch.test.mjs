// Whatever a finger is to press is 40 px wide and high, on a phone, in both styles; links and spoilers among words aside.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { sayEverything, showEverything } from './support/everything.mjs';
import { controls } from './support/touch.mjs';
import { post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_quiet';
const LEAST = 40;
/** Half a pixel to either side is the measure's own. */
const TOLERANCE = 1;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 200 }), launch()]);
  await sayEverything(servers.sandbox, CHANNEL);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** The widget's controls that are too small, or that something covers where it should not. */
async function assertLarge(chat, when, { within = '.chat[data-style]', covers = false } = {}) {
  const found = await chat.place.locator(within).first().evaluate(controls);
  assert.ok(found.length > 0, `${when}: there are controls`);
  const bad = found.filter(({ covered, width, height }) => (covered ? !covers : width < LEAST - TOLERANCE || height < LEAST - TOLERANCE));
  const lines = bad.map(({ name, covered, width, height }) => (covered ? `${name} is covered by ${covered}` : `${name} is ${width} × ${height}`));
  assert.deepEqual([...new Set(lines)], [], when);
}

/** The widget is so high, and stands at the window's upper edge. */
const grow = (page, height) => page.evaluate((height) => {
  const place = document.querySelector('[data-whop-chat-channel-id]');
  place.style.height = `${height}px`;
  place.scrollIntoView({ behavior: 'instant' });
}, height);

/** As a finger that is held on it. */
async function hold(page, locator) {
  await locator.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await locator.boundingBox();
  const session = await page.context().newCDPSession(page);
  const touchPoints = [{ x: x + width / 2, y: y + height / 2 }];
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  return () => session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

for (const style of ['imessage', 'discord']) {
  test(`in ${style}`, async () => {
    const query = `&style=${style}`;
    const { page, chat, context } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL, query, options: PHONE });
    await chat.message('Same here').waitFor();
    await servers.sandbox.sockets({ server: 1 });
    await showEverything(servers.sandbox, CHANNEL);
    await chat.place.getByText('A guide to film').waitFor();
    // Room for all of it at once: a list draws what is near.
    await page.setViewportSize({ width: 360, height: 8_000 });
    await grow(page, 7_000);
    await chat.message('first, with a correction').waitFor();
    await assertLarge(chat, 'all that is said');

    // What a held finger brings.
    const release = await hold(page, chat.message('frist').or(chat.message('first, with a correction')).locator('.text'));
    const reply = chat.message('first, with a correction').getByRole('button', { name: 'Reply' });
    await reply.waitFor();
    await release();
    await assertLarge(chat, 'tools', { within: '.tools:has(button:focus), .item:focus-within .tools, .item[data-touched] .tools' });
    await chat.message('first, with a correction').getByRole('button', { name: 'Add reaction' }).first().tap();
    await chat.place.getByRole('menuitem').first().waitFor();
    await assertLarge(chat, 'reactions to choose from', { within: '[role="menu"]' });
    await chat.place.getByRole('menuitem', { name: /fire/ }).tap();
    const again = await hold(page, chat.message('first, with a correction').locator('.text'));
    await reply.waitFor();
    await again();
    await reply.tap();
    await chat.place.getByRole('button', { name: 'Cancel reply' }).waitFor();
    await assertLarge(chat, 'a reply', { within: '.composer, .foot' });

    await chat.place.getByRole('button', { name: 'Search messages' }).tap();
    await chat.place.getByRole('searchbox').waitFor();
    await assertLarge(chat, 'the search', { within: '.find' });
    await chat.place.getByRole('button', { name: 'Close search' }).tap();
    await chat.place.getByRole('search').waitFor({ state: 'detached' });

    await page.setViewportSize({ width: 360, height: 740 });
    await grow(page, 700);
    await chat.place.locator('.pictures a').first().tap();
    await chat.place.getByRole('dialog').getByRole('button').first().waitFor();
    await assertLarge(chat, 'a picture', { within: 'dialog' });
    await page.keyboard.press('Escape');
    await context.close();
  });

  test(`what failed and what is on its way, in ${style}`, async () => {
    const query = `&style=${style}`;
    const visitor = { user: 'user_ada', channel: 'chat_feed_general', query, options: PHONE };
    const { page, chat, context } = await onCreatorSite(browser, servers, visitor);
    await chat.log.getByRole('article').first().waitFor();
    await servers.sandbox.control('fail', { method: 'POST', path: '/api/v1/messages', status: 400, times: 1 });
    await chat.say(`Never mind, in ${style}`);
    await chat.place.getByRole('button', { name: /try again|retry/i }).first().waitFor();
    await assertLarge(chat, 'a message that failed', { covers: true });
    await chat.log.evaluate((log) => log.scrollBy(0, -2_000));
    await chat.place.getByRole('button', { name: /latest/i }).waitFor();
    await post(servers.sandbox, 'user_bob', 'chat_feed_general', `You missed this, in ${style}`);
    await chat.place.getByRole('button', { name: /new message/i }).waitFor();
    await assertLarge(chat, 'the pill', { within: '.way-back' });
    await servers.sandbox.control('fail', { method: 'GET', path: '/api/v1/messages', status: 500, times: 1_000 });
    await chat.log.evaluate((log) => log.scrollBy(0, -100_000));
    await chat.place.getByText('Earlier messages could not be loaded.').waitFor();
    await assertLarge(chat, 'history that failed', { within: '.before' });
    await context.close();
    await servers.sandbox.clearFaults();
    const stranger = await onCreatorSite(browser, servers, { ...visitor, user: 'user_stranger' });
    await stranger.chat.place.getByText('This chat is for members').waitFor();
    await assertLarge(stranger.chat, 'no access');
    await stranger.context.close();
  });
}
