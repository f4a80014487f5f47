// Deleting messages: by mouse, keyboard and finger; for all who look; and where Whop says no.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { insideWhop, launch, onCreatorSite } from './support/browser.mjs';
import { post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_quiet';
const QUESTION = 'Delete this message for everyone?';
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 200 }), launch()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** A visitor who reads the channel, live. */
async function reader(user, options) {
  const visitor = await onCreatorSite(browser, servers, { user, channel: CHANNEL, options });
  await visitor.chat.composer.waitFor();
  const told = await visitor.page.locator('[data-whop-chat-channel-id]').evaluateHandle((element) => {
    const told = [];
    element.addEventListener('messageDeleted', ({ detail }) => told.push(detail.id));
    return told;
  });
  return { ...visitor, told: () => told.jsonValue() };
}

const button = (row, name) => row.getByRole('button', { name, exact: true });
/** Where the focus is, also in the chat's shadow root: what its button or row says. */
const focused = (page) => page.evaluate(() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.matches('[data-row]') ? active.querySelector('.text').textContent : active?.textContent;
});

test('who is sure deletes a message of their own, for all who read; the page is told', async () => {
  const [ada, bob] = await Promise.all([reader('user_ada'), insideWhop(browser, servers, { user: 'user_bob', experience: 'exp_quiet' })]);
  await bob.chat.composer.waitFor();
  const { id } = await post(servers.sandbox, 'user_ada', CHANNEL, 'Never mind');
  const row = ada.chat.message('Never mind');
  await bob.chat.message('Never mind').waitFor();
  assert.equal(await button(bob.chat.message('Never mind'), 'Delete').count(), 0, "others' messages are not one's own");
  await row.hover();
  await button(row, 'Delete').click();
  await row.getByRole('group', { name: QUESTION }).getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });
  await bob.chat.message('Never mind').waitFor({ state: 'detached' });
  assert.deepEqual(await ada.told(), [id]);
  await ada.page.reload();
  await ada.chat.composer.waitFor();
  assert.equal(await row.count(), 0);
  assert.deepEqual([...ada.problems, ...bob.problems], []);
});

test('A3: by keyboard: the question has the focus, Escape is no, and the focus goes on to the next message', async () => {
  const ada = await reader('user_ada');
  await post(servers.sandbox, 'user_ada', CHANNEL, 'To be deleted');
  await post(servers.sandbox, 'user_bob', CHANNEL, 'The next one');
  await ada.chat.message('The next one').waitFor();
  const row = ada.chat.message('To be deleted');
  const ask = async () => {
    await row.focus();
    await button(row, 'Delete').press('Enter');
    await until(async () => (await focused(ada.page)) === 'Cancel', 'the way back has the focus');
  };
  await ask();
  await ada.page.keyboard.press('Escape');
  assert.equal(await focused(ada.page), 'To be deleted');
  await row.getByText(QUESTION).waitFor({ state: 'detached' });
  await ask();
  await ada.page.keyboard.press('Enter');
  await row.getByText(QUESTION).waitFor({ state: 'detached' });
  await ask();
  await ada.page.keyboard.press('Shift+Tab');
  await ada.page.keyboard.press('Space');
  await row.waitFor({ state: 'detached' });
  assert.equal(await focused(ada.page), 'The next one');
  await ada.chat.place.locator('[aria-live="polite"]').filter({ hasText: 'Message deleted' }).waitFor({ state: 'attached' });
});

test('an admin deletes what others wrote', async () => {
  const olivia = await reader('user_olivia');
  await post(servers.sandbox, 'user_bob', CHANNEL, 'Buy my coins');
  const row = olivia.chat.message('Buy my coins');
  await row.hover();
  await button(row, 'Delete').click();
  await row.getByRole('group', { name: QUESTION }).getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });
});

test('where Whop refuses or nobody answers, the message stays with the reason, and one may try again', async () => {
  const ada = await reader('user_ada');
  await post(servers.sandbox, 'user_ada', CHANNEL, 'It stays');
  const row = ada.chat.message('It stays');
  const answers = [
    (route) => route.fulfill({ status: 403, contentType: 'application/json', headers: { 'access-control-allow-origin': '*' },
      json: { error: { type: 'forbidden', message: 'You are muted.' } } }),
    (route) => route.abort(),
    (route) => route.fallback(),
  ];
  await ada.page.route('**/api/v1/messages/*', (route) => (route.request().method() === 'DELETE' ? answers.shift()(route) : route.fallback()));
  await row.hover();
  await button(row, 'Delete').click();
  await row.getByRole('group', { name: QUESTION }).getByRole('button', { name: 'Delete' }).click();
  await row.getByRole('group', { name: 'Not deleted: You are muted.' }).getByRole('button', { name: 'Retry' }).click();
  await row.getByRole('group', { name: 'The message could not be deleted.' }).getByRole('button', { name: 'Retry' }).click();
  await row.waitFor({ state: 'detached' });
  assert.equal((await ada.told()).length, 1);
});

test('by finger, on a narrow phone: the tools of a long message are in sight, and so is the question', async () => {
  const ada = await reader('user_ada', { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
  const text = `Ein ${'sehr langes '.repeat(12)}Wort`;
  await post(servers.sandbox, 'user_ada', CHANNEL, text);
  const row = ada.chat.message(text);
  await row.focus();
  const within = async (locator) => {
    const { x, y, width, height } = await locator.boundingBox();
    assert.ok(x >= 0 && x + width <= 320 && y >= 0 && y + height <= 640, JSON.stringify({ x, y, width, height }));
  };
  for (const name of ['Add reaction', 'Reply', 'Delete']) await within(button(row, name));
  await button(row, 'Delete').tap();
  const question = row.getByRole('group', { name: QUESTION });
  await within(question.getByRole('button', { name: 'Delete' }));
  await within(question.getByRole('button', { name: 'Cancel' }));
  await question.getByRole('button', { name: 'Delete' }).tap();
  await row.waitFor({ state: 'detached' });
});
