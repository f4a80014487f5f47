// What a page can make of the chat's look: themes, variables, classes, parts. How it is asked for is in doors.test.mjs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { contrasts } from './support/contrast.mjs';
import { sayEverything, showEverything } from './support/everything.mjs';
import { post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_quiet';
const HOST = '[data-whop-chat-channel-id]';
let servers, browser, module;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 20 }), launch()]);
  const manifest = await (await fetch(`${servers.proxy.url}/embed/manifest.json`)).json();
  module = `${servers.proxy.url}/embed/${manifest.files.appearance.file}`;
  await sayEverything(servers.sandbox, CHANNEL);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** A visitor, and a way to apply an appearance to their chat that answers what the console was told. */
async function visit(query = '', options) {
  const visitor = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL, query, options });
  await visitor.chat.message('Same here').waitFor();
  await visitor.chat.composer.waitFor();
  // The widget has taken over what was painted.
  await servers.sandbox.sockets({ server: 1 });
  const told = [];
  visitor.page.on('console', (message) => { if (message.type() === 'warning') told.push(message.text()); });
  const apply = async (appearance) => {
    told.length = 0;
    await visitor.page.evaluate(async ([module, host, appearance]) => {
      const { apply } = await import(module);
      apply(document.querySelector(host).shadowRoot, appearance);
    }, [module, HOST, appearance]);
    return [...told];
  };
  /** What an element of the chat's looks like. */
  const looks = (selector, property) => visitor.chat.place.locator(selector).first()
    .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), property);
  const look = async (property, selector = '.chat[data-style]') => looks(selector, property);
  return { ...visitor, apply, look };
}

const rgb = (hex) => `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;

test('E4: a theme is applied at once, another one takes its place, and none takes it away', async () => {
  const { apply, look, page } = await visit('&theme=light');
  const plain = [await look('background-color'), await look('background-color', '.item:not(.own) .bubble'), await look('background-color', '.item.own .bubble')];
  const sheets = () => page.locator(HOST).evaluate((host) => host.shadowRoot.adoptedStyleSheets.length);
  const before = await sheets();
  assert.deepEqual(await apply({ theme: { appearance: 'dark', accentColor: 'jade', grayColor: 'slate' } }), []);
  assert.equal(await look('background-color'), rgb('#111113'));
  assert.equal(await look('background-color', '.item.own .bubble'), rgb('#21846a'));
  await apply({ theme: { appearance: 'light', accentColor: 'amber' } });
  assert.equal(await look('background-color'), rgb('#fdfdfc'), 'sand goes with amber');
  assert.equal(await look('background-color', '.item.own .bubble'), rgb('#ffc53d'));
  assert.equal(await look('color', '.item.own .bubble'), rgb('#21201c'));
  assert.equal(await sheets(), before + 1);
  for (const none of [null, undefined]) {
    await apply({ theme: { accentColor: 'ruby' } });
    await apply(none);
    assert.deepEqual([await look('background-color'), await look('background-color', '.item:not(.own) .bubble'), await look('background-color', '.item.own .bubble')], plain);
  }
  assert.equal(await sheets(), before);
});

test('an attribute says the accent, and can change its mind', async () => {
  const { look, page } = await visit('&theme=light');
  const ground = () => look('background-color', '.item.own .bubble');
  const plain = await ground();
  for (const [accent, expected] of [['jade', rgb('#21846a')], ['amber', rgb('#ffc53d')], [null, plain]]) {
    await page.locator(HOST).evaluate((host, accent) => {
      if (accent) host.setAttribute('data-whop-chat-accent', accent);
      else host.removeAttribute('data-whop-chat-accent');
    }, accent);
    await until(async () => (await ground()) === expected, `${accent}`);
  }
});

test('a theme outlives that the chat is drawn anew', async () => {
  const { apply, look, page, chat } = await visit('&theme=light');
  await apply({ theme: { accentColor: 'crimson' } });
  await page.locator(HOST).evaluate((host) => {
    host.remove();
    document.body.append(host);
  });
  await chat.message('Same here').waitFor();
  assert.equal(await look('background-color', '.item.own .bubble'), rgb('#d43876'));
});

test('system follows what the visitor has set, while the page is open', async () => {
  const { apply, look, page } = await visit('&theme=light', { colorScheme: 'dark' });
  assert.equal(await look('background-color'), rgb('#fcfcfc'));
  await apply({ theme: { appearance: 'system' } });
  assert.equal(await look('background-color'), rgb('#111111'));
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(await look('background-color'), rgb('#fcfcfc'));
});

for (const style of ['imessage', 'discord']) {
  test(`A5: what is on the screen can be read in themes of all kinds, ${style}`, async () => {
    const { apply, chat, page } = await visit(`&style=${style}&theme=light`);
    await page.setViewportSize({ width: 1_200, height: 6_000 });
    await page.locator(HOST).evaluate((host) => { host.style.height = '5600px'; });
    await showEverything(servers.sandbox, CHANNEL);
    await chat.place.getByText('A guide to film').waitFor();
    // One's own, on its way and refused.
    await page.route('**/api/v1/messages', (route) => route.fulfill({ status: 400, contentType: 'application/json', body: '{"error":{"type":"bad_request","message":"Not that."}}' }));
    await chat.say('refused, with a [link](https://example.com/x) and `code`');
    await chat.place.getByText('Not that.').waitFor();
    const bad = new Map();
    const kinds = ['ruby', 'amber', 'lemon', 'cyan', 'orange', 'gray', 'iris', 'magenta', 'grass', 'sky', 'bronze', 'indigo'];
    for (const [at, accentColor] of kinds.entries()) {
      for (const appearance of ['light', 'dark']) {
        const grayColor = ['auto', 'mauve', 'olive', 'sage'][at % 4];
        assert.deepEqual(await apply({ theme: { appearance, accentColor, grayColor } }), []);
        const pairs = await chat.place.locator('.chat[data-style]').evaluate(contrasts);
        assert.ok(pairs.length > 150, `${pairs.length}`);
        for (const { what, colour, ground, ratio, least, text } of pairs) {
          if (ratio < least) bad.set(`${accentColor} ${appearance}: ${what}`, `${ratio.toFixed(2)} < ${least} ${colour} on ${ground} ${text}`);
        }
      }
    }
    assert.deepEqual([...bad], []);
  });
}

test('E4: variables set tokens, also the page\'s own for its classes; font: inherit takes the page\'s font', async () => {
  const { apply, look, page } = await visit('&theme=light');
  const [told, ...more] = await apply({
    theme: { accentColor: 'iris' },
    variables: { '--accent-9': '#123456', '--radius-bubble': '3px', '--font-size-bubble': '17px', '--font': 'Georgia, serif', '--space-4': 20, '--brand': 'rgb(1, 2, 3)' },
    classes: { '.header': { backgroundColor: 'var(--brand)' } },
  });
  assert.equal(told, 'whop-chat: not all of the appearance can be used: variables["--space-4"] is 20; it takes what padding-top takes.');
  assert.deepEqual(more, []);
  assert.equal(await look('background-color', '.item.own .bubble'), rgb('#123456'));
  assert.equal(await look('border-end-start-radius', '.item.last .bubble'), '3px');
  assert.equal(await look('font-size', '.bubble'), '17px');
  assert.equal(await look('font-family', '.bubble'), 'Georgia, serif');
  assert.equal(await look('font-family', 'textarea'), 'Georgia, serif');
  assert.equal(await look('background-color', '.header'), 'rgb(1, 2, 3)');
  await page.locator(HOST).evaluate((host) => { host.style.fontFamily = 'Courier'; });
  assert.deepEqual(await apply({ variables: { '--font': 'inherit' } }), []);
  assert.equal(await look('font-family', '.bubble'), 'Courier');
  assert.equal(await look('font-size', '.bubble'), '15px', 'only the font is the page\'s');
});

test('E4: the page\'s own style sheet sets tokens on the element, and those of the page\'s root stay its own', async () => {
  const { look, page } = await visit('&theme=light');
  const before = await look('background-color');
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(':root { --gray-1: #ff0000; --accent-9: #00ff00 } [data-whop-chat-channel-id] { --accent-9: #654321; --radius-bubble: 5px }');
    document.adoptedStyleSheets = [sheet];
  });
  assert.equal(await look('background-color', '.item.own .bubble'), rgb('#654321'));
  assert.equal(await look('border-end-start-radius', '.item.last .bubble'), '5px');
  assert.equal(await look('background-color'), before);
});

test('what is unknown or malformed is left out and told once, the rest counts', async () => {
  const { apply, look } = await visit('&theme=light');
  const bad = {
    theme: { appearance: 'dim', accentColor: 'rubby', grayColor: 'slate', toString: 'x' },
    variables: { '--gray-12': 'banana', '--surface': 'inherit', '--acent-9': '#fff', color: 'red', '--radius-2': '4px; color: red', '--gray-2': '#abcdef' },
    classes: { '.bubble': { color: 'nonsense', padding: '9px 13px' }, '.nothing': {}, '*': { color: 'red' }, '.header': 'red' },
    extra: true,
  };
  const [told, ...more] = await apply(bad);
  assert.deepEqual(more, []);
  for (const part of ['theme.appearance is "dim"; it can be light, dark, system', 'theme.accentColor is "rubby"; it can be gray, tomato', 'theme.toString is unknown',
    '"--gray-12"', '"--surface"', '"--acent-9"', '"color"', '"--radius-2"', 'classes[".bubble"].color is "nonsense"', 'classes[".nothing"] is unknown; there are .chat', 'classes["*"]', 'classes[".header"] is "red" instead of an object', 'extra is unknown']) {
    assert.ok(told.includes(part), `${part} in ${told}`);
  }
  assert.ok(!told.includes('--gray-2"'));
  assert.equal(await look('color'), rgb('#1c2024'), 'the gray counts');
  assert.equal(await look('padding', '.item:not(.own) .bubble'), '9px 13px');
  assert.deepEqual(await apply(bad), [], 'it was told');
  for (const odd of ['dark', 7, [], { theme: 'dark' }, { theme: [] }, { variables: 'x', classes: 3 }, { variables: { '--font': {} } }, { classes: { '.bubble': { color: {} } } }]) {
    const told = await apply(odd);
    assert.equal(told.length, 1, JSON.stringify(odd));
    assert.equal(await look('background-color'), rgb('#fcfcfc'));
  }
  assert.deepEqual(await apply({ theme: null, variables: null, classes: undefined }), []);
});

test('E7: a value stays in its declaration and fetches nothing, whatever it says', async () => {
  const { apply, look, page, problems } = await visit('&theme=light');
  const asked = [];
  page.on('request', (request) => { if (request.url().includes('evil')) asked.push(request.url()); });
  const background = await look('background-color', '.composer');
  const values = [
    'red; } * { background: red', 'red } .composer { background: red }', 'red;background:red', 'url(https://evil.example/a)', 'u\\72l(https://evil.example/b)',
    'image-set("https://evil.example/c" 1x)', '-webkit-image-set(url(https://evil.example/d) 1x)', '/* */ URL( "https://evil.example/e" )', '@import "https://evil.example/f"', 'red !important; x: y',
    'src("https://evil.example/g")',
  ];
  for (const value of values) {
    const [told] = await apply({
      variables: { '--gray-1': value, '--own': value },
      classes: {
        '.bubble': { color: value, backgroundImage: value, '--own': value, [`color: red; } * { ${value}`]: 'red' },
        [`.header { } * { background: ${value} }`]: { color: 'red' }, '.header, *': { background: 'red' }, ':host': { background: 'red' }, '.header:is(*)': { background: 'red' },
      },
    });
    assert.ok(told, value);
    assert.equal(await look('background-color', '.composer'), background, value);
    assert.equal(await look('background-image', '.bubble'), 'none', value);
    const rules = await page.locator(HOST).evaluate((host) => [...host.shadowRoot.adoptedStyleSheets.at(-1).cssRules].map((rule) => rule.selectorText));
    assert.deepEqual(rules, [':host', '.chat[data-theme]', '[part~="bubble"]'], value);
  }
  assert.deepEqual(asked, []);
  assert.deepEqual(problems, []);
});

test('forced colours stay the visitor\'s, whatever the theme', async () => {
  const { apply, look, page } = await visit('&theme=light');
  await page.emulateMedia({ forcedColors: 'active' });
  const plain = [await look('background-color'), await look('color', '.item.own .bubble')];
  await apply({ theme: { appearance: 'dark', accentColor: 'lemon' }, classes: { '.bubble': { color: '#00ff00' } } });
  const [ground, text] = [await look('background-color'), await look('color', '.item.own .bubble')];
  assert.equal(await look('border-top-width', '.bubble'), '1px');
  assert.notEqual(text, rgb('#00ff00'));
  // Forced colours know light and dark, too.
  assert.ok(plain.length === 2 && ground !== rgb('#111210'), ground);
});

/** The parts that docs/theming.md names. */
const [, chapter] = readFileSync(new URL('../../docs/theming.md', import.meta.url), 'utf8').split('\n## Parts\n');
const documented = [...chapter.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);

test('each part that is documented is there and can be styled by the page, and by classes', async () => {
  const { apply, chat, page } = await visit('&theme=light');
  assert.deepEqual([...documented].sort(), await page.evaluate(async (module) => [...(await import(module)).PARTS].sort(), module));
  await showEverything(servers.sandbox, CHANNEL);
  await chat.place.getByText('A guide to film').waitFor();
  await page.setViewportSize({ width: 1_200, height: 6_000 });
  await page.locator(HOST).evaluate((host) => { host.style.height = '5600px'; });
  await chat.place.getByRole('button', { name: 'Search' }).click();
  await page.evaluate((names) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(names.map((name) => `${'[data-whop-chat-channel-id]'}::part(${name}) { --seen-${name}: yes; outline: 3px solid rgb(1, 2, 3) }`).join('\n'));
    document.adoptedStyleSheets = [sheet];
  }, documented);
  const outlined = (names) => page.locator(HOST).evaluate((host, names) => names.filter((name) => {
    const parts = [...host.shadowRoot.querySelectorAll(`[part~="${name}"]`)];
    return parts.length > 0 && parts.every((part) => getComputedStyle(part).getPropertyValue(`--seen-${name}`).includes('yes'));
  }), names);
  const here = documented.filter((name) => !['notice', 'jump', 'unread'].includes(name));
  const seen = await outlined(here);
  assert.deepEqual(here.filter((name) => !seen.includes(name)), []);
  const told = await apply({ classes: Object.fromEntries(documented.map((name) => [`.${name}`, { '--dressed': name }])) });
  assert.deepEqual(told, []);
  const dressed = await page.locator(HOST).evaluate((host, names) => names.filter((name) => !getComputedStyle(host.shadowRoot.querySelector(`[part~="${name}"]`)).getPropertyValue('--dressed')), here);
  assert.deepEqual(dressed, []);
  // In Whop's spelling, pointed at, and one's own apart.
  await apply({ classes: { '.OwnBubble:hover': { color: 'rgb(9, 9, 9)' }, '.own-message': { opacity: '0.5' } } });
  const own = chat.place.locator('.item.own .bubble').first();
  await own.hover();
  assert.equal(await own.evaluate((bubble) => getComputedStyle(bubble).color), 'rgb(9, 9, 9)');
  assert.equal(await chat.place.locator('.item:not(.own) .message').first().evaluate((message) => getComputedStyle(message).opacity), '1');
});

test('the parts that come and go', async () => {
  const { chat, page } = await visit('&theme=light');
  await post(servers.sandbox, 'user_bob', CHANNEL, 'one more');
  await chat.message('one more').waitFor();
  await chat.log.evaluate((list) => { list.scrollTop = -10_000; });
  await chat.place.locator('[part~="jump"]').waitFor();
  await page.goto(`${servers.sandbox.creatorSite}/?user=user_stranger&channel=${CHANNEL}`);
  await chat.place.locator('[part~="notice"]').waitFor();
});
