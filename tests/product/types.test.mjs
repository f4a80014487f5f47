// What is typed is checked by the compiler: our scripts' own types, and what they say of the packages that they stand for.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const tests = new URL('../', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, tests));

/** What the compiler finds wrong; nothing where all is well. */
const compiled = (project) => new Promise((resolve) => {
  execFile(process.execPath, [path('node_modules/typescript/bin/tsc'), '--project', path(project)], (error, stdout, stderr) => {
    resolve(error ? `${stdout}${stderr}` || String(error) : '');
  });
});

test("the bridge's types are those of `@whop/iframe`, and its code keeps to them", async () => {
  assert.equal(await compiled('types'), '');
});
