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
    window.tokens = 0;
    window.elements = new window.WhopElements();
    window.session = window.elements.createChatSession({
      token: async () => {
        window.tokens += 1;
        return (await (await fetch(document.body.dataset.tokenUrl)).json()).token;
      },
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

/** Holds all requests for sessions until they are let go; answers how many there were. */
async function holdSessions(page) {
  let asked = 0;
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  await page.route('**/session', async (route) => {
    asked += 1;
    await held;
    await route.continue().catch(() => {}); // Who has lost interest is not answered.
  });
  return { asked: () => asked, letGo };
}

/** One of user_ada's, so that there is something to list. */
const conversation = () => asUser(servers.sandbox, 'user_ada', 'POST', '/dm_channels', { with_user_ids: ['user_chen'], company_id: COMPANY });

const tokens = (page) => page.evaluate(() => window.tokens);

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
  const time = row.locator('time');
  assert.match(await time.innerText(), /^\d+:\d\d/, 'the hour of today');
  assert.match(await time.getAttribute('title'), new RegExp(`${new Date().getFullYear()}`));
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

test('a channel that is not for the visitor keeps nobody from searching the others', async () => {
  const { page, told } = await sessionPage();
  await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'A parasol was forgotten here');
  let refused = 0;
  await page.route('**/api/v1/messages?*', (route) => {
    if (route.request().url().includes('chat_feed_quiet')) return route.continue();
    refused += 1;
    return route.fulfill({ status: 403, json: {} });
  });
  await page.evaluate((company) => window.show('search-element', { companyId: company }), COMPANY);
  await page.getByRole('searchbox').fill('parasol');
  await page.getByRole('button', { name: /Quiet room/ }).waitFor();
  await until(async () => (await page.getByRole('status').innerText()) === '', 'all have been asked');
  assert.ok(refused);
  assert.deepEqual(await told('error'), []);
});

test('who may search none of the channels is told so', async () => {
  const { page, told } = await sessionPage();
  await page.route('**/api/v1/messages?*', (route) => route.fulfill({ status: 403, json: {} }));
  await page.evaluate((company) => window.show('search-element', { companyId: company }), COMPANY);
  await page.getByRole('searchbox').fill('parasol');
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  assert.deepEqual(await told('error'), ['NO_ACCESS']);
});

test('names that can not be had are told of once', async () => {
  const { page, told } = await sessionPage();
  await conversation();
  await page.clock.install();
  let asked = 0;
  await page.route('**/api/v1/dm_members?*', (route) => { asked += 1; return route.abort(); });
  await page.evaluate((company) => window.show('dms-list-element', { companyId: company }), COMPANY);
  await until(async () => { await page.clock.runFor(20_000); return asked >= 3; }, 'they are asked for again');
  assert.deepEqual(await told('error'), ['UNREACHABLE']);
});

test('that there is no answer is told once, until there was one', async () => {
  const { page, told } = await sessionPage();
  await conversation();
  await page.clock.install();
  let isGone = true;
  let asked = 0;
  await page.route('**/api/v1/dm_channels?*', (route) => {
    asked += 1;
    return isGone ? route.abort() : route.continue();
  });
  await page.evaluate((company) => window.show('dms-list-element', { companyId: company }), COMPANY);
  const again = async (times) => {
    const before = asked;
    await until(async () => { await page.clock.runFor(20_000); return asked >= before + times; }, 'it is asked again');
  };
  await again(3);
  assert.deepEqual(await told('error'), ['UNREACHABLE']);
  isGone = false;
  await again(1);
  await page.locator('.list-row').first().waitFor();
  isGone = true;
  await again(3);
  assert.deepEqual(await told('error'), ['UNREACHABLE', 'UNREACHABLE'], 'it is news again');
});

test('a modal is one at a time, and closes with what it shows', async () => {
  const { page } = await sessionPage();
  const opened = await page.evaluate(() => {
    const modal = window.session.showSearchModal({ channelId: 'chat_feed_lounge' });
    return [modal.modalContainer.isConnected, window.session.showSearchModal({ channelId: 'chat_feed_lounge' }) === undefined];
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

test('a modal whose script can not be had blocks nobody, and one may try again', async () => {
  const { page, problems, told } = await sessionPage();
  let isGone = true;
  await page.route('**/embed/widget-*.js', (route) => (isGone ? route.abort() : route.continue()));
  const show = (force) => page.evaluate((force) => {
    window.modal = window.session.showSearchModal({ channelId: 'chat_feed_lounge', onClose: () => { window.told.push(['closed']); } }, force);
    window.modal.modalContainer.style.width = '300px';
  }, force);
  await show();
  await until(async () => await page.locator('dialog').count() === 0, 'it is away');
  assert.equal((await told('closed')).length, 1, 'the page knows');
  assert.equal(problems.length, 1, 'and why');
  isGone = false;
  await show();
  const field = page.locator('dialog:modal').getByRole('searchbox');
  await field.waitFor();
  assert.equal((await page.locator('dialog').boundingBox()).width, 300, 'what the page says of it holds');
  await show(true);
  await field.waitFor();
  // Shown again after it was closed, at once and later.
  await page.evaluate(() => { window.modal.close(); window.modal.mount(); });
  await field.waitFor();
  await page.evaluate(() => window.modal.close());
  await until(async () => await page.locator('dialog').count() === 0, 'it is closed');
  await page.evaluate(() => window.modal.mount());
  await field.waitFor();
});

test('conversations are listed, the last first, and chosen', async () => {
  const { page, told, problems } = await sessionPage();
  const { id } = await conversation();
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

test('a page that names no company has the lists of the proxy\'s own', async () => {
  const { page, problems } = await sessionPage();
  await conversation();
  await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'A walrus was forgotten here');
  for (const type of ['search-element', 'dms-list-element']) {
    await page.evaluate((type) => window.show(type, {}), type);
    if (type === 'search-element') await page.getByRole('searchbox').fill('walrus');
    await page.getByRole('button', { name: type === 'search-element' ? /Quiet room/ : /Chen/ }).first().waitFor();
    await page.evaluate(() => window.element.unmount());
    await until(async () => await page.locator('#list > *').count() === 0, 'it is gone');
  }
  assert.deepEqual(problems, []);
});

test('lists look as the appearance says, also later', async () => {
  const { page, problems } = await sessionPage();
  await page.evaluate(() => window.elements.updateOptions({
    appearance: { theme: { accentColor: 'tomato' }, variables: { '--radius-3': '3px' }, classes: { '.field': { borderTopColor: 'rgb(1, 2, 3)' } } },
  }));
  await page.evaluate(() => window.show('search-element', { channelId: 'chat_feed_lounge' }));
  const looks = () => page.getByRole('searchbox').evaluate((field) => {
    const { borderTopColor, borderTopLeftRadius } = getComputedStyle(field);
    const { host } = field.getRootNode();
    return [borderTopColor, borderTopLeftRadius, getComputedStyle(host.shadowRoot.firstElementChild).getPropertyValue('--accent-9').trim()];
  });
  let first;
  await until(async () => { first = await looks(); return first[0] === 'rgb(1, 2, 3)'; }, 'it looks so');
  assert.equal(first[1], '3px');
  await page.evaluate(() => window.elements.updateOptions({ appearance: { theme: { accentColor: 'jade' } } }));
  await until(async () => (await looks())[2] !== first[2], 'it has another accent');
  const [border, radius] = await looks();
  assert.notEqual(border, 'rgb(1, 2, 3)');
  assert.notEqual(radius, '3px');
  assert.deepEqual(problems, []);
});

test('another locale changes the words, and nothing that was typed', async () => {
  const { page, problems } = await sessionPage();
  await post(servers.sandbox, 'user_bob', 'chat_feed_lounge', 'A rhinoceros came by');
  await page.evaluate(() => window.show('search-element', { channelId: 'chat_feed_lounge' }));
  await page.getByRole('searchbox', { name: 'Search messages' }).fill('rhinoceros');
  const row = page.getByRole('button', { name: /rhinoceros/ });
  await row.waitFor();
  const before = await tokens(page);
  await page.evaluate(() => window.elements.updateOptions({ locale: 'de' }));
  const field = page.getByRole('searchbox', { name: 'Nachrichten durchsuchen' });
  await field.waitFor();
  assert.equal(await field.inputValue(), 'rhinoceros');
  assert.ok(await field.evaluate((element) => element.getRootNode().activeElement === element), 'one goes on typing there');
  await page.getByRole('button', { name: 'Abbrechen' }).waitFor();
  await row.waitFor();
  assert.equal(await tokens(page), before, 'nobody has to say again who the visitor is');
  assert.deepEqual(problems, []);
});

test('the modal has a name, and stays where the page wants to keep it', async () => {
  const { page } = await sessionPage();
  await page.evaluate(() => {
    window.closing = 0;
    window.session.showSearchModal({ channelId: 'chat_feed_lounge', onClose: (event) => { window.closing += 1; event.preventDefault(); } });
  });
  const dialog = page.getByRole('dialog', { name: 'Search messages' });
  await dialog.getByRole('searchbox').click();
  const closings = () => page.evaluate(() => window.closing);
  for (const count of [1, 2]) {
    await page.keyboard.press('Escape');
    assert.equal(await closings(), count, 'one key, one event');
    assert.ok(await dialog.isVisible());
  }
  // As somebody's phone does it, by a gesture.
  await dialog.evaluate((element) => element.dispatchEvent(new Event('cancel', { cancelable: true })) && element.close());
  assert.equal(await closings(), 3);
  assert.ok(await dialog.isVisible());
});

test('who is refused is asked nothing more until somebody does something', async () => {
  const { page, told } = await sessionPage();
  await conversation();
  await page.clock.install();
  let isRefused = true;
  await page.route('**/session', (route) => (isRefused ? route.fulfill({ status: 403, json: {} }) : route.continue()));
  await page.evaluate((company) => window.show('dms-list-element', { companyId: company }), COMPANY);
  await until(async () => (await told('error')).length === 1, 'it is told once');
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  assert.equal(await tokens(page), 1);
  await page.clock.runFor(60_000);
  assert.equal(await tokens(page), 1, 'the page is not asked again who the visitor is');
  const comeBack = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await comeBack();
  await until(async () => (await told('error')).length === 2, 'who comes back may be known by now');
  isRefused = false;
  await again.click();
  await page.locator('.list-row').first().waitFor();
  assert.equal(await tokens(page), 3);
  // Who is let in is kept up to date.
  let looks = 0;
  page.on('request', (request) => { looks += request.url().includes('/dm_channels?'); });
  await until(async () => { await page.clock.runFor(20_000); return looks; }, 'it is looked again');
});

test('typing on while the session is opened asks for no other one', async () => {
  const { page } = await sessionPage();
  await post(servers.sandbox, 'user_bob', 'chat_feed_lounge', 'An ocelot was here');
  const sessions = await holdSessions(page);
  await page.evaluate(() => window.show('search-element', { channelId: 'chat_feed_lounge' }, ['resultClick']));
  const field = page.getByRole('searchbox');
  for (const typed of ['o', 'oc', 'oce', 'ocelot']) {
    await field.fill(typed);
    await page.keyboard.press('Enter');
    await until(() => sessions.asked() > 0, 'a session is asked for');
  }
  sessions.letGo();
  await page.getByRole('button', { name: /ocelot/ }).waitFor();
  assert.equal(await tokens(page), 1);
  assert.equal(sessions.asked(), 1);
});

test('a conversation with somebody who is gone is listed without a name', async () => {
  const { page, told } = await sessionPage();
  await conversation();
  let asked = 0;
  await page.route('**/api/v1/users/*', (route) => { asked += 1; return route.fulfill({ status: 404, json: {} }); });
  await page.evaluate((company) => window.show('dms-list-element', { companyId: company }), COMPANY);
  await page.getByRole('button', { name: '…' }).first().waitFor();
  await until(async () => (await told('ready')).length === 1, 'it is ready');
  assert.ok(asked);
  assert.deepEqual(await told('error'), []);
});
