// Whatever a page's scripts and policies do, the chat works as it does on a page without any.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch } from './support/browser.mjs';
import { startHostileHost, visitHost, WAYS } from './support/hostile_host.mjs';
import { use } from './support/using.mjs';

const CHANNEL = 'chat_feed_lounge';
let host, servers, browser;

before(async () => {
  host = await startHostileHost();
  [servers, browser] = await Promise.all([startServers({ messages: 200, origins: [host.origin] }), launch()]);
  host.serve(servers);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
  host?.close();
});

const visit = (page, options) => visitHost(browser, host.page(page), options);

for (const [way, write] of Object.entries(WAYS)) {
  test(`E6, E7, E8: a policy that allows next to nothing, with trusted types: ${way}`, async () => {
    const visitor = await visit({ body: write(CHANNEL) });
    await assert.rejects(visitor.page.evaluate(() => { document.body.innerHTML = '<b>x</b>'; }), /TrustedHTML/, 'the policy is at work');
    visitor.problems.length = 0;
    await use(visitor, servers, CHANNEL);
    assert.deepEqual(visitor.problems, []);
  });

  test(`what libraries have changed of the browser's own, and resets: ${way}`, async () => {
    const visitor = await visit({ body: write(CHANNEL), scripts: ['libraries.js'], styles: ['resets.css'] });
    await use(visitor, servers, CHANNEL);
    assert.ok(await visitor.page.evaluate(() => window.calls > 0 && window.sent > 0), 'they are called');
    assert.deepEqual(visitor.problems, []);
  });

  test(`E18: a browser that keeps nothing, wherever it is asked: ${way}`, async () => {
    const visitor = await visit({ body: write(CHANNEL), scripts: ['storage.js'] });
    await use(visitor, servers, CHANNEL);
    assert.deepEqual(visitor.problems, []);
  });
}
