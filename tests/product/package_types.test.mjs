// The package's types, beside Whop's and beside what is there at run time.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { members } from '../types/package/members.mjs';
import { laidOut } from './support/npm_package.mjs';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const compiled = (project) => new Promise((resolve) => {
  execFile(process.execPath, [path('node_modules/typescript/bin/tsc'), '--project', path(project)], (error, stdout, stderr) => {
    resolve(error ? `${stdout}${stderr}` || String(error) : '');
  });
});

// Ours to call among ourselves, and no page's affair.
const WITHIN = { session: ['whopElements', 'token', 'tokens', 'ended'], element: ['refresh'] };

/** Every public name of an object, wherever it inherits it from. */
const names = (object, within = []) => {
  const found = new Set();
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) Object.getOwnPropertyNames(at).forEach((name) => found.add(name));
  return [...found].filter((name) => name !== 'constructor' && !within.includes(name)).sort();
};

test("the types are Whop's and more; pages that were written for Whop's compile with them", async () => {
  assert.equal(await compiled('types/package'), '');
});

test('what the types declare is there, and what is there is declared', async () => {
  const module = await import(pathToFileURL(join(laidOut, 'dist/bundled.js')));
  const elements = new module.WhopElements({ origin: 'https://chat.example.com' });
  const session = elements.createChatSession({ token: null });
  const element = session.createElement('chat-element', { channelId: 'chat_feed_1' });
  const there = {
    module: Object.keys(module).sort(),
    elements: names(elements, WITHIN.elements),
    session: names(session, WITHIN.session),
    element: names(element, WITHIN.element),
  };
  for (const [name, declared] of Object.entries(members)) assert.deepEqual(there[name], [...declared].sort(), name);
  assert.equal(new module.WhopElementError('NOT_FOUND').code, 'NOT_FOUND');
});
