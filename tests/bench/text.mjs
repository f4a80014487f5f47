// The widget's text beside what most chats in JavaScript use: marked, then DOMPurify. The same bodies, in the same page
// of the same Chromium, in turns.
//
// TEXT_MODULE: the directory with `text.js` and `text_bg.wasm` (tests/bench/text, compiled and shrunk as the widget is).

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launch } from '../product/support/browser.mjs';
import { asUser } from '../product/support/whop.mjs';
import { startSandbox } from '../support/servers.mjs';
import { summary, table } from './support/statistics.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const BODIES = 2_000;
const ROUNDS = Number(process.env.RUNS ?? 15);
const WARM_UP = 3;

/** What the general channel says, as Whop's API tells it. */
async function bodies() {
  const sandbox = await startSandbox({ messages: BODIES + 200 });
  try {
    const found = [];
    for (let cursor = ''; found.length < BODIES;) {
      const page = await asUser(sandbox, 'user_ada', 'GET', `/messages?channel_id=chat_feed_general&first=100${cursor}`);
      found.push(...page.data.map(({ content }) => content).filter(Boolean));
      if (!page.page_info.has_next_page) break;
      cursor = `&after=${encodeURIComponent(page.page_info.end_cursor)}`;
    }
    if (found.length < BODIES) throw new Error(`the channel has only ${found.length} texts`);
    return found.slice(0, BODIES);
  } finally {
    await sandbox.stop();
  }
}

async function bundlePeer() {
  const source = `
    import DOMPurify from 'dompurify';
    import { marked } from 'marked';
    marked.use({ gfm: true, breaks: true });
    export { DOMPurify, marked };`;
  const flags = ['--bundle', '--minify', '--format=esm', '--target=es2022'];
  const run = promisify(execFile)(process.env.ESBUILD ?? 'esbuild', flags, { cwd: here, maxBuffer: 64 << 20 });
  run.child.stdin.end(source);
  return (await run).stdout;
}

async function serve(files) {
  const server = createServer(({ url }, response) => {
    const file = files[url];
    response.writeHead(file ? 200 : 404, file && { 'content-type': file.type });
    response.end(file?.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Runs in the page: milliseconds of each way, round by round. */
async function measure({ texts, rounds, warmUp }) {
  const [{ DOMPurify, marked }, ours] = await Promise.all([import('/peer.js'), import('/text.js')]);
  await ours.default();
  const fresh = () => document.createElement('div');
  let kept = 0;
  const ways = {
    'ours: parse': (text) => { kept += ours.parse(text); },
    'marked + DOMPurify: HTML': (text) => { kept += DOMPurify.sanitize(marked.parse(text)).length; },
    'ours: parse and draw': (text) => {
      const element = fresh();
      ours.draw(element, text);
      kept += element.childNodes.length;
    },
    'marked + DOMPurify: innerHTML': (text) => {
      const element = fresh();
      element.innerHTML = DOMPurify.sanitize(marked.parse(text));
      kept += element.childNodes.length;
    },
    'marked + DOMPurify: fragment': (text) => {
      const element = fresh();
      element.append(DOMPurify.sanitize(marked.parse(text), { RETURN_DOM_FRAGMENT: true }));
      kept += element.childNodes.length;
    },
  };
  // What is compared says the same: as many links, and the same words.
  const words = (element) => element.textContent.replace(/\s+/g, '');
  let alike = 0;
  for (const text of texts) {
    const [one, other] = [fresh(), fresh()];
    ours.draw(one, text);
    other.innerHTML = DOMPurify.sanitize(marked.parse(text));
    if (words(one) === words(other)) alike += 1;
  }
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now();
      for (const text of texts) way(text);
      const took = performance.now() - start;
      if (round >= 0) times[name].push(took);
      // Garbage of one way is not collected in the next one's time.
      await new Promise((resolve) => { setTimeout(resolve); });
    }
  }
  return { times, alike, kept };
}

const texts = await bodies();
const directory = process.env.TEXT_MODULE;
if (!directory) throw new Error('TEXT_MODULE is not set; run `cargo xtask bench text`, which compiles the module');
const [peer, glue, wasm] = await Promise.all([bundlePeer(), readFile(join(directory, 'text.js')), readFile(join(directory, 'text_bg.wasm'))]);
const site = await serve({
  '/': { type: 'text/html; charset=utf-8', body: '<!doctype html><title>Text</title>' },
  '/peer.js': { type: 'text/javascript', body: peer },
  '/text.js': { type: 'text/javascript', body: glue },
  '/text_bg.wasm': { type: 'application/wasm', body: wasm },
});
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(site.origin);
  const { times, alike } = await page.evaluate(measure, { texts, rounds: ROUNDS, warmUp: WARM_UP });
  const speeds = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, summary(all.map((took) => (BODIES / took) * 1_000))]));
  const median = (name) => speeds[name].median;
  const bestDom = Math.max(median('marked + DOMPurify: innerHTML'), median('marked + DOMPurify: fragment'));
  const ratio = (one, other) => Math.round((one / other) * 10) / 10;
  const results = {
    bodies: BODIES,
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    sameWords: alike,
    rounds: ROUNDS,
    browser: browser.version(),
    machine: `${cpus().length} × ${cpus()[0].model}`,
    bodiesPerSecond: speeds,
    ratios: {
      'parse against sanitised HTML': ratio(median('ours: parse'), median('marked + DOMPurify: HTML')),
      'both into the DOM': ratio(median('ours: parse and draw'), bestDom),
    },
  };
  console.log(table(Object.entries(speeds).map(([way, speed]) => ({ way, 'bodies/s: median (least–most)': speed }))));
  console.log(`\n${BODIES} bodies, ${results.bytes} bytes; ${alike} of them with the same words; ${ROUNDS} rounds in turns`);
  for (const [what, times] of Object.entries(results.ratios)) console.log(`${what}: ${times} ×`);
  if (process.env.RESULTS) await writeFile(process.env.RESULTS, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await browser.close();
  site.stop();
}
