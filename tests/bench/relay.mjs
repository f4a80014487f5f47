// The benchmark of the proxy under load. `cargo xtask bench relay` builds what it needs and runs this.
// RELAY_LOAD: the generator in `relay/`. NCHAN_NGINX, NCHAN_MODULE: what the fan-out is measured beside.
// RUNS: how often each is measured. RESULTS: where the numbers go as JSON. ONLY: sessions, idle or fanout.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { startServers } from '../support/servers.mjs';
import { startNchan } from './support/nchan.mjs';
import { summary, table } from './support/statistics.mjs';

const RUNS = Number(process.env.RUNS ?? 3);
const SITE = 'https://creator.example';
const PEOPLE = 5_000;
const IDLE_SOCKETS = 10_000;
/** What the issue asks for, and a rate that a machine of two cores has some room at. */
const FANOUTS = [{ sockets: 2_000, rate: 100 }, { sockets: 2_000, rate: 20 }];
const FANOUT_SECONDS = 10;
const AIM = 1.5;

const only = process.env.ONLY;
const wants = (name) => !only || only.split(',').includes(name);
const [{ model }] = cpus();
const results = {
  machine: `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB`,
  began: new Date().toISOString(),
  load: [loadavg()[0]],
  measured: {},
  tables: [],
};

function report(title, rows) {
  results.tables.push({ title, rows });
  console.log(`\n### ${title}\n\n${table(rows)}`);
}

/** Sandbox and proxy, and many members. */
async function start() {
  const servers = await startServers({
    messages: 100,
    origins: [SITE],
    // The generator is one address and asks for all.
    env: { RUST_LOG: 'warn', WHOP_CHAT_RATE_LIMIT: '100000/1s', WHOP_CHAT_REQUESTS_PER_USER: '0', WHOP_CHAT_REQUESTS_PER_ADDRESS: '0' },
  });
  await servers.sandbox.control('people', { count: PEOPLE });
  return servers;
}

/** Runs the generator; what it measured. */
async function load(scenario, target, options) {
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const { stdout } = await promisify(execFile)(process.env.RELAY_LOAD, [scenario, ...target.flags, ...flags], {
    env: { ...process.env, WHOP_CHAT_ASSERTION_SECRET: target.secret },
  });
  return JSON.parse(stdout);
}

function relay({ proxy, sandbox, assertionSecret }) {
  return {
    name: 'proxy',
    secret: assertionSecret,
    flags: [
      `--proxy=${proxy.url}`, `--sandbox=${sandbox.api}`, `--origin=${SITE}`,
      `--watch=server=${proxy.pid}`, `--watch=sandbox=${sandbox.pid}`,
    ],
  };
}

/** With servers of its own: nothing of an earlier run is in their memory. */
async function withRelay(work) {
  const servers = await start();
  try {
    return await work(relay(servers));
  } finally {
    await servers.stop();
  }
}

async function withNchan(workers, work) {
  const nchan = await startNchan(workers);
  try {
    const flags = [`--nchan=${nchan.url}`, ...nchan.pids.map((pid) => `--watch=server=${pid}`)];
    return await work({ name: `nchan, ${workers} worker${workers > 1 ? 's' : ''}`, flags, secret: '' });
  } finally {
    await nchan.stop();
  }
}

async function sessions() {
  const all = [];
  for (let run = 0; run < RUNS; run++) {
    all.push(await withRelay((target) => load('sessions', target, { people: 2_000, 'at-once': 32 })));
  }
  results.measured.sessions = all;
  const row = (who, pick) => {
    const of = (value) => summary(all.map((one) => value(pick(one))));
    return {
      who,
      'a second': of((one) => one.per_second),
      'p50 (ms)': of((one) => one.delays.p50_ms),
      'p99 (ms)': of((one) => one.delays.p99_ms),
      "proxy's CPU (ms each)": of((one) => (one.cpu_seconds.server / one.delays.count) * 1_000),
      "sandbox's": of((one) => (one.cpu_seconds.sandbox / one.delays.count) * 1_000),
    };
  };
  report('Session opens, 2,000 members, 32 at a time', [
    row('each for the first time', (one) => one.first),
    row('each again', (one) => one.again),
  ]);
}

async function idle() {
  const sockets = IDLE_SOCKETS;
  const measured = [];
  const take = (one) => measured.push(one);
  for (let run = 0; run < RUNS; run++) {
    take(await withRelay((target) => load('idle', target, { people: PEOPLE, sockets, 'at-once': 64, seconds: 40 })));
  }
  results.measured.idle = measured;
  const of = (value) => summary(measured.map(value));
  report(`${sockets.toLocaleString('en')} sockets of ${PEOPLE.toLocaleString('en')} members, 40 s idle`, [{
    'memory a socket (kB PSS)': of((one) => (one.memory_after_bytes.server - one.memory_before_bytes.server) / one.sockets / 1_024),
    'all (MB)': of((one) => one.memory_after_bytes.server / 2 ** 20),
    'opened a second': of((one) => one.sockets / one.opened_in_seconds),
    'CPU idle (% of a core)': of((one) => (one.idle_cpu_seconds.server / one.idle_seconds) * 100),
    'alive at the end': of((one) => one.alive),
  }]);
}

async function fanout({ sockets, rate }) {
  const options = { people: sockets, sockets, 'at-once': 64, 'per-second': rate, seconds: FANOUT_SECONDS };
  const measure = (target) => load('fanout', target, options).then((one) => ({ name: target.name, ...one }));
  const all = [];
  for (let run = 0; run < RUNS; run++) {
    all.push(await withRelay(measure));
    all.push(await withNchan(1, measure));
    all.push(await withNchan(2, measure));
  }
  results.measured[`fanout ${rate}`] = all;
  const names = [...new Set(all.map((one) => one.name))];
  const rows = names.map((who) => {
    const of = (value) => summary(all.filter((one) => one.name === who).map(value));
    return {
      who,
      'p50 (ms)': of((one) => one.delivery.p50_ms),
      'p99 (ms)': of((one) => one.delivery.p99_ms),
      'longest (ms)': of((one) => one.delivery.max_ms),
      lost: of((one) => one.lost + one.doubled),
      'CPU (s)': of((one) => one.cpu_seconds.server),
      "sandbox's": of((one) => one.cpu_seconds.sandbox ?? NaN),
      "generator's": of((one) => one.cpu_seconds.generator),
    };
  });
  report(`${rate} frames a second to ${sockets.toLocaleString('en')} sockets, ${FANOUT_SECONDS} s`, rows);
  const [own, ...others] = rows;
  for (const [what, column] of [['p99', 'p99 (ms)'], ['CPU', 'CPU (s)']]) {
    const least = Math.min(...others.map((row) => row[column].median));
    console.log(`${what}: ${(own[column].median / least).toFixed(2)} × nchan’s better one (aim: ≤ ${AIM} ×)`);
  }
}

console.log(`${results.machine}; ${RUNS} runs, medians (least–most)`);
if (wants('sessions')) await sessions();
if (wants('idle')) await idle();
if (wants('fanout')) for (const one of FANOUTS) await fanout(one);
results.ended = new Date().toISOString();
results.load.push(loadavg()[0]);
console.log(`\nload of the machine: ${results.load.map((load) => load.toFixed(1)).join(' at the beginning, ')} at the end`);
if (process.env.RESULTS) await writeFile(process.env.RESULTS, `${JSON.stringify(results, null, 2)}\n`);
