// That every kind of misbehaviour which the sandbox knows is thrown at the proxy somewhere here.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startSandbox } from '../support/servers.mjs';

let sandbox;
before(async () => {
  sandbox = await startSandbox({ messages: 0 });
});
after(() => sandbox?.stop());

test('every kind of fault is thrown', async () => {
  const answer = await fetch(`${sandbox.api}/_sandbox/faults`, { method: 'POST', body: JSON.stringify({ kind: 'none' }) });
  const { error } = await answer.json();
  const [, list] = error.message.split('expected one of');
  const known = [...list.matchAll(/`(\w+)`/g)].map(([, kind]) => kind);
  assert.ok(known.length >= 14, error.message);
  const directory = new URL('.', import.meta.url);
  const suites = readdirSync(directory).filter((name) => name.endsWith('.test.mjs'));
  const text = suites.map((name) => readFileSync(new URL(name, directory), 'utf8')).join('\n');
  const thrown = new Set([...text.matchAll(/kind: '(\w+)'/g)].map(([, kind]) => kind));
  assert.deepEqual(known.filter((kind) => !thrown.has(kind)), []);
});
