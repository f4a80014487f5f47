// Visitors listen while Whop's websocket breaks, falls silent, or says things late, twice or in another order.

import { after, before, test } from 'node:test';
import { Crowd } from './support/crowd.mjs';

let crowd;
before(async () => {
  crowd = await Crowd.start();
});
after(() => crowd?.stop());

async function well({ at }) {
  await crowd.recovered(at);
  await crowd.agrees();
}

test('T1: the websocket is reset, again and again', async () => {
  for (let time = 0; time < 3; time++) {
    const { end } = await crowd.faults({ kind: 'socket_reset' });
    await crowd.talk(10);
    await end();
  }
  await well({ at: Date.now() });
});

test('T3: the websocket is half-open', async () => {
  const { end } = await crowd.faults({ kind: 'socket_half_open' });
  await crowd.talk(25);
  await well(await end());
});

test('T2: the websocket is reset and no new one is taken', async () => {
  const refusal = { kind: 'status', status: 503, match: { path: '/v1/websockets/connect' } };
  const { struck, end } = await crowd.faults(refusal, { kind: 'socket_reset' });
  await struck(2);
  await crowd.talk(25);
  await well(await end());
});

for (const [name, fault] of [
  ['late', { kind: 'frame_delay', milliseconds: 500, jitter_milliseconds: 1_500 }],
  ['twice', { kind: 'frame_duplicate', copies: 2, share: 0.5, seed: 1 }],
  ['in another order', { kind: 'frame_reorder', by: 3, share: 0.4, seed: 2 }],
]) {
  test(`frames come ${name}`, async () => {
    const { struck, end } = await crowd.faults(fault);
    await struck(10);
    await crowd.talk(20);
    await well(await end());
  });
}

test('frames are lost: who reads hears of it within ten seconds', async () => {
  const { struck, end } = await crowd.faults({ kind: 'frame_loss', match: { frame: 'feedEntity.dmsPost' } });
  await struck(20);
  const moment = Date.now();
  await crowd.until(() => crowd.visitors.every(({ newest }) => newest >= moment), 'everybody reads what is new', 10_000);
  await end();
  // That no frame came nobody can know; those who connect anew fetch what they missed.
  await crowd.faults({ kind: 'socket_reset' });
  await well({ at: Date.now() });
});

test('T6: tokens end while the clock of Whop is two minutes ahead, and behind', async () => {
  for (const milliseconds of [120_000, -120_000]) {
    const { end } = await crowd.faults({ kind: 'clock_skew', milliseconds, seconds: 60 });
    await crowd.sandbox.control('tokens/expire');
    await crowd.talk(30);
    const { at } = await end();
    await crowd.recovered(at);
  }
});
