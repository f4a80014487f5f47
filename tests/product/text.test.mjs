// What becomes of a message's text in a real browser: nothing in it runs or asks for anything (X1, X2, X5), and what it says is
// shown.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { CHANNEL, PAINTED, look, watched } from './support/canary.mjs';
import { PAYLOADS } from './support/payloads.mjs';
import { post } from './support/whop.mjs';

/** All that is asked for while payloads are shown. */
const REQUESTED = [
  'proxy /api/v1/messages', 'proxy /embed/loader.js', 'proxy /embed/widget-….css', 'proxy /embed/widget-….js', 'proxy /embed/widget-….txt',
  'proxy /embed/widget-….wasm', 'proxy /session', 'site /', 'site /style.css',
];

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 50 }), launch()]);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
});

test('the canary hears what is believed', async () => {
  const { page, heard } = await watched(browser, servers, { bypassCSP: true });
  await page.goto(`${servers.sandbox.creatorSite}/?user=user_ada&channel=${CHANNEL}`);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src="https://evil.example/x" onerror="alert(2)"><img src="/pixel.png">');
  });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  assert.deepEqual(heard.toSorted(), ['alert(2)', `asked for ${servers.sandbox.creatorSite}/pixel.png`, 'asked for https://evil.example/x']);
});

// All without the page's policy, so that nothing stands between a payload and its effect; some with it, which reports attempts.
for (const [bypassCSP, payloads] of [[true, PAYLOADS], [false, PAYLOADS.filter((_, at) => at % 6 === 0)]]) {
  test(`X1, X2, X5: ${payloads.length} payloads as messages run nothing and ask for nothing, ${bypassCSP ? 'without' : 'with'} a content security policy`, async () => {
    assert.ok(payloads.length > 100);
    const { page, heard, requested, visit, takeOver } = await watched(browser, servers, { bypassCSP });
    for (let from = 0; from < payloads.length; from += PAINTED) {
      let answered;
      // Away from the last batch's page, which would hear of these as well.
      await page.goto('about:blank');
      // The last batch is filled with the first ones. Each answers the one before, so that a quote shows that one too.
      for (let at = from; at < from + PAINTED; at += 1) {
        const content = payloads[at % payloads.length];
        const { id } = await post(servers.sandbox, 'user_bob', CHANNEL, content, { replying_to_message_id: answered });
        answered = id;
      }
      const where = `${from} to ${from + PAINTED}`;
      await visit();
      assert.deepEqual(await look(page), [], `in the painted ${where}`);
      assert.deepEqual(heard, [], `by the painted ${where}`);
      await takeOver();
      const covers = page.getByRole('log').locator('.spoiler[role=button]');
      while (await covers.count()) await covers.first().click();
      assert.deepEqual(await look(page), [], `in the widget's ${where}`);
      assert.deepEqual(heard, [], `by the widget's ${where}`);
    }
    assert.deepEqual([...requested].sort(), REQUESTED);
  });
}

test('an emoji by a rare name is shown once its name is loaded, and common ones need nothing', async () => {
  const { page, chat, problems } = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL });
  const loads = [];
  page.on('request', (request) => request.url().endsWith('.txt') && loads.push(request.url()));
  await chat.composer.waitFor();
  await post(servers.sandbox, 'user_bob', CHANNEL, 'common :fire:');
  await chat.message('common 🔥').waitFor();
  assert.deepEqual(loads, []);
  await post(servers.sandbox, 'user_bob', CHANNEL, 'rare :yo_yo: and :no_such_name:');
  await chat.message('rare 🪀 and :no_such_name:').waitFor();
  await post(servers.sandbox, 'user_bob', CHANNEL, 'again :lotus:');
  await chat.message('again 🪷').waitFor();
  assert.equal(loads.length, 1);
  assert.deepEqual(problems, []);
});
