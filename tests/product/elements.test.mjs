// A page that is written for Whop Elements, with our script in the place of Whop's.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { barePage } from './support/bare.mjs';
import { launch } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 20 }), launch()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** A page with the script, a session and a place for an element. `session` holds the tokens that were asked for. */
async function elementsPage(options) {
  const bare = await barePage(browser, servers, options);
  await bare.include();
  await bare.page.evaluate(() => {
    const place = Object.assign(document.createElement('div'), { id: 'chat' });
    place.style.height = '500px';
    document.body.append(place);
    window.tokens = [];
    window.told = [];
    window.elements = new window.WhopElements({ appearance: { theme: { appearance: 'light' } } });
    window.session = window.elements.createChatSession({
      token: async ({ abortSignal }) => {
        const { token } = await (await fetch(document.body.dataset.tokenUrl, { signal: abortSignal })).json();
        window.tokens.push(token);
        return token;
      },
    });
    window.tell = (name) => (...args) => window.told.push([name, args[0] instanceof CustomEvent ? args[0].detail : args[0]?.code ?? typeof args[0]]);
    for (const name of ['ready', 'tokenRefreshed', 'tokenRefreshError', 'error', 'optionsUpdated']) window.session.on(name, window.tell(`session ${name}`));
  });
  /** Makes an element of that type, listens to it, and mounts it. */
  const mount = (options, type = 'chat-element') => bare.page.evaluate(([type, options]) => {
    const element = window.session.createElement(type, {
      ...options,
      onReady: (ready) => window.told.push(['onReady', ready === element]),
      onEvent: (event) => window.told.push(['onEvent', event.type]),
    });
    for (const name of ['ready', 'error', 'snapshot', 'profileClick', 'linkClick', 'messageSent', 'experienceClick', 'attachmentClick']) element.on(name, window.tell(name));
    window.element = element;
    element.mount('#chat');
    return { state: element.state, isStable: element.getSnapshot() === element.getSnapshot() };
  }, [type, options]);
  const told = async (name) => (await bare.page.evaluate(() => window.told)).filter(([told]) => told === name).map(([, detail]) => detail);
  return { ...bare, mount, told };
}

test('an element is made, mounted, ready, used and taken away', async () => {
  const { page, chat, mount, told, problems } = await elementsPage();
  const before = await page.evaluate(() => {
    const { constructor, options } = window.elements;
    return { isGlobal: constructor === window.WhopElements, locale: options.locale, environment: options.environment };
  });
  assert.deepEqual(before, { isGlobal: true, locale: 'en', environment: 'production' });
  assert.deepEqual(await mount({ channelId: 'chat_feed_lounge' }), { state: 'loading', isStable: true });
  await page.waitForFunction(() => window.element.state === 'ready');
  assert.deepEqual(await told('onReady'), [true]);
  assert.deepEqual(await told('session ready'), ['undefined']);
  assert.equal(await page.evaluate(() => window.element.getSnapshot().state), 'ready');
  await chat.say('Said through an element');
  await chat.message('Said through an element').waitFor();
  await until(async () => (await told('messageSent')).length === 1, 'the event');
  const [sent] = await told('messageSent');
  assert.equal(sent.content, 'Said through an element');
  assert.equal(sent.channelId, 'chat_feed_lounge');
  assert.match(sent.id, /^msg_|^post_/);
  assert.deepEqual(await told('onEvent'), ['messageSent']);
  await page.evaluate(() => window.element.unmount());
  assert.equal(await page.locator('#chat > *').count(), 0);
  assert.equal(await page.evaluate(() => window.element.state), 'loading');
  assert.deepEqual(problems, []);
});

test('it is mounted again, as React does it, and destroyed with its session', async () => {
  const { page, chat, mount, problems } = await elementsPage();
  await mount({ channelId: 'chat_feed_lounge' });
  await page.evaluate(() => { window.element.unmount(); window.element.mount(document.querySelector('#chat')); });
  await chat.log.getByRole('article').first().waitFor();
  const warning = page.waitForEvent('console', (message) => message.type() === 'warning' && /mounted already/.test(message.text()));
  await page.evaluate(() => window.element.mount('#chat'));
  await warning;
  assert.equal(await page.locator('#chat > *').count(), 1);
  await page.evaluate(() => window.session.destroy());
  assert.equal(await page.locator('#chat > *').count(), 0);
  assert.deepEqual(problems, []);
});

test('sessions and elements that a page has forgotten are forgotten, as React leaves them behind', async () => {
  const { page, context, mount, chat } = await elementsPage();
  await mount({ channelId: 'chat_feed_lounge' });
  await chat.log.waitFor();
  await page.evaluate(() => {
    window.element.unmount();
    window.element = undefined;
    const made = [];
    for (const _ of Array(20)) {
      const session = window.elements.createChatSession({ token: null });
      made.push(session, session.createElement('chat-element', { channelId: 'chat_feed_lounge' }), window.session.createElement('chat-element', { channelId: 'chat_feed_lounge' }));
    }
    window.forgotten = made.map((one) => new WeakRef(one));
  });
  const browserSession = await context.newCDPSession(page);
  await until(async () => {
    await browserSession.send('HeapProfiler.collectGarbage');
    return page.evaluate(() => window.forgotten.every((one) => !one.deref()));
  }, 'all of them to be collected');
});

test('a container without a height gets one, and no more than it has later', async () => {
  const { page, mount, chat } = await elementsPage();
  await page.evaluate(() => { document.querySelector('#chat').style.height = ''; });
  await mount({ channelId: 'chat_feed_lounge' });
  await chat.log.waitFor();
  const height = () => page.locator('#chat > div').evaluate((host) => host.clientHeight);
  assert.equal(await height(), 640);
  await page.evaluate(() => { document.querySelector('#chat').style.height = '300px'; });
  assert.equal(await height(), 300);
});

test('what a page does wrong is said in words', async () => {
  const { page } = await elementsPage();
  const said = await page.evaluate(() => {
    const message = (act) => { try { act(); } catch (error) { return error.message; } return undefined; };
    document.querySelector('#chat').append(document.createElement('p'));
    return [
      message(() => window.elements.createChatSession()),
      message(() => window.elements.createPayoutsSession({})),
      message(() => window.elements.createWalletSession({})),
      message(() => window.session.createElement('balance-element', {})),
      message(() => window.session.createElement('chat-element', {}).mount('#nowhere')),
      message(() => window.session.createElement('chat-element', {}).mount('#chat')),
      message(() => window.session.on('ready', 'no function')),
    ];
  });
  for (const [at, words] of [/token/, /payouts/, /wallets/, /no element "balance-element", but chat-element/, /no element #nowhere/, /must be empty/, /must be a function/].entries()) {
    assert.match(said[at], words);
  }
});

test('an unknown channel, and a visitor who is not signed in, are errors with codes, and shown', async () => {
  const { page, mount, told } = await elementsPage();
  await mount({ channelId: 'chat_feed_nowhere' });
  await page.getByText('This chat doesn’t exist').waitFor();
  assert.deepEqual(await told('error'), ['NOT_FOUND']);
  assert.equal(await page.evaluate(() => window.element.state), 'ready');
  await page.evaluate(() => window.element.unmount());
  await page.evaluate(() => { window.session = window.elements.createChatSession({ token: null }); });
  await mount({ channelId: 'chat_feed_lounge' });
  await page.getByText('Sign in to see this chat').waitFor();
  assert.deepEqual(await told('error'), ['NOT_FOUND', 'SIGNED_OUT']);
  // The page signs the visitor in.
  await page.evaluate(async () => {
    const { token } = await (await fetch(document.body.dataset.tokenUrl)).json();
    window.session.updateOptions({ token });
  });
  await page.getByRole('log').waitFor();
});

test('style, theme and deep link follow the options', async () => {
  const { page, chat, mount } = await elementsPage();
  await mount({ channelId: 'chat_feed_lounge' });
  await chat.log.getByRole('article').first().waitFor();
  const shown = page.locator('.chat');
  assert.deepEqual(await shown.evaluate(({ dataset: { style, theme } }) => [style, theme]), ['imessage', 'light']);
  await page.evaluate(() => {
    window.element.updateOptions({ style: 'discord' });
    window.elements.updateOptions({ appearance: { theme: { appearance: 'dark' } } });
  });
  assert.deepEqual(await shown.evaluate(({ dataset: { style, theme } }) => [style, theme]), ['discord', 'dark']);
  const messages = (await asUser(servers.sandbox, 'user_ada', 'GET', '/messages?channel_id=chat_feed_lounge&first=20&direction=desc')).data;
  const wanted = messages.at(-1);
  await page.evaluate((id) => window.element.updateOptions({ deeplinkToPostId: id }), wanted.id);
  await chat.message(wanted.content).first().waitFor();
  await until(async () => chat.message(wanted.content).first().evaluate((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > 0 && top < 500;
  }), 'the message in sight');
});

test('links, names, mentions and pictures are told before anything comes of them', async () => {
  const { page, chat, mount, told } = await elementsPage();
  const post = (content, more) => asUser(servers.sandbox, 'user_bob', 'POST', '/messages', { channel_id: 'chat_feed_lounge', content, ...more });
  await post('See [the rules](https://example.com/rules) and @ada');
  await mount({ channelId: 'chat_feed_lounge', disableNavigation: true });
  const link = page.getByRole('link', { name: 'the rules' });
  await link.waitFor();
  await page.waitForFunction(() => window.element.state === 'ready');
  await chat.composer.waitFor();
  let opened = 0;
  page.context().on('page', () => { opened += 1; });
  await link.click();
  assert.deepEqual(await told('linkClick'), [{ url: 'https://example.com/rules' }]);
  const row = page.getByRole('article').filter({ has: link });
  await row.locator('.mention').click();
  await until(async () => {
    await row.locator('.avatar').click();
    return (await told('profileClick')).some(({ id }) => id === 'user_bob');
  }, 'the author’s profile');
  assert.equal((await told('profileClick'))[0].id, 'user_ada');
  assert.equal(opened, 0, 'the page goes there, not the widget');
  // A page may leave it to the widget, and prevent a single one.
  await page.evaluate(() => {
    window.element.updateOptions({ disableNavigation: false });
    window.element.once('linkClick', (event) => event.preventDefault());
  });
  await link.click();
  assert.equal((await told('linkClick')).length, 2);
  assert.equal(opened, 0);
});

test('a channel without messages says what the page wants', async () => {
  const { page, mount } = await elementsPage();
  const none = { data: [], page_info: { has_next_page: false, has_previous_page: false } };
  await page.route('**/session', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), html: null, messages: none } });
  });
  await page.route('**/api/v1/messages?*', (route) => route.fulfill({ json: none }));
  await page.route('**/picture.svg', (route) => route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"/>' }));
  await mount({ channelId: 'chat_feed_lounge', emptyState: { title: 'Nobody yet', description: 'Say hello to the club', image: { url: '/picture.svg', width: 80, height: 60 } } });
  await page.getByText('Nobody yet').waitFor();
  await page.getByText('Say hello to the club').waitFor();
  assert.deepEqual(await page.locator('.notice img').evaluate(({ width, height, alt }) => [width, height, alt]), [80, 60, '']);
});

test('a token is asked for again, and the session tells of it', async () => {
  const { page, chat, mount, told } = await elementsPage();
  await mount({ channelId: 'chat_feed_lounge' });
  await chat.log.getByRole('article').first().waitFor();
  await page.waitForFunction(() => window.tokens.length === 1);
  // The first element has had that token; the next one gets its own.
  await page.evaluate(() => {
    const place = document.createElement('div');
    place.id = 'second';
    place.style.height = '300px';
    document.body.append(place);
    window.session.createElement('chat-element', { channelId: 'chat_feed_quiet' }).mount('#second');
  });
  await page.getByText('Quiet room').first().waitFor();
  assert.equal(await page.evaluate(() => window.tokens.length), 2);
  assert.equal((await told('session tokenRefreshed')).length, 1);
});

test('a token function that fails is told, and asked again', async () => {
  const { page, mount, told } = await elementsPage();
  await page.evaluate(() => {
    let failures = 0;
    window.session = window.elements.createChatSession({
      token: async () => {
        if ((failures += 1) < 3) throw new Error('the backend is down');
        return (await (await fetch(document.body.dataset.tokenUrl)).json()).token;
      },
    });
    for (const name of ['tokenRefreshError', 'error']) window.session.on(name, window.tell(`session ${name}`));
  });
  await mount({ channelId: 'chat_feed_lounge' });
  await page.getByRole('log').waitFor();
  assert.ok((await told('session tokenRefreshError')).length >= 1);
});

test('a token that was fetched ahead is used by the visitor whose it is, and not when it has grown old', async () => {
  const { page, mount, chat } = await elementsPage();
  // The page's function, for somebody else by now.
  await page.evaluate(() => {
    window.others = 0;
    const token = async () => {
      window.others += 1;
      const address = document.body.dataset.tokenUrl.replace('user_ada', 'user_bob');
      return (await (await fetch(address)).json()).token;
    };
    window.session.updateOptions({ token });
  });
  await mount({ channelId: 'chat_feed_lounge' });
  await chat.say('Who am I?');
  await chat.message('Who am I?').waitFor();
  assert.ok(await page.evaluate(() => window.others) > 0);
  const told = await chat.message('Who am I?').evaluate((row) => row.className);
  assert.match(told, /own/);
  const { data } = await asUser(servers.sandbox, 'user_bob', 'GET', '/messages?channel_id=chat_feed_lounge&direction=desc&first=1');
  assert.equal(data[0].user.id, 'user_bob');
  // Made early, shown late: the assertion of then opens nothing any more.
  await page.evaluate(() => {
    window.element.unmount();
    const { now } = Date;
    window.calls = 0;
    window.session = window.elements.createChatSession({ token: async () => { window.calls += 1; return `${window.calls}`; } });
    Date.now = () => now() + 60_000;
  });
  await mount({ channelId: 'chat_feed_lounge' });
  await until(() => page.evaluate(() => window.calls >= 2), 'it is asked again');
});

test('what a page’s handlers throw is theirs, and reported', async () => {
  const { page, problems } = await elementsPage();
  await page.evaluate(() => {
    window.modal = window.session.showSearchModal({ channelId: 'chat_feed_lounge', onClose: () => { throw new Error('of the page'); }, onEvent: () => { throw new Error('of the page, too'); } });
  });
  const dialog = page.locator('dialog.whop-chat-modal');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(problems.map((problem) => /of the page(, too)?/.exec(problem)?.[0]), ['of the page, too', 'of the page']);
});

test('a token that is a text is told when it is another, and when it has ended', async () => {
  const { page, told } = await elementsPage();
  await page.evaluate(() => {
    window.texts = window.elements.createChatSession({ token: 'one' });
    for (const name of ['ready', 'tokenRefreshed']) window.texts.on(name, (token) => window.told.push([`text ${name}`, token ?? null]));
  });
  await until(async () => (await told('text ready')).length === 1, 'the first');
  await page.evaluate(() => { window.texts.updateOptions({ token: 'one' }); window.texts.updateOptions({ token: 'two' }); });
  await until(async () => (await told('text tokenRefreshed')).length === 1, 'the second');
  assert.deepEqual(await told('text tokenRefreshed'), ['two']);
  assert.equal((await told('text ready')).length, 1);
  await assert.rejects(page.evaluate(() => window.texts.createElement('constructor')), /no element "constructor"/);
});

test('words for an empty channel follow the options; what is unread is told', async () => {
  const { page, mount, chat, told } = await elementsPage();
  await page.evaluate(() => { window.unread = []; });
  await mount({ channelId: 'chat_feed_quiet', emptyState: { title: 'Nobody yet' } });
  await page.getByText('Nobody yet').waitFor();
  await page.evaluate(() => window.element.updateOptions({ emptyState: { title: 'Come in' } }));
  await page.getByText('Come in').waitFor();
  await page.evaluate(() => {
    window.element.on('messagesRead', window.tell('messagesRead'));
    window.element.on('unreadChanged', window.tell('unreadChanged'));
  });
  await chat.composer.focus();
  await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'Somebody is here');
  await chat.message('Somebody is here').waitFor();
  await until(async () => (await told('unreadChanged')).length >= 1 && (await told('messagesRead')).length >= 1, 'both');
  assert.deepEqual((await told('onEvent')).filter((type) => type === 'messagesRead' || type === 'unreadChanged'), []);
});
