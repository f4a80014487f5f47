// Starts the real sandbox and the real proxy on ports of their own, and stops them.
// Where the binaries are: SANDBOX_BIN, PROXY_BIN, ASSETS_DIR (cargo xtask test sets them), or the usual places.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './until.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache/whop-chat/target');
const READY_WITHIN = 60_000;
const STOPPED_WITHIN = 10_000;

export const API_KEY = 'sandbox_api_key';
export const APP_ID = 'app_sandbox';
export const COMPANY_ID = 'biz_sandbox';

/** The binaries' paths. */
export const binaries = {
  sandbox: process.env.SANDBOX_BIN ?? join(target, 'debug/sandbox'),
  proxy: process.env.PROXY_BIN ?? join(target, 'debug/proxy'),
};

/** The built widget, or, for suites that don't need it, an empty directory. */
function assetsDirectory() {
  const built = process.env.ASSETS_DIR ?? join(root, 'dist/embed');
  return existsSync(built) ? built : mkdtempSync(join(tmpdir(), 'whop-chat-no-widget-'));
}

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program and answers when it has printed its ready line. */
async function start(path, args, env) {
  if (!existsSync(path)) throw new Error(`${path} is missing; build it with \`cargo build -p sandbox -p proxy\``);
  const child = spawn(path, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  // Closed, not only gone: then its log is complete.
  const exited = once(child, 'close').finally(() => running.delete(child));
  exited.catch(() => {});
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log = (log + text).slice(-200_000);
  });
  const lines = createInterface({ input: child.stdout });
  const timeout = AbortSignal.timeout(READY_WITHIN);
  const failed = exited.then(([code]) => {
    throw new Error(`${path} ended with code ${code} before it was ready:\n${log}`);
  });
  failed.catch(() => {});
  let line;
  try {
    [line] = await Promise.race([once(lines, 'line', { signal: timeout }), failed]);
  } catch (error) {
    child.kill('SIGKILL');
    throw timeout.aborted ? new Error(`${path} was not ready in ${READY_WITHIN} ms:\n${log}`) : error;
  }
  return {
    ready: JSON.parse(line),
    log: () => log,
    pid: child.pid,
    /** Asks it to stop, and waits until it has. */
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN);
      await exited;
      clearTimeout(kill);
    },
  };
}

/** A port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A sandbox in memory.
 * `messages`: how many the general channel has. `appUrl`: the app behind the app's origin.
 * `assertionSecret` and `widgetOrigin`: also serve the creator's demo site. `args`: more flags.
 */
export async function startSandbox({ messages = 5_000, appUrl, assertionSecret, widgetOrigin, args = [] } = {}) {
  const flags = ['--memory', '--print-ready', '--port=0', '--app-port=0', `--messages=${messages}`];
  if (appUrl) flags.push(`--app-url=${appUrl}`);
  if (assertionSecret) flags.push('--creator-site-port=0', `--widget-origin=${widgetOrigin ?? appUrl}`);
  const env = { SANDBOX_API_KEY: API_KEY, RUST_LOG: process.env.RUST_LOG ?? 'info' };
  if (assertionSecret) env.WHOP_CHAT_ASSERTION_SECRET = assertionSecret;
  const { ready, ...program } = await start(binaries.sandbox, [...flags, ...args], env);

  /** `GET /_sandbox/state`. */
  async function state() {
    return (await fetch(`${ready.api}/_sandbox/state`)).json();
  }
  /** `POST /_sandbox/<what>`. */
  async function control(what, body = {}) {
    const answer = await fetch(`${ready.api}/_sandbox/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`/_sandbox/${what} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
  /** `DELETE /_sandbox/faults`. */
  async function clearFaults() {
    const answer = await fetch(`${ready.api}/_sandbox/faults`, { method: 'DELETE' });
    if (!answer.ok) throw new Error(`the faults could not be cleared: ${answer.status}`);
  }
  /** Waits for a number of open sockets, such as `{ browser: 2 }`. */
  function sockets(wanted) {
    return until(async () => {
      const { sockets } = await state();
      return Object.entries(wanted).every(([endpoint, count]) => sockets[endpoint] === count);
    }, `sockets ${JSON.stringify(wanted)}`);
  }
  return { api: ready.api, app: ready.app, creatorSite: ready.creator_site, ...program, state, control, clearFaults, sockets };
}

/** A proxy before that sandbox. `origins`: pages that may use it besides the creator's. `env`: more settings. */
export async function startProxy(sandbox, { port = 0, assertionSecret, origins = [], env = {} } = {}) {
  const { ready, ...program } = await start(binaries.proxy, ['--print-ready'], {
    WHOP_API_KEY: API_KEY,
    WHOP_APP_ID: APP_ID,
    WHOP_COMPANY_ID: COMPANY_ID,
    WHOP_AGENT_USER_ID: 'user_agent',
    WHOP_API_URL: `${sandbox.api}/api/v1`,
    WHOP_WEBSOCKET_URL: sandbox.api,
    WHOP_CHAT_SESSION_SECRET: randomBytes(32).toString('hex'),
    WHOP_CHAT_ASSETS: assetsDirectory(),
    WHOP_CHAT_ADDRESS: `127.0.0.1:${port}`,
    // Nobody has to be told where else to go.
    WHOP_CHAT_DRAIN_SECONDS: '0',
    WHOP_CHAT_APP_ORIGINS: sandbox.app,
    // The sandbox has no limit, unless a test gives it one.
    WHOP_CHAT_RATE_LIMIT: '100000/1s',
    WHOP_CHAT_FRAME_ANCESTORS: sandbox.api,
    WHOP_CHAT_IMAGE_SOURCES: `${sandbox.api} data: blob:`,
    RUST_LOG: process.env.RUST_LOG ?? 'info',
    ...(assertionSecret && { WHOP_CHAT_ASSERTION_SECRET: assertionSecret }),
    ...(sandbox.creatorSite && { WHOP_CHAT_ALLOWED_ORIGINS: [sandbox.creatorSite, ...origins].join() }),
    ...env,
  });
  return { url: ready.ready, ...program };
}

/** Both, wired together, with the creator's demo site. `env` may be a function of where the sandbox and the proxy are. */
export async function startServers({ messages, origins, env, args } = {}) {
  const assertionSecret = randomBytes(32).toString('hex');
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({ messages, appUrl, assertionSecret, widgetOrigin: appUrl, args });
  try {
    const settings = typeof env === 'function' ? env(sandbox, appUrl) : env;
    const proxy = await startProxy(sandbox, { port, assertionSecret, origins, env: settings });
    return {
      sandbox,
      proxy,
      assertionSecret,
      async stop() {
        await proxy.stop();
        await sandbox.stop();
      },
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}
