// The elements beside a chat: what can be searched, and with whom one talks.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { barePage } from './support/bare.mjs';
import { launch } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';

const COMPANY = 'biz_sandbox';
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 120 }), launch()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

async function sessionPage() {
  const bare = await barePage(browser, servers);
  await bare.include();
  await bare.page.evaluate(() => {
    const place = Object.assign(document.createElement('div'), { id: 'list' });
    place.style.height = '480px';
    document.body.append(place);
    window.told = [];
    window.session = new window.WhopElements().createChatSession({
      token: async () => (await (await fetch(document.body.dataset.tokenUrl)).json()).token,
    });
    window.show = (type, options, prevented = []) => {
      const element = window.session.createElement(type, options);
      for (const name of ['close', 'resultClick', 'channelSelected', 'ready', 'error']) {
        element.on(name, (event) => {
          window.told.push([name, event?.detail ?? event?.code]);
          if (prevented.includes(name)) event.preventDefault();
        });
      }
      window.element = element;
      element.mount('#list');
    };
  });
  const told = async (name) => (await bare.page.evaluate(() => window.told.map(([name, detail]) => [name, detail ?? null]))).filter(([one]) => one === name).map(([, detail]) => detail);
  return { ...bare, told };
}

test('a channel is searched: without accents and case, from the newest on, by mouse and keyboard', async () => {
  const { page, told, problems } = await sessionPage();
  const { id } = await post(servers.sandbox, 'user_bob', 'chat_feed_lounge', 'We met in the **Café Einstein** <b>today</b>');
  await page.evaluate(() => window.show('search-element', { channelId: 'chat_feed_lounge' }, ['resultClick']));
  const field = page.getByRole('searchbox', { name: 'Search messages' });
  await field.fill('EINSTEIN cafe');
  const row = page.getByRole('button', { name: /Café Einstein/ });
  await row.waitFor();
  assert.deepEqual(await row.locator('mark').allInnerTexts(), ['Café', 'Einstein']);
  assert.match(await row.innerText(), /<b>today<\/b>/, 'what is written is shown as it is written');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.deepEqual(await told('resultClick'), [{ messageId: id, channelId: 'chat_feed_lounge' }]);
  await page.keyboard.press('ArrowUp');
  await field.fill('nobody ever said that');
  await page.getByText('No messages found').waitFor();
  await page.keyboard.press('Escape');
  await until(async () => await field.count() === 0, 'it is gone');
  assert.equal((await told('close')).length, 1);
  assert.deepEqual(problems, []);
});

test('all channels of a company are searched', async () => {
  const { page } = await sessionPage();
  await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'An umbrella was forgotten here');
  await page.evaluate((company) => window.show('search-element', { companyId: company }), COMPANY);
  await page.getByRole('searchbox').fill('umbrella');
  await page.getByRole('button', { name: /Quiet room/ }).waitFor();
});

test('a modal is one at a time, and closes with what it shows', async () => {
  const { page } = await sessionPage();
  const opened = await page.evaluate(() => {
    const modal = window.session.showSearchModal({ channelId: 'chat_feed_lounge' });
    return [Boolean(modal.modalContainer.open), window.session.showSearchModal({ channelId: 'chat_feed_lounge' }) === undefined];
  });
  assert.deepEqual(opened, [true, true]);
  const field = page.getByRole('dialog').getByRole('searchbox');
  await field.waitFor();
  await page.keyboard.press('Escape');
  await until(async () => await page.locator('dialog').count() === 0, 'it is closed');
  await page.evaluate(() => { window.modal = window.session.showSearchModal((modal) => ({ channelId: 'chat_feed_lounge', onClose: () => { window.closedWith = modal === window.modal; } })); });
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await until(async () => await page.locator('dialog').count() === 0, 'it is closed again');
  assert.equal(await page.evaluate(() => window.closedWith), true);
});

test('conversations are listed, the last first, and chosen', async () => {
  const { page, told, problems } = await sessionPage();
  const { id } = await asUser(servers.sandbox, 'user_ada', 'POST', '/dm_channels', { with_user_ids: ['user_chen'], company_id: COMPANY });
  await post(servers.sandbox, 'user_ada', id, 'Are you there?');
  await page.evaluate((company) => window.show('dms-list-element', { companyId: company }), COMPANY);
  const row = page.getByRole('button', { name: /Chen/ }).first();
  await row.waitFor();
  assert.deepEqual((await told('ready')).length, 1);
  await row.click();
  assert.deepEqual(await told('channelSelected'), [{ id }]);
  assert.equal(await page.locator('[aria-current="true"]').count(), 1);
  await page.evaluate(() => window.element.updateOptions({ selectedChannel: 'feed_other' }));
  assert.equal(await page.locator('[aria-current="true"]').count(), 0);
  assert.deepEqual(problems, []);
});

test('who has no conversations reads what the page says of that', async () => {
  const { page } = await sessionPage();
  await page.route('**/api/v1/dm_channels?*', (route) => route.fulfill({ json: { data: [], page_info: { has_next_page: false } } }));
  await page.evaluate((company) => window.show('dms-list-element', { companyId: company, emptyState: { title: 'Nobody wrote yet', description: 'Be brave' } }), COMPANY);
  await page.getByText('Nobody wrote yet').waitFor();
  await page.getByText('Be brave').waitFor();
});
