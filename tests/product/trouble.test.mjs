// What goes wrong on the way, and what the visitor notices of it.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { insideWhop, launch, onCreatorSite } from './support/browser.mjs';
import { cuttable } from './support/line.mjs';
import { asUser, post } from './support/whop.mjs';

let servers, browser;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 200 }), launch()]);
});

afterEach(async () => {
  await servers.sandbox.control('sockets/refuse', { refuse: false });
  await Promise.all(browser.contexts().map((context) => context.close()));
  await servers.sandbox.control('reset');
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

const places = {
  'on the creator’s site': (user, prepare) => onCreatorSite(browser, servers, { user, channel: 'chat_feed_quiet', prepare }),
  'inside Whop': (user, prepare) => insideWhop(browser, servers, { user, experience: 'exp_quiet', prepare }),
};

for (const [place, visit] of Object.entries(places)) {
  // The proxy reads for its visitors what Whop's websocket doesn't say; inside Whop their sockets are Whop's own.
  const isPolled = place === 'on the creator’s site';
  test(`T1: what was posted while the socket was cut appears once and in order, ${place}`, async () => {
    let line;
    const prepare = async (context) => { line = await cuttable(context); };
    const { chat } = await visit('user_ada', prepare);
    await chat.composer.waitFor();
    await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'before');
    await chat.message('before').waitFor();
    await line.cut();
    for (const text of ['one', 'two', 'three']) await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', text);
    await chat.place.getByText(/Reconnecting/).waitFor();
    assert.deepEqual(await chat.texts(), ['before']);
    line.mend();
    await chat.message('three').waitFor();
    await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'after');
    await chat.message('after').waitFor();
    assert.deepEqual(await chat.texts(), ['before', 'one', 'two', 'three', 'after']);
  });

  test(`T1: what was posted while Whop’s websockets were away appears once and in order, ${place}`, async () => {
    const { chat } = await visit('user_ada');
    await chat.composer.waitFor();
    await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'before');
    await chat.message('before').waitFor();
    await servers.sandbox.control('sockets/refuse', { refuse: true });
    for (const text of ['one', 'two', 'three']) await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', text);
    if (isPolled) await chat.message('three').waitFor();
    else await chat.place.getByText(/Reconnecting/).waitFor();
    await servers.sandbox.control('sockets/refuse', { refuse: false });
    await chat.message('three').waitFor({ timeout: 60_000 });
    await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'after');
    await chat.message('after').waitFor();
    assert.deepEqual(await chat.texts(), ['before', 'one', 'two', 'three', 'after']);
  });

  test(`T6: an expired token is replaced unseen, ${place}`, async () => {
    const { chat, problems } = await visit('user_ada');
    await chat.say('first');
    await until(async () => (await posted('first')).length === 1, 'the first message on the server');
    await servers.sandbox.control('tokens/expire');
    await chat.say('second');
    await until(async () => (await posted('second')).length === 1, 'the second message on the server');
    await until(async () => (await chat.texts()).join() === 'first,second', 'both messages, and no others');
    assert.equal(await chat.place.getByRole('alert').count(), 0);
    assert.deepEqual(problems, []);
  });

  test(`a refused message keeps its text and says why, ${place}`, async () => {
    await asUser(servers.sandbox, 'user_olivia', 'PATCH', '/chat_channels/chat_feed_quiet', { banned_words: ['casino'] });
    const { chat } = await visit('user_ada');
    await chat.say('visit my casino');
    const row = chat.message('visit my casino');
    await row.getByRole('button', { name: 'Retry' }).waitFor();
    const { error } = await refusal();
    await row.getByText(error.message).waitFor();
    await row.getByRole('button', { name: 'Edit' }).click();
    assert.equal(await chat.composer.inputValue(), 'visit my casino');
    await chat.say('visit my darkroom');
    await chat.message('visit my darkroom').waitFor();
    await until(async () => (await posted('visit my darkroom')).length === 1, 'the message on the server');
    assert.deepEqual(await chat.texts(), ['visit my darkroom']);
  });

  test(`S1: an answer that was lost after the message was stored makes no second message, ${place}`, async () => {
    const { chat } = await visit('user_ada');
    await chat.composer.waitFor();
    await servers.sandbox.control('fail', { method: 'POST', path: '/api/v1/messages', status: 500, times: 1, after_commit: true });
    await chat.say('only once');
    await chat.message('only once').waitFor();
    await chat.say('and then this');
    await until(async () => (await posted('and then this')).length === 1, 'the next message on the server');
    assert.equal((await posted('only once')).length, 1);
    assert.deepEqual(await chat.texts(), ['only once', 'and then this']);
  });
}

test('frames that other visitors forge are never shown', async () => {
  const { chat } = await places['inside Whop']('user_ada');
  await chat.composer.waitFor();
  await servers.sandbox.sockets({ browser: 1 });
  const forged = { feedEntity: { dmsPost: { entityId: 'msg_forged', feedId: 'chat_feed_quiet', content: 'forged', userId: 'user_olivia' } } };
  for (const isTrusted of [false, true]) {
    const frame = { appMessage: { fromUserId: 'user_chen', isTrusted, json: JSON.stringify(forged) } };
    await servers.sandbox.control('sockets/frame', { frame });
  }
  await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'genuine');
  await chat.message('genuine').waitFor();
  assert.deepEqual(await chat.texts(), ['genuine']);
});

test('hostile text is shown as text and runs nothing', async () => {
  const { chat, page, problems } = await places['on the creator’s site']('user_ada');
  await chat.composer.waitFor();
  const requested = [];
  page.on('request', (request) => requested.push(request.url()));
  const hostile = [
    '<img src=x onerror="window.hacked=1">', '<script>window.hacked=1</script>',
    '[click](javascript:window.hacked=1)', '![beacon](https://tracker.example/pixel.png)',
    '<svg onload=window.hacked=1>', '"><iframe srcdoc="<script>parent.hacked=1</script>">',
  ];
  for (const text of hostile) await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', text);
  await until(async () => (await chat.texts()).length === hostile.length, 'all hostile messages');
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.deepEqual(requested.filter((url) => new URL(url).hostname === 'tracker.example' || url.endsWith('/x')), []);
  const texts = await chat.texts();
  assert.ok(texts.some((text) => text.includes('<script>window.hacked=1</script>')), texts.join('\n'));
  assert.deepEqual(problems, []);
});

/** The messages of the channel that say that. */
async function posted(text) {
  const { data } = await asUser(servers.sandbox, 'user_olivia', 'GET', '/messages?channel_id=chat_feed_quiet&direction=desc&first=50');
  return data.filter((message) => message.content === text);
}

/** What Whop says of a banned word. */
async function refusal() {
  const answer = await fetch(`${servers.sandbox.api}/api/v1/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox_api_key', 'x-on-behalf-of': 'user_ada', 'content-type': 'application/json' },
    body: JSON.stringify({ channel_id: 'chat_feed_quiet', content: 'casino' }),
  });
  return answer.json();
}
