// Our emitter beside Node's own, which pages that listen to Whop Elements know: whatever is done to both, both do the same.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';

import { Emitter } from '../../src/embed/emitter.js';

const RUNS = 300;
const STEPS = 60;
const EVENTS = ['ready', 'snapshot', 'error', Symbol('own')];

/** A small generator of numbers, so that a failure can be looked at again. */
const numbers = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** One emitter with its own listeners, which note that they were called, and act as the script says. */
const side = (emitter, scripts) => {
  const calls = [];
  const listeners = scripts.map((script, index) => function listener(...told) {
    calls.push([index, this === emitter, told]);
    script(emitter, listeners);
  });
  return { emitter, calls, listeners };
};

test('300 random histories of listening, leaving and telling are those of Node', () => {
  for (let seed = 0; seed < RUNS; seed += 1) {
    const next = numbers(seed);
    const pick = (list) => list[Math.floor(next() * list.length)];
    // Some listeners come and go while they are called.
    const scripts = Array.from({ length: 5 }, () => {
      const [event, other] = [pick(EVENTS), Math.floor(next() * 5)];
      return pick([
        () => {}, () => {},
        (emitter, listeners) => emitter.off(event, listeners[other]),
        (emitter, listeners) => { if (emitter.listenerCount(event) < 6) emitter.on(event, listeners[other]); },
        (emitter) => emitter.removeAllListeners(event),
      ]);
    });
    const sides = [new EventEmitter().setMaxListeners(0), new Emitter().setMaxListeners(0)].map((emitter) => side(emitter, scripts));
    for (let step = 0; step < STEPS; step += 1) {
      const [event, index, value] = [pick(EVENTS), Math.floor(next() * 5), next()];
      const name = pick(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener', 'off', 'removeListener', 'emit', 'emit', 'removeAllListeners']);
      const [nodes, ours] = sides.map(({ emitter, calls, listeners }) => {
        calls.length = 0;
        // With Node's, an error that nobody listens to is thrown: ours is told only.
        const unheard = name === 'emit' && event === 'error' && !emitter.listenerCount(event);
        const answer = unheard ? false
          : name === 'emit' ? emitter.emit(event, value, index)
            : name === 'removeAllListeners' ? emitter[name](...value < 0.8 ? [event] : [])
              : emitter[name](event, listeners[index]);
        return {
          answer: answer === emitter || answer,
          calls: structuredClone(calls),
          names: emitter.eventNames().map(String).sort(),
          heard: EVENTS.map((one) => emitter.listeners(one).map((listener) => listeners.indexOf(listener))),
          counts: EVENTS.map((one) => emitter.listenerCount(one)),
          most: emitter.getMaxListeners(),
        };
      });
      assert.deepEqual(ours, nodes, `seed ${seed}, step ${step}: ${name} ${String(event)}`);
    }
  }
});

test('where ours differs: an error that nobody hears is not thrown, and a listener that fails keeps nothing from the others', () => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  try {
    const emitter = new Emitter();
    assert.equal(emitter.emit('error', new Error('unheard')), false);
    const heard = [];
    emitter.on('ready', () => { throw new Error('the page’s own'); }).on('ready', () => heard.push('second'));
    assert.equal(emitter.emit('ready'), true);
    assert.deepEqual([heard, reported], [['second'], ['the page’s own']]);
    assert.throws(() => emitter.on('ready', 'no function'), TypeError);
    assert.throws(() => new EventEmitter().on('ready', 'no function'), TypeError);
  } finally {
    delete globalThis.reportError;
  }
});
