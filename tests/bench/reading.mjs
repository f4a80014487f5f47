// The benchmarks of reading. `cargo xtask bench reading` builds what they need and runs this.
// RUNS: how often each is measured. RESULTS: where the numbers go as JSON. ONLY: loading, live or scrolling.

import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import * as live from './live.mjs';
import * as loading from './loading.mjs';
import * as scrolling from './scrolling.mjs';
import { start } from './subjects.mjs';
import { table } from './support/statistics.mjs';

const RUNS = Number(process.env.RUNS ?? 7);
const LIVE_RUNS = Math.max(1, Math.round(RUNS / 2));
const only = process.env.ONLY;
const wants = (name) => !only || only.split(',').includes(name);
const results = { machine: machine(), began: new Date().toISOString(), load: [loadavg()[0]], tables: [] };

function machine() {
  const [{ model }] = cpus();
  const chromium = execFileSync(process.env.CHROMIUM ?? '/usr/bin/chromium', ['--version', '--no-sandbox'], { encoding: 'utf8' });
  return `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${chromium.trim()}`;
}

function report(title, rows) {
  results.tables.push({ title, rows });
  console.log(`\n### ${title}\n\n${table(rows)}`);
}

/** Runs the work before servers with so many messages. */
async function before(messages, work) {
  const stage = await start(messages);
  try {
    await work(stage);
  } finally {
    await stage.stop();
  }
}

console.log(`${results.machine}; ${RUNS} runs, medians (least–most)`);
await before(10_000, async ({ servers, subjects }) => {
  if (wants('loading')) report('A channel of 10,000 messages, from the navigation', await loading.measure(subjects, RUNS));
  if (wants('scrolling')) {
    const [widget] = subjects;
    report('Scrolling 5 s, pages loading on the way', await scrolling.measure([widget], 0));
    report('Scrolling 5 s through 10,000 messages', await scrolling.measure(subjects, 10_000));
  }
  if (wants('live')) report('1,000 live messages at 200 a second', await live.measure(subjects, servers, LIVE_RUNS));
});
if (wants('scrolling')) {
  await before(100_000, async ({ subjects: [widget] }) => {
    // The page of React fetches all before it shows any, which takes minutes.
    report('Scrolling 5 s through 100,000 messages', await scrolling.measure([widget], 100_000));
  });
}
results.ended = new Date().toISOString();
results.load.push(loadavg()[0]);
console.log(`\nload of the machine: ${results.load.map((load) => load.toFixed(1)).join(' at the beginning, ')} at the end`);
if (process.env.RESULTS) await writeFile(process.env.RESULTS, `${JSON.stringify(results, null, 2)}\n`);
