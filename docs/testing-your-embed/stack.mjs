// The sandbox, the proxy before it, and your site: each on a port that the system chooses.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startSite } from './site.mjs';

/** Runs a program until it has printed its one line of JSON. */
async function start(path, flags, env = {}) {
  const child = spawn(path, [...flags, '--print-ready'], {
    env: { PATH: process.env.PATH, RUST_LOG: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${path} ended with code ${code}`);
  });
  failed.catch(() => {});
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed]);
  return { ...JSON.parse(line), stop: () => child.kill() };
}

/** Starts all. SANDBOX and PROXY are the binaries, ASSETS the built widget (`dist/embed`). */
export async function startAll({ faults = [] } = {}) {
  const { SANDBOX = 'sandbox', PROXY = 'proxy', ASSETS = 'dist/embed' } = process.env;
  const secret = randomBytes(32).toString('hex');
  let proxy;
  const site = await startSite({ proxy: () => proxy.ready, secret });
  const flags = faults.flatMap((fault) => ['--fault', JSON.stringify(fault)]);
  const sandbox = await start(SANDBOX, ['--port=0', '--app-port=0', '--messages=20', ...flags]);
  proxy = await start(PROXY, [], {
    WHOP_API_KEY: 'sandbox_api_key',
    WHOP_APP_ID: 'app_sandbox',
    WHOP_COMPANY_ID: 'biz_sandbox',
    WHOP_AGENT_USER_ID: 'user_agent',
    WHOP_API_URL: `${sandbox.api}/api/v1`,
    WHOP_WEBSOCKET_URL: sandbox.api,
    WHOP_CHAT_SESSION_SECRET: randomBytes(32).toString('hex'),
    WHOP_CHAT_ASSERTION_SECRET: secret,
    WHOP_CHAT_ALLOWED_ORIGINS: site.url,
    WHOP_CHAT_ASSETS: ASSETS,
    WHOP_CHAT_ADDRESS: '127.0.0.1:0',
  });

  async function ask(path, options) {
    const answer = await fetch(`${sandbox.api}${path}`, {
      method: 'POST',
      ...options,
      headers: { 'content-type': 'application/json', ...options.headers },
      body: JSON.stringify(options.body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
  return {
    site: site.url,
    /** Something goes wrong from now on; docs/faults.md has all kinds. */
    fault: (body) => ask('/_sandbox/faults', { body }),
    /** Another member writes, as on whop.com. */
    post: (user, content) =>
      ask('/api/v1/messages', {
        headers: { authorization: 'Bearer sandbox_api_key', 'x-on-behalf-of': user },
        body: { channel_id: 'chat_feed_quiet', content },
      }),
    /** As it was at the start, without faults. */
    reset: () => ask('/_sandbox/reset', { body: {} }),
    stop() {
      for (const part of [proxy, sandbox, site]) part.stop();
    },
  };
}
