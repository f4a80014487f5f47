// Whatever a page's style sheets do, the chat looks as it does on a page without any.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch } from './support/browser.mjs';
import { computedStyles, differences } from './support/computed.mjs';
import { sayEverything } from './support/everything.mjs';
import { startHostileHost, visitHost, WAYS } from './support/hostile_host.mjs';

const CHANNEL = 'chat_feed_quiet';
let host, servers, browser, now;

before(async () => {
  host = await startHostileHost();
  [servers, browser] = await Promise.all([startServers({ messages: 200, origins: [host.origin] }), launch()]);
  host.serve(servers);
  await sayEverything(servers.sandbox, CHANNEL);
  // Moments are written the same on each page.
  now = Date.now();
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
  host?.close();
});

const prepare = (context) => context.clock.setFixedTime(now);

/** What a page's chat looks like once it is there. */
async function looked({ size = 'usual', ...page }, options) {
  const visitor = await visitHost(browser, host.page({ root: `lang="en" class="high ${size}"`, ...page }), { prepare, ...options });
  const { chat } = visitor;
  await chat.message('first, with a correction').waitFor();
  await chat.composer.waitFor();
  await chat.place.getByText(/This is the beginning of/).waitFor();
  await until(async () => await chat.place.locator('[data-painted]').count() === 0, 'the widget');
  const rows = chat.log.getByRole('article');
  await until(async () => await rows.last().getAttribute('aria-posinset') === String(await rows.count()), 'all rows');
  return { ...visitor, styles: await computedStyles(visitor.page) };
}

const plain = {};
/** The same chat on a page that has nothing else. */
const plainly = (style) => (plain[style] ??= looked({ body: WAYS.attributes(CHANNEL, { style }) }));

for (const [way, style] of [['attributes', 'imessage'], ['attributes', 'discord'], ['element', 'discord'], ['script', 'imessage']]) {
  test(`E3, E4: resets with !important change nothing of any part: ${way}, ${style}`, async () => {
    const { styles, problems } = await looked({ body: WAYS[way](CHANNEL, { style }), styles: ['resets.css'] });
    assert.deepEqual(differences((await plainly(style)).styles, styles).slice(0, 40), []);
    assert.deepEqual(problems, []);
  });
}

for (const size of ['tiny', 'small', 'large']) {
  test(`E3: a root font size that is ${size} changes nothing of any part`, async () => {
    const { styles } = await looked({ body: WAYS.attributes(CHANNEL, { style: 'imessage' }), size });
    assert.deepEqual(differences((await plainly('imessage')).styles, styles).slice(0, 40), []);
  });
}
