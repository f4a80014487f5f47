// What your visitors meet, tested in a real browser. CHROMIUM is the browser's path.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startAll } from './stack.mjs';

let stack, browser;
before(async () => {
  stack = await startAll();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await stack.reset();
});
after(async () => {
  await browser?.close();
  stack?.stop();
});

/** Your page, as that visitor sees it; nobody is signed in without one. */
async function visit(user) {
  const context = await browser.newContext();
  if (user) await context.addCookies([{ name: 'visitor', value: user, url: stack.site }]);
  const page = await context.newPage();
  await page.goto(stack.site);
  const composer = page.getByRole('textbox', { name: 'Message' });
  return {
    page,
    message: (text) => page.getByRole('log').getByText(text, { exact: true }),
    async say(text) {
      await composer.fill(text);
      await composer.press('Enter');
    },
  };
}

test('members talk to each other', async () => {
  const ada = await visit('user_ada');
  await ada.say('Is anybody here?');
  await ada.message('Is anybody here?').waitFor();
  await stack.post('user_bob', 'Always.');
  await ada.message('Always.').waitFor();
});

test('who is not signed in is told so', async () => {
  const { page } = await visit();
  await page.getByText('Sign in to see this chat').waitFor();
});

test('a message whose answer is lost is there once', async () => {
  const ada = await visit('user_ada');
  await ada.page.getByRole('textbox', { name: 'Message' }).waitFor();
  await stack.fault({
    kind: 'reset', after_commit: true, count: 1, match: { method: 'POST', path: '/api/v1/messages', user: 'user_ada' },
  });
  await ada.say('Only once');
  await ada.message('Only once').waitFor();
  await stack.post('user_bob', 'Seen.');
  await ada.message('Seen.').waitFor();
  assert.equal(await ada.message('Only once').count(), 1);
});

test('what was said while Whop was away is there afterwards', async () => {
  const ada = await visit('user_ada');
  await ada.say('Before');
  await ada.message('Before').waitFor();
  await stack.fault({ kind: 'outage', seconds: 2 });
  // Asked again until Whop is back.
  for (let isBack = false; !isBack; ) isBack = await stack.post('user_bob', 'After').then(() => true, () => false);
  await ada.message('After').waitFor({ timeout: 60_000 });
});
