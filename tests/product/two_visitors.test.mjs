// Two people, one channel: one on the creator's site, one inside Whop. Each sees what the other does, live.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { insideWhop, launch, onCreatorSite } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';

let servers, browser, ada, bob;

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 200 }), launch()]);
  [ada, bob] = await Promise.all([
    onCreatorSite(browser, servers, { user: 'user_ada', channel: 'chat_feed_quiet' }),
    insideWhop(browser, servers, { user: 'user_bob', experience: 'exp_quiet' }),
  ]);
  await Promise.all([ada.chat.composer.waitFor(), bob.chat.composer.waitFor()]);
  await servers.sandbox.sockets({ server: 1, browser: 1 });
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

test('a message of either is shown to the other', async () => {
  await ada.chat.say('Hello from the **site**');
  await bob.chat.message('Hello from the site').waitFor();
  await bob.chat.say('Hello from Whop');
  await ada.chat.message('Hello from Whop').waitFor();
  assert.deepEqual(await ada.chat.texts(), ['Hello from the site', 'Hello from Whop']);
  assert.deepEqual(await bob.chat.texts(), ['Hello from the site', 'Hello from Whop']);
  assert.equal(await ada.chat.log.locator('strong').innerText(), 'site');
});

test('a reaction of one counts for the other', async () => {
  await ada.chat.say('React to me');
  const row = bob.chat.message('React to me');
  await row.hover();
  await row.getByRole('button', { name: 'Add reaction' }).click();
  await bob.chat.place.getByRole('menuitem', { name: /fire/ }).click();
  await ada.chat.message('React to me').getByRole('button', { name: /🔥 1/ }).click();
  const pressed = bob.chat.message('React to me').getByRole('button', { name: /🔥 2/, pressed: true });
  await pressed.waitFor();
  await pressed.click();
  const single = ada.chat.message('React to me').getByRole('button', { name: /🔥 1/, pressed: true });
  await single.waitFor();
});

test('a vote of one moves the bars of the other', async () => {
  const poll = { options: [{ id: '1', text: 'Portra' }, { id: '2', text: 'Tri-X' }] };
  await post(servers.sandbox, 'user_olivia', 'chat_feed_quiet', 'Which film?', { poll });
  const ballot = (visitor, option) => visitor.chat.message('Which film?').getByRole('button', { name: option });
  await ballot(ada, /Portra/).click();
  await ballot(bob, /Portra.*100/s).waitFor();
  await ballot(bob, /Tri-X/).click();
  await ballot(ada, /Portra.*50/s).waitFor();
  await ballot(ada, /Tri-X.*50/s).waitFor();
  await ballot(ada, /Tri-X/).click();
  await ballot(bob, /Tri-X.*100/s).waitFor();
});

test('who types is shown to the others, until they take it back, send, or pause', async () => {
  const chen = await onCreatorSite(browser, servers, { user: 'user_chen', channel: 'chat_feed_quiet' });
  // Who is not connected yet hears of nobody.
  await ada.chat.place.getByText('3 online').waitFor();
  const typing = (visitor) => visitor.chat.place.getByText(/is typing|are typing/);
  const types = async (visitor, others) => {
    await visitor.chat.composer.pressSequentially('So I thought');
    for (const other of others) await typing(other).waitFor();
    assert.equal(await typing(visitor).count(), 0, 'not to themselves');
  };
  // Of itself it is over after six seconds.
  const isOver = (others, timeout = 4_000) => Promise.all(others.map((other) => typing(other).waitFor({ state: 'detached', timeout })));
  // On the creator's site.
  await types(ada, [chen]);
  await ada.chat.composer.press('Enter');
  await chen.chat.message('So I thought').waitFor();
  await isOver([chen]);
  // Inside Whop.
  await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'I have a name');
  await ada.chat.message('I have a name').waitFor();
  await types(bob, [ada, chen]);
  assert.match(await typing(ada).innerText(), /bob|Bob/);
  await bob.chat.composer.fill('');
  await isOver([ada, chen]);
  // Who does nothing more types no longer.
  await types(bob, [ada]);
  await isOver([ada], 15_000);
  await bob.chat.composer.fill('');
  assert.deepEqual(chen.problems, []);
  await chen.page.context().close();
});

test('edits and deletions arrive', async () => {
  const { id } = await post(servers.sandbox, 'user_bob', 'chat_feed_quiet', 'Frist!');
  await ada.chat.message('Frist!').waitFor();
  await asUser(servers.sandbox, 'user_bob', 'PATCH', `/messages/${id}`, { content: 'First!' });
  await ada.chat.message('First!').getByText('edited').waitFor();
  await asUser(servers.sandbox, 'user_bob', 'DELETE', `/messages/${id}`);
  await ada.chat.message('First!').waitFor({ state: 'detached' });
});

test('nothing went wrong in either page', () => {
  assert.deepEqual([...ada.problems, ...bob.problems], []);
});
