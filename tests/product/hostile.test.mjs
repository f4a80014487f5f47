// What becomes of names, files, polls and cards that Whop tells, whatever they say: nothing in them runs or asks for
// anything (X1, X2, X5).

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch } from './support/browser.mjs';
import { CHANNEL, PAINTED, look, watched } from './support/canary.mjs';
import { startHostileWhop } from './support/hostile_whop.mjs';
import { PAYLOADS, SCHEMES } from './support/payloads.mjs';
import { post } from './support/whop.mjs';

/** Where files, pictures and cards say that they are: nowhere that may be asked for (X5). */
const ADDRESSES = [
  ...SCHEMES.map((scheme) => scheme.replace(/&colon;|&#58;|&#x3A;/, ':').replace(/&\w+;|&#\w+;/, '\t')).filter((scheme) => !scheme.startsWith('view-source')),
  '/\t/evil.example/p.png', '/\n/evil.example/p.png', '\t//evil.example/p.png', ' javascript:alert(1)', '\u0001javascript:alert(1)', 'x', '',
  // Of the web, but of hosts whose owners would learn who reads.
  'https://tracker.example/pixel.png', 'https://evil.apps.whop.com/pixel.png', 'https://assets.whop.com@tracker.example/pixel.png',
];

let servers, browser, whop;

before(async () => {
  whop = await startHostileWhop();
  [servers, browser] = await Promise.all([startServers({ messages: 50, env: { WHOP_API_URL: `${whop.url}/api/v1` } }), launch()]);
  whop.target = servers.sandbox.api;
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
  whop?.stop();
});

test('X1, X2: payloads as names of people, channels, files and reactions, and as addresses of files and pictures', async () => {
  const { page, heard, visit, takeOver } = await watched(browser, servers, { bypassCSP: true });
  for (let at = 0; at < PAINTED; at += 1) await post(servers.sandbox, 'user_bob', CHANNEL, `message ${at}`);
  const payload = (at) => PAYLOADS[at % PAYLOADS.length];
  const address = (at) => ADDRESSES[at % ADDRESSES.length];
  try {
    for (let from = 0; from < PAYLOADS.length; from += PAINTED) {
      whop.spoil = (body) => {
        if (body.experience?.name) body.experience.name = payload(from);
        if (!Array.isArray(body.data)) return;
        for (const [index, message] of body.data.entries()) {
          if (!message.user) return;
          const at = from + index;
          message.user = { id: `user_evil_${at}`, name: payload(at), username: payload(at + 1), profile_picture: { url: address(at) } };
          message.reaction_counts = [{ emoji: payload(at), count: 2 }];
          message.attachments = ['image/png', 'video/mp4', 'audio/mp3', payload(at)].map((type, number) => ({
            id: `file_${at}_${number}`, filename: payload(at), content_type: type, byte_size: 3, width: 40, height: 30,
            url: number === 3 ? `${servers.sandbox.api}/files/none/content` : address(at + number),
            blurhash: payload(at), thumbnail_url: address(at + 1),
          }));
        }
      };
      const where = `${from} to ${from + PAINTED}`;
      await visit();
      const names = await page.getByRole('log').locator('.heading').allInnerTexts();
      assert.equal(names.length, PAINTED);
      assert.ok(names.filter((name) => name.includes('alert(1)')).length > 0 || from > 300, 'the names are shown');
      assert.deepEqual(await look(page), [], `in the painted ${where}`);
      assert.deepEqual(heard, [], `by the painted ${where}`);
      await takeOver();
      assert.deepEqual(await look(page), [], `in the widget's ${where}`);
      assert.deepEqual(heard, [], `by the widget's ${where}`);
    }
  } finally {
    whop.spoil = () => {};
  }
});

test('X1: payloads as answers of polls', async () => {
  const { page, heard, visit, takeOver } = await watched(browser, servers, { bypassCSP: true });
  const ANSWERS = 10;
  const texts = PAYLOADS.filter((text) => text.length < 200);
  for (let from = 0; from < texts.length; from += PAINTED * ANSWERS) {
    for (let at = from; at < from + PAINTED * ANSWERS; at += ANSWERS) {
      const options = Array.from({ length: ANSWERS }, (_, index) => ({ id: String(index + 1), text: texts[(at + index) % texts.length] }));
      await post(servers.sandbox, 'user_bob', CHANNEL, 'Which?', { poll: { options } });
    }
    await visit();
    assert.deepEqual(await look(page), []);
    await takeOver();
    await page.getByRole('log').getByRole('group', { name: 'Poll' }).first().waitFor();
    assert.deepEqual(await look(page), []);
    assert.deepEqual(heard, []);
  }
});

test('X1, X2: payloads in frames: link cards, names and pictures', async () => {
  const { page, heard, visit, takeOver } = await watched(browser, servers, { bypassCSP: true });
  for (let at = 0; at < PAINTED; at += 1) await post(servers.sandbox, 'user_bob', CHANNEL, `message ${at}`);
  await visit();
  await takeOver();
  const log = page.getByRole('log');
  // As many cards as one message shows.
  const CARDS = 3;
  const frames = Math.ceil(PAYLOADS.length / CARDS);
  const address = (at) => ADDRESSES[at % ADDRESSES.length];
  for (let at = 0; at < frames; at += 1) {
    const payloads = Array.from({ length: CARDS }, (_, index) => PAYLOADS[(at * CARDS + index) % PAYLOADS.length]);
    const now = Date.now();
    const card = (url, payload) => ({ url, title: payload, description: payload, image: address(at), favicon: address(at + 1) });
    const dmsPost = {
      entityId: `post_card_${at}`, createdAt: now, updatedAt: String(now), Deleted: false, feedId: CHANNEL, feedType: 'chat_feed',
      userId: `user_evil_${at}`, isEdited: false, content: `card ${at}`, messageType: 'REGULAR', postReactionCounts: [],
      user: { id: `user_evil_${at}`, username: payloads[0], name: payloads[0], profilePicture: { originalUrl: address(at) } },
      links: [card(address(at), ''), card(payloads[0], ''), ...payloads.map((payload, index) => card(`https://a.example/${index}`, payload))],
    };
    await servers.sandbox.control('sockets/frame', { frame: { feedEntity: { dmsPost }, createdAt: String(now) } });
    if ((at + 1) % PAINTED !== 0 && at + 1 !== frames) continue;
    await log.getByText(`card ${at}`, { exact: true }).waitFor();
    assert.ok(await log.locator('.card').count() >= CARDS);
    assert.deepEqual(await look(page), [], `up to ${at}`);
    assert.deepEqual(heard, [], `up to ${at}`);
  }
});
