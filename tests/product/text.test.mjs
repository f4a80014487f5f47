// What becomes of a message's text in a real browser: nothing in it runs or asks for anything (X1, X2, X5), and what it says is
// shown.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { startHostileWhop } from './support/hostile_whop.mjs';
import { PAYLOADS, SCHEMES } from './support/payloads.mjs';
import { post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_quiet';
/** So many rows the proxy paints. */
const PAINTED = 30;
/** Where files, pictures and cards say that they are: nowhere that may be asked for. */
const ADDRESSES = [
  ...SCHEMES.map((scheme) => scheme.replace(/&colon;|&#58;|&#x3A;/, ':').replace(/&\w+;|&#\w+;/, '\t')).filter((scheme) => !scheme.startsWith('view-source')),
  '/\t/evil.example/p.png', '/\n/evil.example/p.png', '\t//evil.example/p.png', ' javascript:alert(1)', '\u0001javascript:alert(1)', 'x', '',
];
/** What the drawing of text consists of. */
const ELEMENTS = [
  'p', 'br', 'em', 'strong', 's', 'code', 'pre', 'a', 'bdi', 'span', 'div', 'blockquote', 'ul', 'ol', 'li', 'hr', 'button',
  'table', 'thead', 'tbody', 'tr', 'th', 'td',
];
const ATTRIBUTES = [
  'class', 'dir', 'href', 'target', 'rel', 'title', 'start', 'type', 'role', 'tabindex', 'inert', 'data-act', 'data-level', 'aria-label',
  'aria-hidden', 'aria-expanded',
];

/** All that is asked for while payloads are shown. */
const REQUESTED = [
  'proxy /api/v1/messages', 'proxy /embed/loader.js', 'proxy /embed/widget-….css', 'proxy /embed/widget-….js', 'proxy /embed/widget-….txt',
  'proxy /embed/widget-….wasm', 'proxy /session', 'site /', 'site /style.css',
];

let servers, browser, whop;

before(async () => {
  whop = await startHostileWhop();
  [servers, browser] = await Promise.all([startServers({ messages: 50, env: { WHOP_API_URL: `${whop.url}/api/v1` } }), launch()]);
  whop.target = servers.sandbox.api;
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
  whop?.stop();
});

/** Reports whatever a believed payload would do. Runs in the page, before anything else. */
function canary() {
  const report = (what) => window.canaryHeard(String(what));
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = (...values) => report(`${name}(${values})`);
  for (const name of ['write', 'writeln']) document[name] = (...values) => report(`document.${name}(${values})`);
  addEventListener('securitypolicyviolation', (event) => report(`${event.violatedDirective} refused ${event.blockedURI}`));
}

/** A page with a canary: `heard` fills with what ran and what was asked for that is none of the page's own business. */
async function watched(options) {
  const heard = [];
  const requested = new Set();
  const context = await browser.newContext({ viewport: { width: 1200, height: 12_000 }, locale: 'en-US', ...options });
  await context.exposeFunction('canaryHeard', (what) => heard.push(what));
  await context.addInitScript(canary);
  let letGo;
  let held;
  await context.route(/^/, async (route) => {
    const url = new URL(route.request().url());
    const name = nameOf(url);
    if (name) requested.add(name);
    else heard.push(`asked for ${url}`);
    if (!name) return route.abort();
    if (url.pathname.endsWith('.wasm')) await held;
    return route.fallback();
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => { heard.push(`dialog ${dialog.message()}`); return dialog.dismiss(); });
  page.on('popup', () => heard.push('a window opened'));
  page.on('pageerror', (error) => heard.push(String(error)));
  page.on('websocket', (socket) => nameOf(new URL(socket.url())) ?? heard.push(`connected to ${socket.url()}`));
  return {
    page,
    heard,
    requested,
    /** Comes to the channel, and stays with what the proxy painted until the wasm is let go. */
    async visit() {
      held = new Promise((resolve) => { letGo = resolve; });
      await page.goto(`${servers.sandbox.creatorSite}/?user=user_ada&channel=${CHANNEL}`);
      await page.getByRole('log').locator('.item[data-painted]').nth(PAINTED - 1).waitFor();
    },
    /** Lets the widget take over, which draws all rows itself and compares. */
    async takeOver() {
      // All rows are in sight, so the widget draws each.
      await page.evaluate(() => {
        document.querySelector('[data-whop-chat-channel-id]').closest('.chat').style.height = '11000px';
      });
      letGo();
      await page.getByRole('log').locator('.item:not([data-painted])').nth(PAINTED - 1).waitFor();
    },
  };
}

/** What the page may ask for, by name, whatever stands in messages. */
function nameOf(url) {
  const { origin, pathname, protocol } = url;
  if (protocol === 'data:' || protocol === 'blob:') return protocol;
  const own = [
    ['site', servers.sandbox.creatorSite, /^\/(style\.css|chat-token|favicon\.ico)?$/],
    ['proxy', servers.proxy.url, /^\/(session|embed\/[\w.-]+|api\/v1\/[\w/]+|_whop\/ws\/v1\/websockets\/connect)$/],
    ['files', servers.sandbox.api, /^\/files\/[\w.]+\/content$/],
  ];
  const found = own.find(([, allowed, paths]) => origin.replace(/^ws/, 'http') === allowed && paths.test(pathname));
  return found && `${found[0]} ${pathname.replace(/(widget-|portrait_|icon_|card_)[\w.-]+?(?=\/|\.\w+$)/, '$1…').replace(/(messages|post)\/\w+/, '$1/…')}`;
}

/** What is in the rows that the drawing does not make. Runs in the page. */
function lookAtRows(rows, { ELEMENTS, ATTRIBUTES }) {
  const strange = [];
  for (const row of rows) {
    const text = row.querySelector('.text');
    for (const element of text.querySelectorAll('*')) {
      if (!ELEMENTS.includes(element.localName) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml') strange.push(element.outerHTML);
      for (const { name, value } of element.attributes) {
        if (!ATTRIBUTES.includes(name)) strange.push(`${name}=${value}`);
      }
    }
    // A second parser makes the same of it: nothing mutates.
    const again = new DOMParser().parseFromString(`<!doctype html><body><div>${text.innerHTML}</div>`, 'text/html');
    if (again.body.firstElementChild.innerHTML !== text.innerHTML) strange.push(text.innerHTML);
  }
  // Everything else that the widget shows: names, quotes, files, cards, polls, reactions.
  for (const element of rows[0].getRootNode().querySelectorAll('*')) {
    if (['script', 'iframe', 'object', 'embed', 'base', 'meta', 'frame', 'applet'].includes(element.localName)) strange.push(element.outerHTML);
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || ['srcdoc', 'srcset', 'ping', 'action', 'formaction', 'background', 'name'].includes(name)) strange.push(`${name}=${value}`);
      // As the browser reads it, not as a pattern of ours does.
      if (name === 'href' && !['http:', 'https:', 'mailto:'].includes(new URL(value, 'x-relative:/').protocol)) strange.push(`href=${value}`);
      if (['src', 'poster'].includes(name) && !/^(https?:|data:image\/|blob:|\/[^/\\\s])/.test(value)) strange.push(`${name}=${value}`);
    }
  }
  return strange;
}

const look = (page) => page.getByRole('log').getByRole('article').evaluateAll(lookAtRows, { ELEMENTS, ATTRIBUTES });

test('the canary hears what is believed', async () => {
  const { page, heard } = await watched({ bypassCSP: true });
  await page.goto(`${servers.sandbox.creatorSite}/?user=user_ada&channel=${CHANNEL}`);
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src="https://evil.example/x" onerror="alert(2)"><img src="/pixel.png">');
  });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  assert.deepEqual(heard.toSorted(), ['alert(2)', `asked for ${servers.sandbox.creatorSite}/pixel.png`, 'asked for https://evil.example/x']);
});

// All without the page's policy, so that nothing stands between a payload and its effect; a third with it, which reports attempts.
for (const [bypassCSP, payloads] of [[true, PAYLOADS], [false, PAYLOADS.filter((_, at) => at % 3 === 0)]]) {
  test(`X1, X2, X5: ${payloads.length} payloads as messages run nothing and ask for nothing, ${bypassCSP ? 'without' : 'with'} a content security policy`, async () => {
    assert.ok(payloads.length > 200);
    const { page, heard, requested, visit, takeOver } = await watched({ bypassCSP });
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

test('X1, X2: payloads as names of people, channels, files and reactions, and as addresses of files and pictures', async () => {
  const { page, heard, visit, takeOver } = await watched({ bypassCSP: true });
  for (let at = 0; at < PAINTED; at += 1) await post(servers.sandbox, 'user_bob', CHANNEL, `message ${at}`);
  const payload = (at) => PAYLOADS[at % PAYLOADS.length];
  const address = (at) => ADDRESSES[at % ADDRESSES.length];
  try {
    for (let from = 0; from < PAYLOADS.length; from += PAINTED) {
      whop.spoil = (body) => {
        if (body.experience?.name) body.experience.name = payload(from);
        if (!Array.isArray(body.data)) return;
        for (const [index, message] of body.data.entries()) {
          if (!message.user) return;
          const at = from + index;
          message.user = { id: `user_evil_${at}`, name: payload(at), username: payload(at + 1), profile_picture: { url: address(at) } };
          message.reaction_counts = [{ emoji: payload(at), count: 2 }];
          message.attachments = ['image/png', 'video/mp4', 'audio/mp3', payload(at)].map((type, number) => ({
            id: `file_${at}_${number}`, filename: payload(at), content_type: type, byte_size: 3, width: 40, height: 30,
            url: number === 3 ? `${servers.sandbox.api}/files/none/content` : address(at + number),
            blurhash: payload(at), thumbnail_url: address(at + 1),
          }));
        }
      };
      const where = `${from} to ${from + PAINTED}`;
      await visit();
      const names = await page.getByRole('log').locator('.heading').allInnerTexts();
      assert.equal(names.length, PAINTED);
      assert.ok(names.filter((name) => name.includes('alert(1)')).length > 0 || from > 300, 'the names are shown');
      assert.deepEqual(await look(page), [], `in the painted ${where}`);
      assert.deepEqual(heard, [], `by the painted ${where}`);
      await takeOver();
      assert.deepEqual(await look(page), [], `in the widget's ${where}`);
      assert.deepEqual(heard, [], `by the widget's ${where}`);
    }
  } finally {
    whop.spoil = () => {};
  }
});

test('X1: payloads as answers of polls', async () => {
  const { page, heard, visit, takeOver } = await watched({ bypassCSP: true });
  const ANSWERS = 10;
  const texts = PAYLOADS.filter((text) => text.length < 200);
  for (let from = 0; from < texts.length; from += PAINTED * ANSWERS) {
    for (let at = from; at < from + PAINTED * ANSWERS; at += ANSWERS) {
      const options = Array.from({ length: ANSWERS }, (_, index) => ({ id: String(index + 1), text: texts[(at + index) % texts.length] }));
      await post(servers.sandbox, 'user_bob', CHANNEL, 'Which?', { poll: { options } });
    }
    await visit();
    assert.deepEqual(await look(page), []);
    await takeOver();
    await page.getByRole('log').getByRole('group', { name: 'Poll' }).first().waitFor();
    assert.deepEqual(await look(page), []);
    assert.deepEqual(heard, []);
  }
});

test('X1, X2: payloads in frames: link cards, names and pictures', async () => {
  const { page, heard, visit, takeOver } = await watched({ bypassCSP: true });
  for (let at = 0; at < PAINTED; at += 1) await post(servers.sandbox, 'user_bob', CHANNEL, `message ${at}`);
  await visit();
  await takeOver();
  const log = page.getByRole('log');
  // As many cards as one message shows.
  const CARDS = 3;
  const frames = Math.ceil(PAYLOADS.length / CARDS);
  const address = (at) => ADDRESSES[at % ADDRESSES.length];
  for (let at = 0; at < frames; at += 1) {
    const payloads = Array.from({ length: CARDS }, (_, index) => PAYLOADS[(at * CARDS + index) % PAYLOADS.length]);
    const now = Date.now();
    const card = (url, payload) => ({ url, title: payload, description: payload, image: address(at), favicon: address(at + 1) });
    const dmsPost = {
      entityId: `post_card_${at}`, createdAt: now, updatedAt: String(now), Deleted: false, feedId: CHANNEL, feedType: 'chat_feed',
      userId: `user_evil_${at}`, isEdited: false, content: `card ${at}`, messageType: 'REGULAR', postReactionCounts: [],
      user: { id: `user_evil_${at}`, username: payloads[0], name: payloads[0], profilePicture: { originalUrl: address(at) } },
      links: [card(address(at), ''), card(payloads[0], ''), ...payloads.map((payload, index) => card(`https://a.example/${index}`, payload))],
    };
    await servers.sandbox.control('sockets/frame', { frame: { feedEntity: { dmsPost }, createdAt: String(now) } });
    if ((at + 1) % PAINTED !== 0 && at + 1 !== frames) continue;
    await log.getByText(`card ${at}`, { exact: true }).waitFor();
    assert.ok(await log.locator('.card').count() >= CARDS);
    assert.deepEqual(await look(page), [], `up to ${at}`);
    assert.deepEqual(heard, [], `up to ${at}`);
  }
});

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
