// The example for creators, docs/testing-your-embed, does what it says: it is run as it stands there.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binaries } from '../support/servers.mjs';

const tests = join(dirname(fileURLToPath(import.meta.url)), '..');

test('the example of docs/testing-your-embed passes', async () => {
  // Where its packages are found: its own would need the network.
  const packages = join(tests, 'node_modules/.example');
  mkdirSync(packages, { recursive: true });
  const example = mkdtempSync(join(packages, 'run-'));
  try {
    cpSync(join(tests, '../docs/testing-your-embed'), example, { recursive: true });
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    const child = spawn(process.execPath, ['--test', '--test-reporter=tap', 'chat.test.mjs'], {
      cwd: example,
      env: {
        ...env,
        SANDBOX: binaries.sandbox,
        PROXY: binaries.proxy,
        ASSETS: process.env.ASSETS_DIR ?? join(tests, '../dist/embed'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output);
    assert.match(output, /# pass 4\n/, output);
  } finally {
    rmSync(example, { recursive: true, force: true });
  }
});
