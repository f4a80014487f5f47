// Somebody loses their access while they listen, when Whop can't say so at first, or its websocket is reset besides.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHANNELS, Crowd, PATIENCE } from './support/crowd.mjs';

const GONE = 'user_bob';
/** How a websocket ends, or is refused. */
const NO_ACCESS = [4003, 403];

let crowd;
before(async () => {
  // Whop's word on access is relied on for the shortest time that can be set.
  crowd = await Crowd.start({ perChannel: 4, env: { WHOP_CHAT_ACCESS_SECONDS: '5' } });
});
after(() => crowd?.stop());

const isGone = ({ user }) => user === GONE;

async function setAccess(access_level) {
  await crowd.sandbox.control('access', { user_id: GONE, access_level });
}

/** From that moment on they hear and read nothing, the others all; and when they are let in again, they do, too. */
async function isShutOut(since) {
  const gone = crowd.visitors.filter(isGone);
  await crowd.until(
    () => gone.every(({ connected, closed }) => !connected && NO_ACCESS.includes(closed.code)),
    'their websockets are closed',
    PATIENCE - (Date.now() - since),
  );
  for (const { frame } of gone.map(({ closed }) => closed)) {
    if (frame !== '') assert.equal(JSON.parse(frame).channelSubscriptionState?.disconnectionReason, 'NO_ACCESS');
  }
  const seen = gone.map((visitor) => visitor.seen.size);
  const answers = [];
  for (const visitor of gone) answers.push(await visitor.open(), await visitor.peek());
  for (const { status, body } of answers) {
    assert.equal(status, 403, JSON.stringify(body));
    assert.ok(!JSON.stringify(body).includes('⟦only in'));
  }
  await crowd.talk(20);
  assert.deepEqual(gone.map((visitor) => visitor.seen.size), seen);
  const others = crowd.visitors.filter((visitor) => !isGone(visitor));
  await crowd.recovered(since, others);
  await setAccess('customer');
  await crowd.well(Date.now());
}

test('access is taken away while Whop can\'t say who has any', async () => {
  const { struck, end } = await crowd.faults({ kind: 'status', status: 503, match: { path: '/api/v1/users/*' } });
  await setAccess('no_access');
  // A sign that something is different, which makes the proxy ask.
  for (const feedId of Object.keys(CHANNELS)) {
    await crowd.sandbox.control('sockets/frame', { frame: { feedEntity: { dmsFeedMember: { entityId: 'member', feedId, userId: GONE } } } });
  }
  await struck(4);
  await isShutOut(await end());
});

test('access is taken away, and the websocket is reset: who comes back is not let in', async () => {
  await setAccess('no_access');
  await crowd.faults({ kind: 'socket_reset' });
  await isShutOut(Date.now());
});
