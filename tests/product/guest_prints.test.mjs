// On paper, at 400 % and in 320 px: what was said is there, and one can go on.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch } from './support/browser.mjs';
import { sayEverything } from './support/everything.mjs';
import { startHostileHost, visitHost, WAYS } from './support/hostile_host.mjs';
import { once, use } from './support/using.mjs';

const CHANNEL = 'chat_feed_quiet';
const LONG = 'chat_feed_general';
let host, servers, browser;

before(async () => {
  host = await startHostileHost();
  [servers, browser] = await Promise.all([startServers({ messages: 200, origins: [host.origin] }), launch()]);
  host.serve(servers);
  await sayEverything(servers.sandbox, CHANNEL);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
  host?.close();
});

const visit = (page, options) => visitHost(browser, host.page(page), options);

/** As a browser that prints: the page is told first. */
async function print(page) {
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
}

/** Runs in the page: what of the chat nobody would find on the paper, though it was said. */
function missingOnPaper(chat) {
  const problems = [];
  const place = chat.getBoundingClientRect();
  for (const row of chat.querySelectorAll('.item')) {
    const { left, right, height } = row.getBoundingClientRect();
    if (!height) problems.push(`${row.textContent.slice(0, 40)} has no height`);
    if (left < place.left - 1 || right > place.right + 1) problems.push(`${row.textContent.slice(0, 40)} is cut at the side`);
  }
  for (const element of chat.querySelectorAll('*')) {
    const { overflowY, overflowX, display, maskImage } = getComputedStyle(element);
    if (display === 'none' || element.closest('.hidden, dialog') || !element.getClientRects().length) continue;
    const isCut = (over, inner, outer) => over !== 'visible' && inner > outer + 1;
    if (element.closest('.text, .rows') && element.localName !== 'bdi' && !element.closest('.heading') && isCut(overflowY, element.scrollHeight, element.clientHeight)) problems.push(`${element.localName}.${element.className} shows ${element.clientHeight} of ${element.scrollHeight} px`);
    if (element.closest('.text') && isCut(overflowX, element.scrollWidth, element.clientWidth)) problems.push(`${element.localName}.${element.className} is cut at the side`);
    if (maskImage !== 'none') problems.push(`${element.className} fades`);
  }
  return [...new Set(problems)];
}

/** Runs in the page: what is written in a colour that is not read on white. */
function paleOnWhite(chat) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (color) => {
    canvas.fillStyle = '#fff';
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const pale = new Set();
  const walker = document.createTreeWalker(chat, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const { color, visibility } = getComputedStyle(element);
    if (!walker.currentNode.nodeValue.trim() || !element.getClientRects().length || visibility !== 'visible' || element.closest('.hidden, style')) continue;
    const contrast = 1.05 / (light(color) + 0.05);
    if (contrast < 4.5) pale.add(`${element.className || element.localName} in ${color}: ${contrast.toFixed(1)}`);
  }
  return [...pale];
}

for (const [style, theme] of [['imessage', 'light'], ['imessage', 'dark'], ['discord', 'dark']]) {
  test(`E22: printed, the conversation is whole, dark on white, and nothing else: ${style}, ${theme}`, async () => {
    const { page, chat, problems } = await visit({ body: WAYS.attributes(CHANNEL, { style, theme }) });
    await chat.composer.waitFor();
    await chat.message('first, with a correction').waitFor();
    await until(async () => await chat.place.locator('[data-painted]').count() === 0, 'the widget');
    await print(page);
    const all = Number(await chat.log.getByRole('article').last().getAttribute('aria-posinset'));
    assert.equal(await chat.log.getByRole('article').count(), all);
    const frame = chat.place.locator('.chat');
    const { height } = await frame.boundingBox();
    assert.ok(height > 1_000, `all of it is there: ${height} px`);
    assert.deepEqual(await frame.evaluate(missingOnPaper), []);
    assert.deepEqual(await frame.evaluate(paleOnWhite), []);
    for (const role of ['textbox', 'searchbox']) assert.equal(await chat.place.getByRole(role).count(), 0);
    const pressed = await chat.place.getByRole('button').evaluateAll((all) => all.map(({ className }) => className));
    assert.deepEqual(pressed.filter((name) => !/quote|answer|pill|pin|spoiler/.test(name)), [], 'what can be pressed is none of it');
    assert.equal(await frame.evaluate((chat) => getComputedStyle(chat.getRootNode().host).height !== '640px'), true);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await chat.composer.fill(once('After printing'));
    await page.keyboard.press('Enter');
    assert.deepEqual(problems, []);
  });
}

test('E22: as a PDF it has as many pages as the conversation needs, wherever one is in it', async () => {
  const { page, chat } = await visit({ body: WAYS.attributes(LONG) });
  await chat.log.getByRole('article').first().waitFor();
  await chat.composer.waitFor();
  await chat.log.hover();
  await until(async () => {
    await page.mouse.wheel(0, -4_000);
    return chat.place.getByText(/This is the beginning of/).isVisible();
  }, 'all of the history');
  const before = await chat.log.getByRole('article').count();
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g).length;
  assert.ok(pages >= 6, `${pages} pages`);
  await until(async () => await chat.log.getByRole('article').count() < before + 40, 'what was drawn for the paper is gone');
  const own = once('After the paper');
  await chat.say(own);
  await chat.message(own).waitFor();
});

/** Nothing has to be scrolled sideways, nothing stands outside. */
async function assertFits(page, chat) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `the page is ${wide} px too wide`);
  const outside = await chat.place.locator('.chat').evaluate((chat) => {
    const place = chat.getBoundingClientRect();
    const found = [];
    for (const element of chat.querySelectorAll('*')) {
      const { left, right, width } = element.getBoundingClientRect();
      const { visibility, overflowX } = getComputedStyle(element);
      if (!width || visibility !== 'visible' || element.closest('.hidden, pre, .table, .tools, svg, .quote, .pins, .item:not(.first) .heading')) continue;
      if (left < place.left - 1 || right > place.right + 1) found.push(`${element.localName}.${element.className} from ${left} to ${right}`);
      if (element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(overflowX)) found.push(`${element.localName}.${element.className} scrolls sideways`);
    }
    return found;
  });
  assert.deepEqual(outside, []);
}

for (const [name, viewport] of [['400 % of 1280 × 1024', { width: 320, height: 256 }], ['320 px', { width: 320, height: 640 }]]) {
  for (const style of ['imessage', 'discord']) {
    test(`E22: at ${name} nothing is lost and everything can be done, in ${style}`, async () => {
      const visitor = await visit({ body: WAYS.attributes(CHANNEL, { style }), root: 'lang="en" class="narrow"' }, { viewport });
      const { page, chat, problems } = visitor;
      await chat.message('first, with a correction').waitFor();
      await chat.composer.waitFor();
      await assertFits(page, chat);
      await use(visitor, servers, CHANNEL);
      await assertFits(page, chat);
      // Still half of it is what was said.
      const [log, field] = [await chat.log.boundingBox(), await chat.composer.boundingBox()];
      assert.ok(log.height >= viewport.height * 0.4, `the history is ${log.height} px high`);
      assert.ok(field.y + field.height <= viewport.height);
      assert.deepEqual(problems, []);
    });
  }

  test(`E22: a launcher at ${name}`, async () => {
    const visitor = await visit({ body: WAYS.attributes(CHANNEL, { launcher: 'Talk' }), root: 'lang="en" class="narrow"' }, { viewport });
    const { page, chat } = visitor;
    await page.getByRole('button', { name: 'Talk' }).click();
    await chat.composer.waitFor();
    await assertFits(page, chat);
    await use(visitor, servers, CHANNEL);
    const field = await chat.composer.boundingBox();
    assert.ok(field.y + field.height <= viewport.height);
    await page.getByRole('button', { name: 'Close chat' }).first().click();
    await page.getByRole('button', { name: 'Talk' }).waitFor();
  });
}
