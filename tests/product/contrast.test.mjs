// A5: every text and every symbol can be read, in both styles, in the light and in the dark, as the browser computes it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { sayEverything, showEverything } from './support/everything.mjs';
import { contrasts } from './support/contrast.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_quiet';
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 20 }), launch()]);
  await sayEverything(servers.sandbox, CHANNEL);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** Room for all of it at once: a list draws what is near. */
async function growTall(page) {
  await page.setViewportSize({ width: 1_200, height: 6_000 });
  await page.evaluate(() => {
    document.querySelector('[data-whop-chat-channel-id]').style.height = '5600px';
  });
}

/** Fails with each pair of colours that is too close, once. */
function assertReadable(pairs, when) {
  const bad = new Map();
  for (const pair of pairs) if (pair.ratio < pair.least) bad.set(`${pair.what} ${pair.colour} on ${pair.ground}`, pair);
  const lines = [...bad.values()].map(({ what, text, colour, ground, ratio, least }) => `${ratio.toFixed(2)} < ${least}: ${what} ${colour} on ${ground} ${JSON.stringify(text)}`);
  assert.deepEqual(lines, [], when);
}

for (const style of ['imessage', 'discord']) {
  for (const theme of ['light', 'dark']) {
    test(`A5: ${style}, ${theme}`, async () => {
      const query = `&style=${style}&theme=${theme}`;
      const { page, chat, context } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL, query });
      await growTall(page);
      await chat.message('Same here').waitFor();
      await servers.sandbox.sockets({ server: 1 });
      await showEverything(servers.sandbox, CHANNEL);
      await chat.place.getByText('A guide to film').waitFor();
      const liked = await post(servers.sandbox, 'user_bob', CHANNEL, `Like this, ${style} ${theme}`);
      for (const emoji of [':fire:', ':heart:']) await asUser(servers.sandbox, 'user_chen', 'POST', '/reactions', { resource_id: liked.id, emoji });
      await post(servers.sandbox, 'user_bob', CHANNEL, `Vote on this, ${style} ${theme}`, { poll: { options: [{ id: '1', text: 'A' }, { id: '2', text: 'B' }] } });
      const [mine, ballot] = [chat.message(`Like this, ${style} ${theme}`), chat.message(`Vote on this, ${style} ${theme}`)];
      await mine.getByRole('button', { name: '❤️ 1' }).waitFor();
      await ballot.getByRole('button', { name: /^A,/ }).waitFor();
      await mine.getByRole('button', { name: '🔥 1' }).click();
      await mine.getByRole('button', { name: '🔥 2, you reacted' }).waitFor();
      await ballot.getByRole('button', { name: /^A,/ }).click();
      await ballot.getByRole('button', { name: 'A, 100%, 1 vote, your vote' }).waitFor();
      const read = () => chat.place.locator('.chat[data-style]').evaluate(contrasts);
      const pairs = await read();
      const said = new Set(pairs.map(({ what }) => what));
      for (const part of [
        'name', 'time', 'badge', 'avatar', 'bubble', 'mention', 'of-viewer', 'code', 'link', 'table', 'quote-text',
        'answer-text', 'answer-share', 'poll-total', 'pill-count', 'edited', 'pinned', 'pin-excerpt', 'card-title', 'card-title waits',
        'card-summary', 'file-name', 'file-size', 'picture-more', 'day', 'system', 'header-name', 'icon',
      ]) assert.ok([...said].some((what) => what.split(/[ .]/).includes(part.split(' ').pop())), `nothing seen of ${part}: ${[...said].join(', ')}`);
      const tints = await chat.place.locator('.chat[data-style]').evaluate((root) => new Set([...root.querySelectorAll('.avatar[data-tint]')].map((avatar) => avatar.dataset.tint)).size);
      assert.equal(tints, 8);
      assertReadable(pairs, 'at rest');

      // What one points at looks different.
      for (const pointed of [
        mine, mine.getByRole('button', { name: '🔥 2, you reacted' }), mine.getByRole('button', { name: '❤️ 1' }),
        mine.getByRole('button', { name: 'Reply' }), chat.place.locator('.item:not(.own) .quote:not([hidden])').first(),
        chat.place.locator('.item.own .quote:not([hidden])').first(), chat.place.locator('.pin').first(),
        ballot.getByRole('button', { name: /^A,/ }), ballot.getByRole('button', { name: /^B,/ }), chat.place.locator('.card').first(),
        chat.place.locator('.file').first(),
      ]) {
        await mine.hover();
        await pointed.hover({ timeout: 5_000 });
        assertReadable(await pointed.evaluate(contrasts), `pointing at ${pointed}`);
      }

      const hidden = chat.place.getByRole('button', { name: 'Spoiler, press to show' });
      while (await hidden.count()) await hidden.first().click();
      assertReadable(await read(), 'spoilers shown');

      await chat.place.getByRole('button', { name: /Pinned messages/ }).click();
      await chat.place.getByRole('group', { name: 'Pinned messages' }).waitFor();
      assertReadable(await chat.place.locator('.pins').evaluate(contrasts), 'the list of pins');
      await page.keyboard.press('Escape');

      // A message on its way, and one that failed.
      let go;
      const held = new Promise((resolve) => { go = resolve; });
      await page.route('**/api/v1/messages', async (route) => {
        await held;
        await route.fulfill({ status: 400, contentType: 'application/json', body: '{"error":{"type":"bad_request","message":"Not that."}}' });
      });
      await chat.composer.fill('on its way, with a [link](https://example.com/x) and `code`');
      await chat.composer.press('Enter');
      await chat.place.locator('.item.pending').waitFor();
      assertReadable(await chat.place.locator('.item.pending').evaluate(contrasts), 'on its way');
      go();
      await chat.place.getByText('Not that.').waitFor();
      assertReadable(await chat.place.locator('.item.failed').evaluate(contrasts), 'failed');

      await chat.place.locator('.pill[data-act=react]').first().hover();
      await chat.place.getByRole('tooltip').waitFor();
      assertReadable(await chat.place.getByRole('tooltip').evaluate(contrasts), 'who reacted');

      await chat.place.locator('.picture').first().click();
      await chat.place.getByRole('dialog').waitFor();
      assertReadable(await chat.place.getByRole('dialog').evaluate(contrasts), 'a picture');
      await context.close();
    });
  }
}

test('A5: what is said instead of a history', async () => {
  for (const query of ['', '&style=discord']) {
    for (const theme of ['light', 'dark']) {
      for (const [user, channel] of [['user_ada', 'chat_feed_unknown'], ['user_stranger', 'chat_feed_quiet'], ['user_ada', 'chat_feed_announcements']]) {
        const { chat, context } = await onCreatorSite(browser, servers, { user, channel, query: `${query}&theme=${theme}` });
        await chat.place.locator('.notice, .read-only').first().waitFor();
        assertReadable(await chat.place.locator('.chat[data-style]').evaluate(contrasts), `${user} ${channel} ${theme}`);
        await context.close();
      }
    }
  }
});

test('A5: the ring of what has the focus is seen on every ground', async () => {
  for (const style of ['imessage', 'discord']) {
    for (const theme of ['light', 'dark']) {
      const { page, chat, context } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL, query: `&style=${style}&theme=${theme}` });
      await growTall(page);
      await chat.message('Same here').waitFor();
      await chat.composer.focus();
      await page.keyboard.press('Shift+Tab');
      const rings = await chat.place.locator('.chat[data-style]').evaluate(contrasts, 'rings');
      assert.ok(rings.length > 20, `${rings.length}`);
      assertReadable(rings, `${style}, ${theme}`);
      await context.close();
    }
  }
});
