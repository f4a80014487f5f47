// A: axe-core finds nothing in any state of a channel, from the newest message to the oldest.

import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { check } from './support/axe.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { cuttable } from './support/line.mjs';
import { post } from './support/whop.mjs';

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

test('every page of the history', async () => {
  const { page, chat } = await visit('user_ada', CHANNEL);
  await chat.log.getByRole('article').first().waitFor();
  await chat.log.hover();
  while (!(await chat.place.getByText(/This is the beginning of/).isVisible())) {
    await check(page, 'history');
    await page.mouse.wheel(0, -1_500);
  }
  await check(page, 'its beginning');
});

test('a narrow window', async () => {
  const { page, chat } = await visit('user_ada', CHANNEL, { options: { viewport: { width: 360, height: 640 } } });
  await chat.log.getByRole('article').first().waitFor();
  await check(page, 'narrow');
});

test('an empty channel, a read-only one, one that is not there, and no access', async () => {
  for (const [user, channel, says] of [
    ['user_ada', 'chat_feed_quiet', null],
    ['user_ada', 'chat_feed_announcements', 'Only admins can post here.'],
    ['user_ada', 'chat_feed_nowhere', 'This chat doesn’t exist'],
    ['user_stranger', CHANNEL, 'This chat is for members'],
  ]) {
    for (const theme of ['light', 'dark']) {
      const { page, chat } = await visit(user, channel, { query: `&theme=${theme}` });
      await (says ? chat.place.getByText(says) : chat.composer).waitFor();
      await check(page, `${user} in ${channel}, ${theme}`);
    }
  }
});

test('nobody is signed in', async () => {
  const { page, chat } = await visit('user_ada', 'chat_feed_quiet');
  await chat.composer.waitFor();
  await page.evaluate(() => {
    const present = document.querySelector('[data-whop-chat-channel-id]');
    const other = document.createElement('div');
    other.setAttribute('data-whop-chat-channel-id', 'chat_feed_quiet');
    present.replaceWith(other);
  });
  await chat.place.getByText(/sign in/i).first().waitFor();
  await check(page, 'signed out');
});

test('the history can’t be loaded', async () => {
  const fail = { method: 'GET', path: '/api/v1/*', status: 500, times: 1_000 };
  await servers.sandbox.control('fail', fail);
  const { page, chat } = await visit('user_noor', 'chat_feed_lounge');
  await chat.place.getByRole('button', { name: /try again/i }).waitFor();
  await check(page, 'unreachable');
});

test('the connection is lost', async () => {
  let line;
  const prepare = async (context) => { line = await cuttable(context); };
  const { page, chat } = await visit('user_ada', 'chat_feed_lounge', { prepare });
  await chat.composer.waitFor();
  await line.cut();
  await chat.place.getByText(/Reconnecting/).waitFor({ timeout: 30_000 });
  await check(page, 'reconnecting');
});

for (const style of ['imessage', 'discord']) {
  for (const theme of ['light', 'dark']) {
    test(`somebody looks for words, ${style}, ${theme}`, async () => {
      const query = `&style=${style}&theme=${theme}`;
      const { page, chat } = await visit('user_ada', CHANNEL, { query, options: { viewport: { width: 360, height: 740 } } });
      await chat.log.getByRole('article').first().waitFor();
      await chat.place.getByRole('button', { name: 'Search messages' }).click();
      const search = chat.place.getByRole('search');
      await search.waitFor();
      await check(page, 'the bar');
      await search.getByRole('searchbox').fill('the');
      await chat.log.locator('[data-current]').waitFor();
      await check(page, 'matches');
      await search.getByRole('searchbox').fill('qqqqq');
      await chat.place.getByRole('button', { name: 'Stop' }).click();
      await chat.place.getByRole('button', { name: 'Search on' }).waitFor();
      await check(page, 'stopped');
      await chat.place.getByRole('button', { name: 'Search on' }).click();
      await chat.place.getByText('No messages found').waitFor();
      await check(page, 'nothing');
    });
  }
}

test('somebody reads and messages come', async () => {
  const { page, chat } = await visit('user_ada', CHANNEL);
  await chat.log.getByRole('article').first().waitFor();
  await chat.log.hover();
  await page.mouse.wheel(0, -1_500);
  await chat.place.getByRole('button', { name: /latest/i }).waitFor();
  await post(servers.sandbox, 'user_bob', CHANNEL, 'You missed this');
  await chat.place.getByRole('button', { name: /new message/i }).waitFor();
  await check(page, 'the pill');
});
