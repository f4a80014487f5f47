// The pages of docs/embedding do what docs/embedding.md says: each is opened as it stands there, the proxy's address aside.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { Chat, launch } from './support/browser.mjs';

const EXAMPLES = new URL('../../docs/embedding/', import.meta.url);
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };
let servers, browser, site;

/** The creator's site: the examples, and a route that knows who is signed in, which asks the sandbox's own. */
async function startSite() {
  const server = createServer(async (request, response) => {
    const file = request.url.split('/').pop();
    if (file === 'chat-token') {
      const answer = await fetch(`${servers.sandbox.creatorSite}/chat-token?user=user_ada`);
      return response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    }
    const type = TYPES[file.split('.').pop()];
    if (!type) return response.writeHead(404).end();
    const { origin, host } = new URL(servers.proxy.url);
    const text = readFileSync(new URL(file, EXAMPLES), 'utf8');
    response.writeHead(200, { 'content-type': type });
    return response.end(text.replaceAll('https://*.whop.com', servers.sandbox.api).replaceAll('wss://chat.example.com', `ws://${host}`).replaceAll('https://chat.example.com', origin));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

before(async () => {
  site = await startSite();
  [servers, browser] = await Promise.all([startServers({ messages: 20, origins: [site.origin] }), launch()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
  site?.close();
});

/** A page of the creator's site that is that example. */
async function open(name) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1100 }, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) problems.push(message.text()); });
  await page.goto(`${site.origin}/${name}.html`);
  return { page, problems, chat: new Chat(page) };
}

const TESTED = {
  'script-tag': async ({ chat }) => {
    await chat.say('By a script tag');
    await chat.message('By a script tag').waitFor();
  },
  'custom-element': async ({ page, chat }) => {
    await chat.log.waitFor();
    assert.deepEqual(await page.locator('.chat[data-theme]').evaluate(({ dataset: { style, theme } }) => [style, theme]), ['discord', 'dark']);
  },
  launcher: async ({ page, chat }) => {
    await page.getByRole('button', { name: 'Talk about it' }).click();
    await chat.log.getByRole('article').first().waitFor();
  },
  'whop-elements': async ({ page, chat }) => {
    await chat.say('By Whop’s API');
    await page.getByText('You said: By Whop’s API').waitFor();
  },
  strict: async ({ chat }) => {
    await chat.say('Strictly');
    await chat.message('Strictly').waitFor();
  },
  several: async ({ page }) => {
    await page.getByRole('log').waitFor();
    await page.getByText('Quiet room').first().waitFor();
    assert.equal(await page.getByRole('textbox').count(), 2);
  },
};

for (const [name, works] of Object.entries(TESTED)) {
  test(`docs/embedding/${name}.html`, async () => {
    const visit = await open(name);
    await works(visit);
    assert.deepEqual(visit.problems, []);
  });
}

test('no example is without a test, nor unknown to docs/embedding.md', () => {
  const pages = readdirSync(EXAMPLES).filter((file) => file.endsWith('.html'));
  assert.deepEqual(pages.sort(), Object.keys(TESTED).map((name) => `${name}.html`).sort());
  const text = readFileSync(new URL('../embedding.md', EXAMPLES), 'utf8');
  for (const page of pages) if (page !== 'several.html') assert.ok(text.includes(`embedding/${page}`), page);
});
