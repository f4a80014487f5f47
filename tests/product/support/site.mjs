// A creator's own site, with pages that the test makes: another site than the proxy's.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { assertion } from '../../support/identity.mjs';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.txt': 'text/plain; charset=utf-8' };

/**
 * Serves the `pages` (path to HTML) and the files of `directory`, under the `policy`; `/chat-token` says that the visitor is Ada, by
 * the `secret`. All four may be set later. `anybody`: whether pages of other sites may read the files.
 */
export async function startSite({ anybody = false } = {}) {
  const site = { pages: {}, directory: undefined, secret: undefined, policy: undefined };
  const file = async (path) => {
    if (path in site.pages) return { body: site.pages[path], type: TYPES['.html'] };
    const name = join(site.directory, normalize(path));
    return { body: await readFile(name), type: TYPES[extname(name)] };
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/chat-token') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ token: await assertion(site.secret, 'user_ada') }));
      return;
    }
    const { body, type } = await file(pathname).catch(() => ({}));
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type ?? 'text/plain', ...anybody && { 'access-control-allow-origin': '*' }, ...site.policy && { 'content-security-policy': site.policy } });
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  site.origin = `http://localhost:${server.address().port}`;
  site.close = () => { server.close(); server.closeAllConnections(); };
  return site;
}

/** A page with that in its head, and a place for a chat. */
export const html = (head, body = '<div id="chat" style="height: 400px"></div>') =>
  `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;
