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

/** Throws the faults while everybody talks, until each has struck so often; then all has to be well. */
function bad(name, strikes, ...faults) {
  test(name, async () => {
    const { struck, end } = await crowd.faults(...faults);
    await struck(strikes);
    await crowd.well(await end());
  });
}

bad('every answer is late', 30, { kind: 'latency', milliseconds: 200, jitter_milliseconds: 800 });
bad('answers are late after the work is done', 20, { kind: 'latency', milliseconds: 400, jitter_milliseconds: 1_500, after_commit: true, match: posts });
bad('what is written goes up slowly', 20, { kind: 'slow_upload', bytes_per_second: 200, match: posts });
bad('every second request is refused by 429', 20, { kind: 'status', status: 429, retry_after: 2, share: 0.5, seed: 1 });
bad('bursts of 502 and 503', 20, { kind: 'status', status: 502, share: 0.3, seed: 2 }, { kind: 'status', status: 503, share: 0.3, seed: 3 });
bad('S1: posts are done and answered by 500', 20, { kind: 'status', status: 500, after_commit: true, share: 0.4, seed: 4, match: posts });
bad('S1: connections are reset before the work', 20, { kind: 'reset', share: 0.3, seed: 5 });
bad('S1: connections are reset after posts are done', 20, { kind: 'reset', after_commit: true, share: 0.4, seed: 6, match: posts });
bad('answers break off', 20, { kind: 'truncate', bytes: 25, share: 0.3, seed: 7 });
bad('S1: posts are never answered, be they done or not', 3,
  { kind: 'hang', after_commit: true, share: 0.2, seed: 8, match: posts },
  { kind: 'hang', share: 0.2, seed: 9, match: posts });
bad('reads are never answered', 2, { kind: 'hang', share: 0.2, seed: 10, match: reads });
bad('all at once', 3,
  { kind: 'latency', milliseconds: 20, jitter_milliseconds: 200 },
  { kind: 'status', status: 500, share: 0.1, seed: 11 },
  { kind: 'reset', after_commit: true, share: 0.1, seed: 12 },
  { kind: 'truncate', bytes: 25, share: 0.1, seed: 13, match: posts },
  { kind: 'frame_duplicate', share: 0.2, seed: 14 },
  { kind: 'frame_reorder', by: 2, share: 0.2, seed: 15 });
