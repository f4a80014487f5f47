// Visitors talk while Whop's answers are late, refused, wrong, lost or broken off.

import { after, before, test } from 'node:test';
import { Crowd } from './support/crowd.mjs';

let crowd;
before(async () => {
  crowd = await Crowd.start();
});
after(() => crowd?.stop());

const posts = { method: 'POST', path: '/api/v1/messages' };
const reads = { method: 'GET', path: '/api/v1/messages' };

/** Throws the faults while everybody talks; then all has to be well. */
function bad(name, ...faults) {
  test(name, async () => {
    const { struck, end } = await crowd.faults(...faults);
    await struck(8);
    await crowd.talk(20);
    const { at } = await end();
    await crowd.recovered(at);
    await crowd.agrees();
  });
}

bad('every answer is late', { kind: 'latency', milliseconds: 200, jitter_milliseconds: 800 });
bad('answers are late after the work is done', { kind: 'latency', milliseconds: 400, jitter_milliseconds: 1_500, after_commit: true, match: posts });
bad('every second request is refused by 429', { kind: 'status', status: 429, retry_after: 2, share: 0.5, seed: 1 });
bad('bursts of 502 and 503', { kind: 'status', status: 502, share: 0.3, seed: 2 }, { kind: 'status', status: 503, share: 0.3, seed: 3 });
bad('S1: posts are done and answered by 500', { kind: 'status', status: 500, after_commit: true, share: 0.4, seed: 4, match: posts });
bad('S1: connections are reset before the work', { kind: 'reset', share: 0.3, seed: 5 });
bad('S1: connections are reset after posts are done', { kind: 'reset', after_commit: true, share: 0.4, seed: 6, match: posts });
bad('answers break off', { kind: 'truncate', bytes: 25, share: 0.3, seed: 7 });
bad('S1: posts are done and never answered', { kind: 'hang', after_commit: true, share: 0.2, seed: 8, match: posts });
bad('reads are never answered', { kind: 'hang', share: 0.2, seed: 9, match: reads });
