// A: axe-core finds nothing before the widget is there, in the history and in all that opens, in both styles, light and dark.

import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { check } from './support/axe.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_general';
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 200 }), launch()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await servers.sandbox.control('reset');
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

const visit = (user, channel, more) => onCreatorSite(browser, servers, { user, channel, ...more });

/** A picture, as a frame names it. */
const picture = (number) => ({
  id: `file_${number}`, originalUrl: `${servers.sandbox.api}/files/card_${number}/content`, fileName: `picture ${number}.png`,
  contentType: 'image/png', byteSize: 48_000, image: { width: 480, height: 320, blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj' },
});

/** Says something of everything, some of it pinned. */
async function sayEverything() {
  const { sandbox } = servers;
  const say = (user, content, more) => post(sandbox, user, CHANNEL, content, more);
  const asked = await say('user_bob', 'Which one?', { poll: { options: [{ id: '1', text: 'This' }, { id: '2', text: 'That' }] } });
  const long = await say('user_bob', '# Rules\n\n- [x] read\n- [ ] post\n\n```js\nconst film = "HP5";\n```\n\n||hidden|| and a [link](https://example.com)');
  for (const { id } of [asked, long]) await asUser(sandbox, 'user_olivia', 'PATCH', `/messages/${id}`, { is_pinned: true });
  const liked = await say('user_bob', 'Look at this one');
  for (const user of ['user_chen', 'user_noor']) await asUser(sandbox, user, 'POST', '/reactions', { resource_id: liked.id, emoji: ':heart:' });
  await say('user_ada', 'an answer', { replying_to_message_id: liked.id });
}

/** What REST of the sandbox has no files for: two pictures, to whoever listens. */
function sayPictures() {
  const at = Date.now();
  return servers.sandbox.control('sockets/frame', { frame: { feedEntity: { dmsPost: {
    entityId: 'zz_pictures', createdAt: at, updatedAt: at, Deleted: false, feedId: CHANNEL, feedType: 'chat_feed', userId: 'user_marcus',
    isEdited: false, content: 'two pictures', messageType: 'REGULAR', postReactionCounts: [], files: [picture(1), picture(2)],
    user: { id: 'user_marcus', username: 'marcus', name: 'Marcus' },
  } }, createdAt: at } });
}

/** Keeps requests away until they are let go. */
function holding(pattern) {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const prepare = (context) => context.route(pattern, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  return { prepare, release };
}

for (const style of ['imessage', 'discord']) {
  for (const theme of ['light', 'dark']) {
    const query = `&style=${style}&theme=${theme}`;

    test(`before the messages, and before the widget, ${style}, ${theme}`, async () => {
      const session = holding('**/session');
      const waiting = await visit('user_ada', CHANNEL, { query, prepare: session.prepare });
      await waiting.chat.place.getByRole('img', { name: 'Loading messages' }).waitFor();
      await check(waiting.page, 'skeleton');
      session.release();
      await waiting.chat.log.getByRole('article').first().waitFor();
      await sayEverything();
      const wasm = holding(/\.wasm$/);
      const { page, chat } = await visit('user_ada', CHANNEL, { query, prepare: wasm.prepare });
      await chat.message('an answer').waitFor();
      await check(page, 'painted');
      wasm.release();
    });

    test(`the history and all that opens, ${style}, ${theme}`, async () => {
      await sayEverything();
      const { page, chat, context } = await visit('user_ada', CHANNEL, { query });
      // An answer quotes it.
      const row = chat.message('Look at this one').first();
      await row.waitFor();
      await check(page, 'history');
      await row.hover();
      await row.getByRole('button', { name: 'Add reaction' }).first().click();
      await chat.place.getByRole('menuitem').first().waitFor();
      await check(page, 'menu of reactions');
      await page.keyboard.press('Escape');
      await row.getByRole('button', { name: '❤️ 2' }).hover();
      await chat.place.getByRole('tooltip').getByText('reacted with').waitFor();
      await check(page, 'who reacted');
      await chat.place.getByRole('button', { name: 'This, 0%' }).click();
      await chat.place.getByRole('button', { name: 'This, 100%, 1 vote, your vote' }).waitFor();
      await check(page, 'voted');
      await chat.place.getByRole('button', { name: /^Pinned messages/ }).click();
      await chat.place.getByRole('group', { name: 'Pinned messages' }).waitFor();
      await check(page, 'list of pinned messages');
      await chat.place.getByRole('button', { name: /^Pinned messages/ }).click();
      await row.hover();
      await row.getByRole('button', { name: 'Reply', exact: true }).click();
      await chat.place.getByRole('button', { name: 'Cancel reply' }).waitFor();
      await check(page, 'answering');
      await chat.say('Answered');
      await chat.message('Answered').waitFor();
      await servers.sandbox.control('fail', { method: 'POST', path: '/api/v1/messages', status: 422, times: 1 });
      await chat.say('Not this one');
      await chat.message('Not this one').getByRole('button', { name: 'Retry' }).waitFor();
      await check(page, 'own message and a refused one');
      await sayPictures();
      await chat.place.getByRole('link', { name: 'picture 1.png' }).click();
      await chat.place.getByRole('dialog').getByRole('img').waitFor();
      await check(page, 'lightbox');
      await page.keyboard.press('Escape');
      await chat.place.getByRole('dialog').waitFor({ state: 'detached' });
      await check(page, 'pictures');
      await context.setOffline(true);
      await chat.place.getByText(/You are offline/).waitFor();
      await check(page, 'offline');
    });
  }
}
