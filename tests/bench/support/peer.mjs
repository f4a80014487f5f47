// A page as a React developer would write it by hand, as the measure: bundled, compressed and served as well as ours.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { assertion } from '../../support/identity.mjs';

const source = (path) => join(dirname(fileURLToPath(import.meta.url)), '..', path);

const brotli = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });

async function bundle() {
  const esbuild = process.env.ESBUILD ?? 'esbuild';
  const flags = ['--bundle', '--minify', '--format=esm', '--jsx=automatic', '--target=es2022', '--define:process.env.NODE_ENV="production"'];
  const { stdout } = await promisify(execFile)(esbuild, [source('peer-react/app.jsx'), ...flags], { maxBuffer: 64 << 20 });
  return stdout;
}

/**
 * Serves the page, at `/bare` one without any library, and at `/widget` the same with our widget. What its creator's
 * backend would know of the visitor (token, socket) is in it already, so that it needs one request less than ours. `?history=N` makes it fetch so many messages instead of the newest 50.
 */
export async function startPeer() {
  const [script, bare, style] = await Promise.all([
    bundle(), readFile(source('peer-bare/app.js'), 'utf8'), readFile(source('peer-react/style.css'), 'utf8'),
  ]);
  const files = {
    '/peer/app.js': { type: 'text/javascript', body: brotli(script) },
    '/peer/bare.js': { type: 'text/javascript', body: brotli(bare) },
    '/peer/style.css': { type: 'text/css', body: brotli(style) },
  };
  let servers;
  const identity = () => assertion(servers.assertionSecret, 'user_ada');
  const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Chat</title>
      <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/peer/style.css">`;
  /** The same page with the widget instead. */
  const embedding = async () => `${head}<script src="${servers.proxy.url}/embed/loader.js" async></script>
      <div id="root" data-whop-chat-channel-id="chat_feed_general" data-whop-chat-assertion="${await identity()}"></div></html>`;
  const page = async (origin, script, history) => {
    const answer = await fetch(`${servers.proxy.url}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ channel_id: 'chat_feed_general', assertion: await identity() }),
    });
    const { token, socket } = await answer.json();
    const session = { origin: servers.proxy.url, token: token.token, socket, channel: 'chat_feed_general', history };
    return `${head}<script type="module" src="/peer/${script}"></script>
      <script type="application/json" id="session">${JSON.stringify(session)}</script><div id="root"></div></html>`;
  };
  const server = createServer(async ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://peer');
    const file = files[pathname];
    const script = { '/': 'app.js', '/bare': 'bare.js' }[pathname];
    if (script) {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(await page(origin, script, Number(searchParams.get('history') ?? 50)));
    } else if (pathname === '/widget') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(await embedding());
    } else if (file) {
      response.setHeader('content-type', `${file.type}; charset=utf-8`);
      response.setHeader('content-encoding', 'br');
      response.end(file.body);
    } else {
      response.statusCode = 404;
      response.end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    /** Which sandbox and proxy it speaks to. */
    meet: (those) => { servers = those; },
    stop: () => server.close(),
  };
}
