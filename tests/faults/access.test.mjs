// Somebody loses their access while they listen, and Whop can't say so at first.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHANNELS, Crowd, RECOVERY } from './support/crowd.mjs';

const GONE = 'user_bob';
const NO_ACCESS = 4003;

let crowd;
before(async () => {
  // Whop's word on access is relied on for the shortest time that can be set.
  crowd = await Crowd.start({ perChannel: 4, env: { WHOP_CHAT_ACCESS_SECONDS: '5' } });
});
after(() => crowd?.stop());

test('access is taken away while Whop fails: nothing is heard or read soon after it is back, until access is', async () => {
  const gone = crowd.visitors.filter(({ user }) => user === GONE);
  const others = crowd.visitors.filter(({ user }) => user !== GONE);
  const { struck, end } = await crowd.faults({ kind: 'status', status: 503, match: { path: '/api/v1/users/*' } });
  await crowd.sandbox.control('access', { user_id: GONE, access_level: 'no_access' });
  // A sign that something is different, which makes the proxy ask; and the websocket breaks besides.
  for (const feed of Object.keys(CHANNELS)) {
    await crowd.sandbox.control('sockets/frame', { frame: { feedEntity: { dmsFeedMember: { entityId: 'member', feedId: feed, userId: GONE } } } });
  }
  await struck(4);
  await crowd.faults({ kind: 'socket_reset' });
  await crowd.talk(20);
  const at = await end();
  await crowd.until(() => gone.every(({ connected, closed }) => !connected && closed.code === NO_ACCESS), 'their websockets are closed', RECOVERY);
  for (const { closed } of gone) assert.equal(JSON.parse(closed.frame).channelSubscriptionState.disconnectionReason, 'NO_ACCESS');
  // From here on not a byte of the channel.
  const seen = gone.map((visitor) => visitor.seen.size);
  const answers = [];
  for (const visitor of gone) answers.push(await visitor.open(), await visitor.peek());
  for (const { status, body } of answers) {
    assert.equal(status, 403, JSON.stringify(body));
    assert.ok(!JSON.stringify(body).includes('⟦only in'));
  }
  await crowd.talk(20);
  assert.deepEqual(gone.map((visitor) => visitor.seen.size), seen);
  await crowd.recovered(at, others);
  // And back.
  await crowd.sandbox.control('access', { user_id: GONE, access_level: 'customer' });
  await crowd.well(Date.now());
});
