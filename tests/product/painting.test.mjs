// The newest messages are there before the widget is, and the widget takes them over as they are.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { insideWhop, launch, onCreatorSite } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_general';
const ELEMENT = '[data-whop-chat-channel-id]';
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 300 }), launch()]);
  // Something of everything among what is painted.
  const { sandbox } = servers;
  const code = `\`\`\`js\n${'const long = "line";'.repeat(30)}\n\`\`\``;
  const asked = await post(sandbox, 'user_bob', CHANNEL, 'Which one?', { poll: { options: [{ id: '1', text: 'This' }, { id: '2', text: 'That' }] } });
  await post(sandbox, 'user_bob', CHANNEL, `> quoted\n\n${code}\n\n||hidden||`);
  await post(sandbox, 'user_ada', CHANNEL, 'an answer', { replying_to_message_id: asked.id });
  const liked = await post(sandbox, 'user_bob', CHANNEL, 'a [link to follow](https://example.com/path)\n\n| a | b |\n|---|---|\n| 1 | 2 |');
  await asUser(sandbox, 'user_bob', 'POST', '/reactions', { resource_id: liked.id, emoji: ':heart:' });
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** Runs in the page: how many rows there are in the first frame that has any. */
function noteFirstRows(selector) {
  const look = () => {
    window.firstRows_ = document.querySelector(selector)?.shadowRoot?.querySelectorAll('.item').length;
    if (!window.firstRows_) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** A visitor whose wasm stays away until it is let go. */
async function visit({ query = '', user = 'user_ada', channel = CHANNEL, shows = 'an answer', ...options } = {}) {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const context = browser.newContext.bind(browser);
  const holding = {
    async newContext(options) {
      const made = await context(options);
      await made.addInitScript(noteFirstRows, ELEMENT);
      await made.route(/\.wasm$/, async (route) => {
        await held;
        await route.continue().catch(() => {});
      });
      return made;
    },
  };
  const visitor = await onCreatorSite(holding, servers, { user, channel, query, options });
  await visitor.chat.message(shows).waitFor();
  return { ...visitor, release };
}

/** Whether the widget is there: only it listens to the root. */
const isLive = (page) => page.evaluate((selector) => {
  const first = document.querySelector(selector).shadowRoot.querySelector('.item');
  return !!first && !first.hasAttribute('data-painted');
}, ELEMENT);

/** From now on every frame notes where the rows in sight are. */
const record = (page) => page.evaluate((selector) => {
  const root = document.querySelector(selector).shadowRoot;
  const scroller = root.querySelector('.scroller');
  window.frames_ = [];
  const note = () => {
    const view = root.querySelector('.scroller')?.getBoundingClientRect();
    const rows = {};
    for (const item of root.querySelectorAll('.item')) {
      const { top, bottom, left, width } = item.querySelector('.message').getBoundingClientRect();
      if (view && bottom > view.top && top < view.bottom) rows[item.dataset.row] = [top, left, width, bottom - top];
    }
    const parts = ['.header', '.composer-line', '.stage'].map((name) => {
      const { top, height } = root.querySelector(name).getBoundingClientRect();
      return [top, height];
    });
    window.frames_.push({ rows, parts, same: root.querySelector('.scroller') === scroller });
  };
  const turn = () => {
    note();
    window.recording = requestAnimationFrame(turn);
  };
  // Between frames too: what is taken away and put back within one is seen here.
  window.bare = 0;
  new MutationObserver(() => { if (!root.querySelector('.item')) window.bare += 1; }).observe(root, { childList: true, subtree: true });
  turn();
}, ELEMENT);

/** What was recorded until some frames from now. */
const recorded = (page) => page.evaluate(async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(requestAnimationFrame);
  cancelAnimationFrame(window.recording);
  return { frames: window.frames_, bare: window.bare };
});

/** Every row in sight is where it was, in every frame. */
function assertStill({ frames, bare }) {
  assert.equal(bare, 0, 'the rows were never away');
  assert.ok(frames.length > 20);
  const [first] = frames;
  const ids = Object.keys(first.rows);
  assert.ok(ids.length > 2, 'rows are in sight');
  frames.forEach((frame, number) => {
    for (const id of ids) {
      assert.ok(frame.rows[id], `row ${id} is there in frame ${number}`);
      frame.rows[id].forEach((value, index) => {
        assert.ok(Math.abs(value - first.rows[id][index]) <= 1, `row ${id} moved in frame ${number}: ${first.rows[id]} → ${frame.rows[id]}`);
      });
    }
    frame.parts.forEach((part, index) => assert.ok(
      Math.abs(part[0] - first.parts[index][0]) <= 1 && Math.abs(part[1] - first.parts[index][1]) <= 1,
      `part ${index} moved in frame ${number}: ${first.parts[index]} → ${part}`,
    ));
  });
}

/** The painted rows as HTML, without what a list notes on them and what comes with time. */
const rowsAsHtml = (page) => page.evaluate((selector) => {
  const rows = {};
  for (const item of document.querySelector(selector).shadowRoot.querySelectorAll('.item')) {
    const copy = item.cloneNode(true);
    for (const name of ['data-painted', 'aria-posinset', 'aria-setsize', 'style']) copy.removeAttribute(name);
    // A row that was drawn anew has them in another order.
    const attributes = [...copy.attributes].sort((one, other) => one.name.localeCompare(other.name));
    for (const { name } of attributes) copy.removeAttribute(name);
    for (const { name, value } of attributes) copy.setAttribute(name, value);
    for (const picture of copy.querySelectorAll('[data-loaded]')) picture.removeAttribute('data-loaded');
    // A minute may pass meanwhile.
    for (const time of copy.querySelectorAll('.time')) time.textContent = '';
    rows[copy.dataset.row] = copy.outerHTML;
  }
  return rows;
}, ELEMENT);

test('the newest messages are there before the wasm, complete and readable', async () => {
  const { chat, page, problems, release } = await visit();
  assert.equal(await isLive(page), false);
  const fill = await page.evaluate(() => window.firstRows_);
  assert.ok(fill > 3 && fill < 20, `no more rows at first than fill the view: ${fill}`);
  await until(async () => (await chat.log.getByRole('article').count()) === 30, 'the others, for who looks without scrolling');
  assert.ok(await chat.log.evaluate((scroller) => scroller.scrollHeight > scroller.clientHeight), 'they do fill it');
  await chat.place.locator('.chat > header').getByText('General').waitFor();
  assert.equal(await chat.place.getByRole('link', { name: 'link to follow' }).getAttribute('href'), 'https://example.com/path');
  await chat.composer.waitFor();
  assert.equal(await chat.place.locator('.date').isVisible(), false, 'no place for a date without one');
  const newest = chat.log.getByRole('article').last();
  assert.ok(await newest.evaluate((row) => {
    const view = row.closest('.scroller').getBoundingClientRect();
    return row.getBoundingClientRect().bottom <= view.bottom && row.querySelector('time').textContent !== '';
  }), 'it begins at the newest');
  release();
  await until(() => isLive(page), 'the widget');
  await chat.say('alive');
  await chat.message('alive').waitFor();
  assert.deepEqual(problems, []);
});

test('who looks further up before the wasm is there finds more, and nothing jumps', async () => {
  const { chat, page, release } = await visit();
  const top = () => chat.message('an answer').evaluate((row) => Math.round(row.getBoundingClientRect().top));
  const before = await top();
  await chat.log.hover();
  await page.mouse.wheel(0, -100);
  await until(async () => (await chat.log.getByRole('article').count()) === 30, 'all rows of the session');
  await until(async () => (await top()) === before + 100, 'the scrolling');
  await record(page);
  release();
  await until(() => isLive(page), 'the widget');
  assertStill(await recorded(page));
});

test('where rows are low, there are more of them', async () => {
  for (let line = 0; line < 30; line += 1) await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', `line ${line}`);
  const { chat } = await visit({ channel: 'chat_feed_quiet', shows: 'line 29', query: '&style=discord' });
  assert.ok(await chat.log.evaluate((scroller) => scroller.scrollHeight > scroller.clientHeight));
});

for (const [name, query, options] of [
  ['bubbles', '', {}],
  ['rows', '&style=discord', {}],
  ['bubbles on a phone, in German and in the dark', '', { viewport: { width: 360, height: 740 }, locale: 'de-DE', colorScheme: 'dark' }],
]) {
  test(`the widget takes over without a frame that differs: ${name}`, async () => {
    const { page, problems, release } = await visit({ query, ...options });
    const painted = await rowsAsHtml(page);
    await page.evaluate((selector) => {
      window.kept = [...document.querySelector(selector).shadowRoot.querySelectorAll('.item')];
      window.pictures = performance.getEntriesByType('resource').filter((entry) => entry.initiatorType === 'img').length;
    }, ELEMENT);
    await record(page);
    release();
    await until(() => isLive(page), 'the widget');
    assertStill(await recorded(page));
    const after = await rowsAsHtml(page);
    for (const [row, html] of Object.entries(painted)) if (after[row]) assert.equal(after[row], html);
    assert.ok(await page.evaluate(() => window.kept.slice(-5).every((item) => item.isConnected)), 'the very same elements');
    assert.deepEqual(problems, []);
  });
}

test('focus, selection, what is written and where one reads stay what they are', async () => {
  const { chat, page, release } = await visit();
  await chat.log.hover();
  await page.mouse.wheel(0, -200);
  const place = () => page.evaluate((selector) => {
    const root = document.querySelector(selector).shadowRoot;
    return { top: root.querySelector('.scroller').scrollTop, code: root.querySelector('pre').scrollLeft };
  }, ELEMENT);
  await until(async () => (await place()).top === -200, 'the scrolling');
  await chat.composer.evaluate((field) => {
    field.focus({ preventScroll: true });
  });
  await page.keyboard.type('begun early');
  const link = chat.place.getByRole('link', { name: 'link to follow' });
  await link.evaluate((link) => {
    link.getRootNode().querySelector('pre').scrollLeft = 40;
    link.focus({ preventScroll: true });
    getSelection().selectAllChildren(link);
    window.link = link;
    window.selected = String(getSelection());
  });
  const before = await place();
  await record(page);
  release();
  await until(() => isLive(page), 'the widget');
  assertStill(await recorded(page));
  assert.deepEqual(await place(), before);
  assert.ok(await link.evaluate((link) => link === window.link && link.getRootNode().activeElement === link), 'the focus is on the link');
  assert.equal(await page.evaluate(() => window.selected === String(getSelection())), true);
  assert.equal(await chat.composer.inputValue(), 'begun early');
  await chat.composer.press('Enter');
  await chat.message('begun early').waitFor();
});

test('what was pressed before the widget came is done when it is there', async () => {
  const { chat, page, release } = await visit();
  const row = chat.log.getByRole('article').filter({ hasText: 'link to follow' });
  await row.getByRole('button', { name: '❤️ 1' }).click();
  release();
  await row.getByRole('button', { name: '❤️ 2, you reacted' }).waitFor();
});

test('a spoiler that was opened before the widget came stays open, in the same row, and the focus goes there', async () => {
  const { chat, page, release } = await visit();
  const spoiler = chat.place.locator('.spoiler');
  await spoiler.evaluate((spoiler) => { window.row = spoiler.closest('.item'); });
  await spoiler.click();
  release();
  await until(() => isLive(page), 'the widget');
  await chat.place.locator('.spoiler.shown').waitFor();
  assert.deepEqual(await page.evaluate(() => [window.row.isConnected, window.row.getRootNode().activeElement === window.row]), [true, true]);
});

test('nothing is asked for twice, neither of the page nor of the server', async () => {
  const { page, chat, release } = await visit();
  release();
  await until(() => isLive(page), 'the widget');
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.evaluate((selector) => {
    const element = document.querySelector(selector);
    const other = element.cloneNode();
    other.removeAttribute('data-whop-chat-assertion');
    element.replaceWith(other);
  }, ELEMENT);
  await chat.message('an answer').waitFor();
  await until(() => isLive(page), 'the widget');
  await chat.composer.waitFor();
  assert.equal(asked.filter((path) => path === '/session').length, 1, `${asked}`);
  assert.equal(asked.filter((path) => path.includes('chat-token')).length, 1, `${asked}`);
});

test('E11: where the wasm does not come, the messages stay readable, and one may try again', async () => {
  const context = await browser.newContext();
  let broken = true;
  await context.route(/\.wasm$/, (route) => (broken ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  const { chat, page } = await onCreatorSite({ newContext: () => context }, servers, { user: 'user_ada', channel: CHANNEL });
  await chat.place.getByText('Live chat could not be loaded.').waitFor();
  assert.equal(await chat.message('an answer').count(), 1);
  broken = false;
  await chat.place.getByRole('button', { name: 'Retry' }).click();
  await until(() => isLive(page), 'the widget');
  assert.equal(await chat.place.getByText('Live chat could not be loaded.').count(), 0);
  await chat.say('after all');
  await chat.message('after all').waitFor();
});

/** Runs what a test says once the first half of the program has come, for each time that the rest is asked for. */
async function onlyTheFirstHalf(answerRest, options) {
  let first;
  const asked = [];
  const context = await browser.newContext();
  await context.route(/\.wasm$/, (route) => {
    first ??= route.request().url();
    if (route.request().url() === first) return route.continue();
    asked.push(route.request().url());
    return answerRest(route);
  });
  const visitor = await onCreatorSite({ newContext: () => context }, servers, { user: 'user_ada', channel: CHANNEL, ...options });
  await visitor.chat.message('an answer').waitFor();
  await until(() => asked.length > 0, 'the rest of the program');
  return visitor;
}

test('what is needed to write comes first: a message is sent before the rest of the program is there', async () => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const { chat, page } = await onlyTheFirstHalf(async (route) => { await held; await route.continue(); });
  assert.equal(await isLive(page), false);
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/messages'));
  await chat.say('**before** the rest');
  assert.equal((await sent).postDataJSON().content, '**before** the rest');
  await until(async () => (await chat.composer.inputValue()) === '', 'the composer to be empty');
  // What is pressed meanwhile is done when somebody can.
  await chat.message('an answer').hover();
  await chat.message('an answer').getByRole('button', { name: 'Reply', exact: true }).click();
  release();
  await until(() => isLive(page), 'the widget');
  const row = chat.message('before the rest');
  await row.waitFor();
  assert.equal(await row.count(), 1);
  await chat.place.getByText('Replying to').waitFor();
});

test('E11: where the rest of the program does not come, one reads and writes, and may try again', async () => {
  let broken = true;
  const { chat, page } = await onlyTheFirstHalf((route) => (broken ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await chat.place.getByText('Live chat could not be loaded.').waitFor();
  assert.equal(await chat.message('an answer').count(), 1);
  await chat.say('though it stumbled');
  await until(async () => (await chat.composer.inputValue()) === '', 'the composer to be empty');
  broken = false;
  await chat.place.getByRole('button', { name: 'Retry' }).click();
  await until(() => isLive(page), 'the widget');
  assert.equal(await chat.place.getByText('Live chat could not be loaded.').count(), 0);
  await chat.message('though it stumbled').waitFor();
});

test('the page changes its mind about theme and style', async () => {
  const { page, release } = await visit();
  const look = () => page.evaluate((selector) => {
    const chat = document.querySelector(selector).shadowRoot.querySelector('.chat');
    return `${chat.dataset.style} ${chat.dataset.theme}`;
  }, ELEMENT);
  const want = (style, theme) => page.evaluate(([selector, style, theme]) => {
    document.querySelector(selector).setAttribute('data-whop-chat-style', style);
    document.querySelector(selector).setAttribute('data-whop-chat-theme', theme);
  }, [ELEMENT, style, theme]);
  await want('discord', 'dark');
  await until(async () => (await look()) === 'discord dark', 'the look of what is painted');
  release();
  await until(() => isLive(page), 'the widget');
  assert.equal(await look(), 'discord dark', 'the look stays');
  await want('imessage', 'light');
  await until(async () => (await look()) === 'imessage light', 'the look of the widget');
});

test('inside Whop, too', async () => {
  const context = await browser.newContext();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await context.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  const { chat, page } = await insideWhop({ newContext: () => context }, servers, { user: 'user_ada', experience: 'exp_general' });
  await chat.message('an answer').waitFor();
  release();
  const frame = page.frames().find((frame) => frame.url().includes('/experiences/'));
  await until(() => frame.evaluate(() => !document.querySelector('[data-whop-chat-experience-id]').shadowRoot.querySelector('[data-painted]')), 'the widget');
  await chat.say('from inside');
  await chat.message('from inside').waitFor();
});

test('E6: under a policy that demands trusted types', async () => {
  const { page, problems, chat, release } = await visit();
  await page.route(/\/embed\/loader\.js$/, (route) => route.abort());
  await page.reload();
  await page.unroute(/\/embed\/loader\.js$/);
  problems.length = 0;
  await page.evaluate((src) => {
    const script = Object.assign(document.createElement('script'), { src });
    const policy = "require-trusted-types-for 'script'; trusted-types 'none'";
    document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'Content-Security-Policy', content: policy }));
    document.head.append(script);
  }, `${servers.proxy.url}/embed/loader.js`);
  await chat.message('an answer').waitFor();
  assert.equal(await isLive(page), false);
  await assert.rejects(page.evaluate(() => { document.body.innerHTML = '<b>x</b>'; }), /TrustedHTML/, 'the policy is at work');
  problems.length = 0;
  release();
  await until(() => isLive(page), 'the widget');
  await chat.say('trusted');
  await chat.message('trusted').waitFor();
  assert.deepEqual(problems, []);
});
