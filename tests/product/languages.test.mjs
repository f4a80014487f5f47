// I1–I3: the widget in the page's language and direction.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_general';
const ELEMENT = '[data-whop-chat-channel-id]';
const LANGUAGES = ['en', 'es', 'zh', 'nl', 'pt', 'de', 'it', 'fr', 'ja', 'pl', 'tr'];
let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 40 }), launch()]);
  const { sandbox } = servers;
  const asked = await post(sandbox, 'user_bob', CHANNEL, 'أي واحد؟', { poll: { options: [{ id: '1', text: 'هذا' }, { id: '2', text: 'That one' }] } });
  await asUser(sandbox, 'user_ada', 'POST', '/reactions', { resource_id: asked.id, emoji: ':heart:' });
  await post(sandbox, 'user_bob', CHANNEL, 'مرحبا بالجميع، كيف حالكم اليوم؟');
  await post(sandbox, 'user_ada', CHANNEL, 'أهلا Bob, everything is fine (10:30).', { replying_to_message_id: asked.id });
  await post(sandbox, 'user_ada', CHANNEL, 'An English answer.');
  await post(sandbox, 'user_bob', CHANNEL, 'كود:\n\n```js\nconst a = 1;\n```');
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** A visitor for whom `dir` stands on the page's root from the start. */
const rtl = (context) => context.addInitScript(() => {
  new MutationObserver(() => {
    if (document.documentElement) document.documentElement.dir = 'rtl';
  }).observe(document, { childList: true });
});

const isLive = (page) => page.evaluate((selector) => {
  const item = document.querySelector(selector).shadowRoot?.querySelector('.item');
  return !!item && !item.hasAttribute('data-painted');
}, ELEMENT);

const visit = async (options = {}) => {
  const visitor = await onCreatorSite(browser, servers, { user: 'user_ada', channel: CHANNEL, ...options });
  await visitor.chat.log.getByText('An English answer.').waitFor();
  await until(() => isLive(visitor.page), 'the widget');
  return visitor;
};

/** Bounding boxes of what is in the widget, by selector; of several, the last. */
const boxes = (page, selectors) => page.evaluate(([element, selectors]) => {
  const root = document.querySelector(element).shadowRoot;
  return Object.fromEntries(Object.entries(selectors).map(([name, selector]) => {
    const found = [...root.querySelectorAll(selector)].at(-1);
    const { left, right, width } = found.getBoundingClientRect();
    return [name, { left, right, width, middle: (left + right) / 2 }];
  }));
}, [ELEMENT, selectors]);

for (const [language, texts] of Object.entries({
  de: { send: 'Senden', field: 'Nachricht', reply: 'Antworten', find: 'Nachrichten durchsuchen', votes: '0 Stimmen' },
  pl: { send: 'Wyślij', field: 'Wiadomość', reply: 'Odpowiedz', find: 'Szukaj wiadomości', votes: '0 głosów' },
  ja: { send: '送信', field: 'メッセージ', reply: '返信', find: 'メッセージを検索', votes: '0票' },
})) {
  test(`I2: the widget speaks ${language} where the page does, and only that language is downloaded`, async () => {
    const asked = [];
    const { page, chat, problems } = await visit({
      query: `&locale=${language}`,
      prepare: (context) => context.on('request', (request) => asked.push(new URL(request.url()).pathname)),
    });
    assert.deepEqual(asked.filter((path) => /-[a-z]{2}\.txt$/.test(path)).map((path) => path.slice(-6, -4)), [language]);
    await chat.place.getByRole('button', { name: texts.send }).waitFor();
    await chat.place.getByRole('textbox', { name: texts.field, exact: true }).waitFor();
    await chat.place.getByRole('button', { name: texts.find }).waitFor();
    await chat.log.getByText(texts.votes).waitFor();
    assert.equal(await page.locator(ELEMENT).evaluate((element) => element.shadowRoot.querySelector('.chat').lang), language);
    assert.deepEqual(problems, []);
  });
}

test('I2: where nothing says which language, it is the visitor’s; where nobody speaks that, it is English', async () => {
  for (const [locale, language] of [['pt-PT', 'pt'], ['zh-TW', 'zh'], ['fi-FI', 'en']]) {
    const { page } = await visit({ options: { locale } });
    await page.evaluate((selector) => {
      document.documentElement.lang = '';
      // What is there keeps its language (E20); what comes asks for it.
      const element = document.querySelector(selector);
      const other = element.cloneNode();
      for (const name of ['locale', 'assertion']) other.removeAttribute(`data-whop-chat-${name}`);
      element.replaceWith(other);
    }, ELEMENT);
    await until(() => page.evaluate(([selector, language]) => document.querySelector(selector).shadowRoot?.querySelector('.chat')?.lang === language, [ELEMENT, language]), `${locale} → ${language}`);
    await page.context().close();
  }
});

test('I2: the page may change its language', async () => {
  const { page, chat } = await visit();
  await page.evaluate((selector) => document.querySelector(selector).setAttribute('data-whop-chat-locale', 'pl-PL'), ELEMENT);
  await chat.place.getByRole('button', { name: 'Wyślij' }).waitFor();
  await page.evaluate((selector) => document.querySelector(selector).setAttribute('data-whop-chat-locale', 'en'), ELEMENT);
  await chat.place.getByRole('button', { name: 'Send' }).waitFor();
});

test('I2: what was painted in another language is taken over as it is', async () => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const visitor = await onCreatorSite(browser, servers, {
    user: 'user_ada', channel: CHANNEL, query: '&locale=pl',
    prepare: (context) => context.route(/\.wasm$/, async (route) => {
      await held;
      await route.continue().catch(() => {});
    }),
  });
  const { page, chat } = visitor;
  await chat.log.getByText('An English answer.').waitFor();
  assert.equal(await isLive(page), false);
  await chat.place.getByRole('button', { name: 'Wyślij' }).waitFor();
  await page.evaluate((selector) => {
    window.kept = [...document.querySelector(selector).shadowRoot.querySelectorAll('.item')].slice(-5);
  }, ELEMENT);
  release();
  await until(() => isLive(page), 'the widget');
  assert.ok(await page.evaluate(() => window.kept.every((item) => item.isConnected)), 'the very same elements');
});

test('I2: a language that can’t be had is replaced by English, and where that is away, too, one may try again', async () => {
  for (const [broken, said] of [[/-pl\.txt$/, 'Send'], [/-[a-z]{2}\.txt$/, undefined]]) {
    let isBroken = true;
    const visitor = await onCreatorSite(browser, servers, {
      user: 'user_ada', channel: CHANNEL, query: '&locale=pl',
      prepare: (context) => context.route(broken, (route) => (isBroken ? route.fulfill({ status: 503, body: '' }) : route.continue())),
    });
    const { chat } = visitor;
    if (said) await until(async () => (await isLive(visitor.page)) && (await chat.place.getByRole('button', { name: said }).count()) === 1, 'English');
    else {
      await chat.place.getByText('Live chat could not be loaded.').waitFor();
      isBroken = false;
      await chat.place.getByRole('button', { name: 'Retry' }).click();
      await until(() => isLive(visitor.page), 'the widget');
    }
  }
});

for (const style of ['imessage', 'discord']) {
  for (const width of [360, 1200]) {
    test(`I1: in a page from right to left the chrome is mirrored (${style}, ${width} px)`, async () => {
      const { page, chat, problems } = await visit({ query: `&style=${style}`, options: { viewport: { width, height: 760 } }, prepare: rtl });
      const place = await page.locator(ELEMENT).boundingBox();
      const middle = place.x + place.width / 2;
      const found = await boxes(page, {
        send: '.send', field: '.field', name: '.header-name', find: '.header [data-act=find]',
        own: '.item.own .bubble', other: '.item:not(.own):not(.system) .bubble', avatar: '.item.last:not(.own) .avatar',
        quote: '.item.own .quote:not([hidden])', quoting: '.item.own:has(.quote:not([hidden])) .bubble', code: 'pre code',
      });
      assert.ok(found.send.middle < found.field.left, 'the button that sends is at the line’s end');
      assert.ok(found.name.middle > middle && found.find.middle < middle, 'the header begins on the right');
      assert.ok(found.avatar.left > found.other.middle, 'the picture is before the words');
      if (style === 'imessage') {
        assert.ok(found.own.left - place.x < 40, `own words at the end: ${found.own.left}`);
        assert.ok(place.x + place.width - found.other.right < 80, `others' at the start: ${found.other.right}`);
      }
      // The line before a quote is on its right.
      const border = await page.evaluate((selector) => {
        const quote = [...document.querySelector(selector).shadowRoot.querySelectorAll('.quote:not([hidden])')].at(-1);
        const { borderRightWidth, borderLeftWidth } = getComputedStyle(quote);
        return [borderRightWidth, borderLeftWidth];
      }, ELEMENT);
      assert.deepEqual(border, ['2px', '0px']);
      // What people say runs as they wrote it; code always from left to right.
      const directions = await chat.log.locator('.text').evaluateAll((texts) => texts.slice(-4).map((text) => [getComputedStyle(text).direction, text.querySelector('pre') && getComputedStyle(text.querySelector('pre')).direction]));
      assert.deepEqual(directions, [['rtl', null], ['rtl', null], ['ltr', null], ['rtl', 'ltr']]);
      // The way back.
      await chat.log.hover();
      await page.mouse.wheel(0, -3000);
      const jump = chat.place.getByRole('button', { name: 'Jump to latest' });
      await jump.waitFor();
      const { x, width: wide } = await jump.boundingBox();
      assert.ok(x + wide / 2 < middle, 'the way back is at the end');
      // Nothing is wider than the widget.
      const over = await page.evaluate((selector) => {
        const chat = document.querySelector(selector).shadowRoot.querySelector('.chat');
        return chat.scrollWidth - chat.clientWidth;
      }, ELEMENT);
      assert.ok(over <= 0, `${over}`);
      assert.deepEqual(problems, []);
      if (process.env.PICTURES) {
        await jump.click();
        await until(async () => (await jump.count()) === 0, 'the end');
        await page.locator(ELEMENT).screenshot({ path: `${process.env.PICTURES}/rtl-${style}-${width}.png` });
      }
    });
  }
}

test('I1: the page may turn while the widget is there', async () => {
  const { page } = await visit();
  const direction = () => page.evaluate((selector) => getComputedStyle(document.querySelector(selector).shadowRoot.querySelector('.chat')).direction, ELEMENT);
  assert.equal(await direction(), 'ltr');
  for (const wanted of ['rtl', 'ltr']) {
    await page.evaluate((wanted) => { document.documentElement.dir = wanted; }, wanted);
    await until(async () => (await direction()) === wanted, wanted);
  }
});

test('I2: no language is too long for 320 px', async () => {
  for (const language of LANGUAGES) {
    const { page, chat } = await visit({ query: `&locale=${language}`, options: { viewport: { width: 320, height: 640 } } });
    await chat.place.locator('.header [data-act=find]').click();
    await chat.place.locator('.find-field').fill('nowhere to be found');
    await chat.place.locator('.find-line span').first().waitFor();
    await chat.log.locator('[data-act=reply]').last().evaluate((button) => button.click());
    await chat.place.locator('.replying').waitFor();
    const cut = await page.evaluate((selector) => {
      const root = document.querySelector(selector).shadowRoot;
      const { left, right } = root.querySelector('.chat').getBoundingClientRect();
      const parts = '.header > *, .find-bar > *, .find-line > *, .composer-line > *, .replying > *, .poll-total, .answer > *, .marks > *, .jump';
      return [...root.querySelectorAll(parts)].filter((part) => {
        const box = part.getBoundingClientRect();
        return box.width > 0 && !part.matches('.hidden') && (box.left < left - 1 || box.right > right + 1);
      }).map((part) => `${part.className} ${part.textContent}`);
    }, ELEMENT);
    assert.deepEqual(cut, [], language);
    if (process.env.PICTURES && ['de', 'pl'].includes(language)) await page.locator(ELEMENT).screenshot({ path: `${process.env.PICTURES}/narrow-${language}.png` });
    await page.context().close();
  }
});
