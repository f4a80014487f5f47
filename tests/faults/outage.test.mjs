// Whop is away: what visitors are told, that nothing piles up, and that all is well soon after.
// OUTAGE_SECONDS is how long. A minute is for those who have one; two of them are all that fits into the runner's limit.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Crowd } from './support/crowd.mjs';

/** Longer than the proxy gives a visitor's call, so that each deadline is met. */
const SILENT = Number(process.env.OUTAGE_SECONDS ?? 22);
const BRIEF = 6;
const REFUSED = Number(process.env.OUTAGE_SECONDS ?? BRIEF);
/** So many more ask all the time while Whop is away. */
const READERS = 200;
/** Files that are open besides the visitors' connections: those to Whop, and what is about to be closed. */
const FILES = 60;
/** What a thing that is done with may leave behind in the allocator's hands, in bytes. */
const SLACK = 12 << 20;
/** Answers that a visitor can make sense of, in an outage. */
const CLEAR = [200, 401, 429, 500, 502, 503, 504];

let crowd;
before(async () => {
  crowd = await Crowd.start();
});
after(() => crowd?.stop());

/** Many read while Whop is away, each as often as it may. How the last answers went. */
async function read(isOver) {
  const statuses = {};
  const reader = async (visitor) => {
    while (!isOver()) {
      const answer = await visitor.peek();
      if (answer) statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      await visitor.wait(answer?.patience ?? 1_000);
    }
  };
  await Promise.all(Array.from({ length: READERS }, (_, number) => reader(crowd.visitors[number % crowd.visitors.length])));
  return statuses;
}

async function away(fault) {
  const files = crowd.openFiles();
  const outage = await crowd.faults(fault);
  let most = files;
  let isOver = false;
  const readers = read(() => isOver);
  const watch = setInterval(() => {
    most = Math.max(most, crowd.openFiles());
  }, 100);
  try {
    const at = await outage.over((fault.seconds + 10) * 1_000);
    isOver = true;
    await crowd.recovered(at);
    const statuses = await readers;
    assert.ok(statuses[503] > 0, `nobody was told: ${JSON.stringify(statuses)}`);
    const odd = Object.keys(statuses).filter((status) => !CLEAR.includes(Number(status)));
    assert.deepEqual(odd, [], JSON.stringify(statuses));
  } finally {
    isOver = true;
    clearInterval(watch);
    await readers;
  }
  await crowd.agrees();
  // Whoever waits has one connection, and the proxy asks Whop once for all of them.
  assert.ok(most <= files + READERS + FILES, `${most} open files, ${files} before`);
  // Nothing is left of what nobody waits for any more.
  await crowd.until(() => crowd.openFiles() <= files + READERS / 2, `${crowd.openFiles()} open files, ${files} before`);
  return crowd.memory();
}

test('Whop refuses every connection, and comes back', () => away({ kind: 'outage', seconds: REFUSED }));

test('Whop falls silent, comes back, and does so again; nothing piles up', async () => {
  const first = await away({ kind: 'outage', silent: true, seconds: SILENT });
  const second = await away({ kind: 'outage', silent: true, seconds: BRIEF });
  assert.ok(second - first < SLACK, `${first} bytes after the first time, ${second} after the second`);
});
