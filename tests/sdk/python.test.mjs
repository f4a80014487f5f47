// `whop_sdk` from PyPI, unmodified. Its answers are pydantic models: a field that is missing or of another type fails.
// The cases are in `python/`; each is told on a line of its own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { API_KEY, startSandbox } from '../support/servers.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'python');

/** Runs all cases, and answers what was said of each. */
async function run() {
  const sandbox = await startSandbox({ messages: 300 });
  try {
    const child = spawn(process.env.PYTHON ?? 'python3', ['-B', join(folder, 'report.py')], {
      env: { ...process.env, SANDBOX_API: sandbox.api, SANDBOX_API_KEY: API_KEY },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { complaints += text; });
    const closed = once(child, 'close');
    const cases = [];
    for await (const line of createInterface({ input: child.stdout })) cases.push(JSON.parse(line));
    await closed;
    assert.ok(cases.length > 0, `no case of whop_sdk ran:\n${complaints}`);
    return cases;
  } finally {
    await sandbox.stop();
  }
}

for (const { name, problem, skipped } of await run()) {
  test(`whop_sdk: ${name}`, { skip: skipped ?? false }, () => {
    if (problem) throw new Error(problem);
  });
}
