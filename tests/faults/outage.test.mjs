// Whop is away: what visitors are told, that nothing piles up, and that all is well soon after.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Crowd } from './support/crowd.mjs';

/** In milliseconds. A minute takes its time; CI has less. */
const AWAY = Number(process.env.OUTAGE_SECONDS ?? 8) * 1_000;
/** Questions that are asked at once while Whop is away. */
const QUESTIONS = 300;
/** The proxy gives up a visitor's call after 25 s. */
const DEADLINE = 27_000;
/** What a thing that is done with may leave behind in the allocator's hands, in bytes. */
const SLACK = 12 << 20;

let crowd;
before(async () => {
  crowd = await Crowd.start();
});
after(() => crowd?.stop());

/** Many ask at once. How they were answered, and how long the last one took. */
async function ask(count) {
  const began = Date.now();
  const visitors = crowd.visitors;
  const answers = await Promise.all(Array.from({ length: count }, (_, number) => visitors[number % visitors.length].peek()));
  const statuses = {};
  for (const status of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  return { statuses, took: Date.now() - began };
}

async function away(fault, { isAnsweredAtOnce }) {
  const files = crowd.openFiles();
  const outage = await crowd.faults({ ...fault, seconds: AWAY / 1_000 });
  const began = Date.now();
  const { statuses, took } = await ask(QUESTIONS);
  assert.deepEqual(Object.keys(statuses).filter((status) => !['200', '429', '503', '504'].includes(status)), [], JSON.stringify(statuses));
  assert.ok(took < DEADLINE, `the last of ${QUESTIONS} was answered after ${took} ms`);
  if (isAnsweredAtOnce) assert.ok(took < AWAY, `connections are refused, and yet it took ${took} ms`);
  await crowd.until(() => Date.now() - began >= AWAY, 'the end of the outage', AWAY + 5_000);
  const { at } = await outage.end();
  await crowd.recovered(at);
  await crowd.agrees();
  // Nothing is left of what nobody waits for any more.
  await crowd.until(() => crowd.openFiles() <= files + 40, `${crowd.openFiles()} open files, ${files} before`);
  return crowd.memory();
}

test('Whop refuses every connection, and comes back', () => away({ kind: 'outage' }, { isAnsweredAtOnce: true }));

test('Whop falls silent, comes back, and does so again; nothing piles up', async () => {
  const first = await away({ kind: 'outage', silent: true }, { isAnsweredAtOnce: false });
  const second = await away({ kind: 'outage', silent: true }, { isAnsweredAtOnce: false });
  assert.ok(second - first < SLACK, `${first} bytes after the first time, ${second} after the second`);
});
