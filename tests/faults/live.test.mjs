// Visitors listen while Whop's websocket breaks, falls silent, or says things late, twice or in another order.

import { after, before, test } from 'node:test';
import { Crowd, PATIENCE } from './support/crowd.mjs';

let crowd;
before(async () => {
  crowd = await Crowd.start();
});
after(() => crowd?.stop());

test('T1: the websocket is reset, again and again', async () => {
  for (let time = 0; time < 3; time++) {
    await crowd.faults({ kind: 'socket_reset' });
    await crowd.talk(10);
  }
  await crowd.well(Date.now());
});

test('T3: the websocket is half-open until somebody notices, and stays so', async () => {
  const { end } = await crowd.faults({ kind: 'socket_half_open' });
  // Nobody says that it is over: the proxy asks for life every few seconds, and gives up what shows none.
  const silentSince = Date.now();
  await crowd.until(() => crowd.visitors.every(({ last }) => last.heard > silentSince), 'everybody hears again', PATIENCE);
  await crowd.well(Date.now());
  await crowd.well(await end());
});

test('T2: the websocket is reset and no new one is taken', async () => {
  const refusal = { kind: 'status', status: 503, match: { path: '/v1/websockets/connect' } };
  const { struck, end } = await crowd.faults(refusal);
  await crowd.faults({ kind: 'socket_reset' });
  await struck(2);
  await crowd.talk(25);
  await crowd.well(await end());
});

for (const [name, fault] of [
  ['late', { kind: 'frame_delay', milliseconds: 500, jitter_milliseconds: 1_500 }],
  ['twice', { kind: 'frame_duplicate', copies: 2, share: 0.5, seed: 1 }],
  ['in another order', { kind: 'frame_reorder', by: 3, share: 0.4, seed: 2 }],
]) {
  test(`frames come ${name}`, async () => {
    const { struck, end } = await crowd.faults(fault);
    await struck(20);
    await crowd.talk(20);
    await crowd.well(await end());
  });
}

test('frames are lost: who reads hears of it all the same', async () => {
  const { struck, end } = await crowd.faults({ kind: 'frame_loss', match: { frame: 'feedEntity.dmsPost' } });
  await struck(20);
  const moment = Date.now();
  await crowd.until(() => crowd.visitors.every(({ newest }) => newest >= moment), 'everybody reads what is new', PATIENCE);
  await end();
  // That no frame came nobody can know; those who connect anew fetch what they missed.
  await crowd.faults({ kind: 'socket_reset' });
  await crowd.well(Date.now());
});

test('T6: tokens end while the clock of Whop is two minutes ahead, and behind', async () => {
  for (const milliseconds of [120_000, -120_000]) {
    const { end } = await crowd.faults({ kind: 'clock_skew', milliseconds, seconds: 60 });
    await crowd.sandbox.control('tokens/expire');
    await crowd.talk(30);
    await crowd.recovered(await end());
  }
  await crowd.agrees();
});
