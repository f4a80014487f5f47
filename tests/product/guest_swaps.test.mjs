// Pages that change beneath the chat: bodies that are swapped and come back from a cache, and browsers that translate.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { launch } from './support/browser.mjs';
import { startHostileHost, visitHost, WAYS } from './support/hostile_host.mjs';
import { once } from './support/using.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_lounge';
let host, servers, browser;

before(async () => {
  host = await startHostileHost();
  [servers, browser] = await Promise.all([startServers({ messages: 120, origins: [host.origin] }), launch()]);
  host.serve(servers);
});

afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

after(async () => {
  await browser?.close();
  await servers?.stop();
  host?.close();
});

async function visit(page, options) {
  const visitor = await visitHost(browser, host.page({ isStrict: false, ...page }), options);
  const sockets = [];
  visitor.page.on('websocket', (socket) => sockets.push(socket));
  const isOpen = (number) => until(() => sockets.filter((socket) => !socket.isClosed()).length === number, `${number} sockets`);
  await visitor.chat.composer.waitFor();
  await visitor.chat.log.getByRole('article').first().waitFor();
  return { ...visitor, isOpen };
}

/** It is there once, says what is written and hears what others say. */
async function isAlive({ chat, isOpen }) {
  await chat.composer.waitFor();
  assert.equal(await chat.composer.count(), 1);
  await isOpen(1);
  const own = once('Still alive');
  await chat.say(own);
  await chat.message(own).waitFor();
  const others = once('Still heard');
  await post(servers.sandbox, 'user_bob', CHANNEL, others);
  await chat.message(others).waitFor();
}

/** Runs in the page: shows bodies as Turbo does, which keeps copies of those that were left. */
function likeTurbo() {
  const cache = {};
  const put = (body) => {
    document.documentElement.replaceChild(body, document.body);
    // As Turbo does, so that they run.
    for (const script of body.querySelectorAll('script')) {
      const again = document.createElement('script');
      for (const { name, value } of script.attributes) again.setAttribute(name, value);
      again.textContent = script.textContent;
      script.replaceWith(again);
    }
    document.dispatchEvent(new Event('turbo:load'));
  };
  window.turbo = {
    leave(name, html) {
      cache[name] = document.body.cloneNode(true);
      put(new DOMParser().parseFromString(html, 'text/html').body);
    },
    async back(name) {
      put(cache[name].cloneNode(true));
      const html = await (await fetch(location.href)).text();
      await new Promise((done) => { requestAnimationFrame(done); });
      put(new DOMParser().parseFromString(html, 'text/html').body);
    },
    fromCache: (name) => put(cache[name].cloneNode(true)),
  };
}

const OTHER = '<!doctype html><body><h1>Another page</h1></body>';

for (const way of ['attributes', 'element', 'script']) {
  test(`E13: bodies that are swapped as Turbo does: gone with its body, alive with the next: ${way}`, async () => {
    const visitor = await visit({ body: WAYS[way](CHANNEL) });
    const { page, isOpen, problems } = visitor;
    await isOpen(1);
    await page.evaluate(likeTurbo);
    for (let time = 0; time < 3; time += 1) {
      await page.evaluate((html) => window.turbo.leave('chat', html), OTHER);
      await isOpen(0);
      await page.evaluate(() => window.turbo.back('chat'));
      await isAlive(visitor);
    }
    // A body from the cache alone: what the page's own script mounted, it mounts again.
    await page.evaluate((html) => window.turbo.leave('chat', html), OTHER);
    await page.evaluate((way) => {
      window.turbo.fromCache('chat');
      if (way === 'script') window.mountAgain();
    }, way);
    await isAlive(visitor);
    assert.deepEqual(problems, []);
  });
}

test('E13: a swap of inner HTML as HTMX does, and the same element moved elsewhere', async () => {
  const visitor = await visit({ body: WAYS.attributes(CHANNEL) });
  const { page, isOpen, problems } = visitor;
  await page.evaluate(() => {
    const place = document.querySelector('#place');
    window.html = place.innerHTML;
    place.innerHTML = '<p>Something else</p>';
  });
  await isOpen(0);
  await page.evaluate(() => { document.querySelector('#place').innerHTML = window.html; });
  await isAlive(visitor);
  await page.evaluate(() => {
    const place = document.querySelector('#place');
    const chat = place.firstElementChild;
    const aside = document.createElement('aside');
    document.body.append(aside);
    aside.append(chat);
  });
  await isAlive(visitor);
  assert.deepEqual(problems, []);
});

test('E13: a body that is morphed into the next one keeps the chat, its draft and its focus', async () => {
  const visitor = await visit({ body: WAYS.attributes(CHANNEL) });
  const { page, chat, isOpen, problems } = visitor;
  await chat.composer.click();
  await page.keyboard.type('half a sen');
  await page.evaluate(async () => {
    const next = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html').body;
    // As idiomorph goes about it.
    const morph = (present, next) => {
      for (const { name } of [...present.attributes]) if (!next.hasAttribute(name)) present.removeAttribute(name);
      for (const { name, value } of next.attributes) if (present.getAttribute(name) !== value) present.setAttribute(name, value);
      [...next.children].forEach((child, at) => (present.children[at]?.localName === child.localName ? morph(present.children[at], child) : present.append(child)));
      while (present.children.length > next.children.length) present.lastElementChild.remove();
    };
    next.querySelector('[data-whop-chat-channel-id]').setAttribute('data-whop-chat-theme', 'dark');
    morph(document.body, next);
  });
  await page.locator('.chat[data-theme="dark"]').waitFor();
  await page.keyboard.type('tence');
  assert.equal(await chat.composer.inputValue(), 'half a sentence');
  await isOpen(1);
  await chat.composer.fill('');
  await isAlive(visitor);
  assert.deepEqual(problems, []);
});

/** Runs in the page: translates as Google's and Chromium's translation do, which puts elements into the place of texts. */
function translate() {
  const seen = new WeakSet();
  const isText = (node) => node.nodeValue.trim() && !seen.has(node) && !['STYLE', 'SCRIPT', 'TEXTAREA'].includes(node.parentNode?.nodeName);
  const one = (text) => {
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    for (const font of [outer, inner]) font.style.verticalAlign = 'inherit';
    const translated = document.createTextNode(`«${text.nodeValue}»`);
    seen.add(translated);
    seen.add(text);
    inner.append(translated);
    outer.append(inner);
    text.parentNode.replaceChild(outer, text);
    window.translated = (window.translated ?? 0) + 1;
  };
  const all = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.filter(isText).forEach(one);
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot && !seen.has(element.shadowRoot)) enter(element.shadowRoot);
  };
  const enter = (root) => {
    seen.add(root);
    all(root);
    new MutationObserver((changes) => {
      for (const { target, type } of changes) {
        if (!root.contains(target)) continue;
        if (type === 'characterData') { if (isText(target)) one(target); } else all(target);
      }
    }).observe(root, { childList: true, subtree: true, characterData: true });
  };
  document.documentElement.lang = 'de';
  document.documentElement.classList.add('translated-ltr');
  enter(document);
}

for (const style of ['imessage', 'discord']) {
  test(`E20: a browser that translates moves every text away, and all goes on, in ${style}`, async () => {
    const visitor = await visit({ body: WAYS.attributes(CHANNEL, { style }) });
    const { page, chat, problems } = visitor;
    await page.evaluate(translate);
    const says = (text) => chat.log.getByRole('article').filter({ hasText: `«${text}»` });
    await until(() => page.evaluate(() => window.translated > 20), 'a translation');
    const own = once('My own words');
    await chat.say(own);
    await says(own).waitFor();
    const others = once('Words of others');
    const { id } = await post(servers.sandbox, 'user_bob', CHANNEL, others);
    await says(others).waitFor();
    // What changes afterwards is what the page's elements have to follow.
    const edited = once('Better words');
    await asUser(servers.sandbox, 'user_bob', 'PATCH', `/messages/${id}`, { content: edited });
    await says(edited).waitFor();
    await until(async () => (await says(others).count()) === 0, 'the old words are gone');
    await asUser(servers.sandbox, 'user_chen', 'POST', '/reactions', { resource_id: id, emoji: ':fire:' });
    await says(edited).getByRole('button', { name: /🔥 1/ }).click();
    await says(edited).getByRole('button', { name: /🔥 2/ }).waitFor();
    await until(async () => (await says(edited).locator('.pill').first().innerText()).includes('2'), 'the number');
    const poll = await post(servers.sandbox, 'user_bob', CHANNEL, once('Which one'), { poll: { options: [{ id: '1', text: 'This' }, { id: '2', text: 'That' }] } });
    await chat.log.getByRole('button', { name: /This/ }).last().click();
    await chat.log.getByText(/100/).last().waitFor();
    await says(edited).hover();
    await says(edited).getByRole('button', { name: 'Reply' }).first().click();
    const answer = once('An answer');
    await chat.composer.fill(answer);
    await page.keyboard.press('Enter');
    await says(answer).waitFor();
    await asUser(servers.sandbox, 'user_bob', 'DELETE', `/messages/${id}`);
    await until(async () => (await says(edited).locator('.text').count()) === 0, 'what was deleted');
    await asUser(servers.sandbox, 'user_bob', 'DELETE', `/messages/${poll.id}`);
    await page.evaluate(() => dispatchEvent(new Event('offline')));
    await servers.sandbox.control('sockets/close').catch(() => {});
    await page.evaluate(() => dispatchEvent(new Event('online')));
    // Far away and back: rows come and go.
    await chat.log.evaluate((log) => log.scrollBy(0, -3_000));
    await chat.place.getByRole('button', { name: /latest|new message/i }).click();
    const last = once('The last words');
    await post(servers.sandbox, 'user_bob', CHANNEL, last);
    await says(last).waitFor();
    // The original again, as the browser puts it back, where it still can.
    await page.evaluate(() => { document.documentElement.classList.remove('translated-ltr'); document.documentElement.lang = 'en'; });
    assert.deepEqual(problems, []);
  });
}

test('E20: a page that is marked as translated, and changes its language, keeps the chat and its draft', async () => {
  const visitor = await visit({ body: WAYS.attributes(CHANNEL), root: 'lang="en" translate="no"' });
  const { page, chat } = visitor;
  await chat.composer.fill('a draft');
  await page.evaluate(() => {
    document.documentElement.lang = 'fr';
    document.documentElement.setAttribute('translate', 'yes');
    document.documentElement.classList.add('translated-ltr');
    document.body.dir = 'auto';
  });
  assert.equal(await chat.composer.inputValue(), 'a draft');
  await chat.composer.fill('');
  await isAlive(visitor);
});
