// A site that is as hard on a chat as sites are: a policy that allows as little as possible, style sheets that reset everything,
// scripts that change what the browser offers. A test makes the pages that it needs.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { assertion } from '../../support/identity.mjs';
import { Chat } from './browser.mjs';

const FILES = new URL('./hostile_page/', import.meta.url);
const TYPES = { css: 'text/css', js: 'text/javascript' };

/** How a page can have a chat in it: by attributes, by an element of ours, and by a script. */
export const WAYS = {
  attributes: (channel, more = {}) => element('div', channel, more, 'data-whop-chat-'),
  element: (channel, more = {}) => element('whop-chat', channel, more.style ? { ...more, 'chat-style': more.style, style: undefined } : more, ''),
  script: (channel, more = {}) => `<script src="mount.js" data-type="chat-element" data-options='${JSON.stringify({ channelId: channel, style: more.style })}'></script>`,
};

function element(name, channel, more, prefix) {
  const attributes = { 'channel-id': channel, 'token-url': '/chat-token', ...more };
  const written = Object.entries(attributes).filter(([, value]) => value !== undefined).map(([key, value]) => `${prefix}${key}="${value}"`);
  return `<${name} ${written.join(' ')}></${name}>`;
}

/**
 * The site; its `origin` is to be among those that the proxy allows. Whoever comes is `user_ada`, unless the page's address has
 * another `?user=`.
 */
export async function startHostileHost() {
  const pages = new Map();
  let servers;
  const answer = async (request, response) => {
    const url = new URL(request.url, 'http://host');
    const name = url.pathname.slice(1);
    if (name === 'chat-token') {
      const from = new URL(request.headers.referer ?? 'http://host');
      const token = await assertion(servers.assertionSecret, from.searchParams.get('user') ?? 'user_ada');
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
    }
    if (pages.has(name)) {
      const { html, headers } = pages.get(name);
      return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html);
    }
    const type = TYPES[name.split('.').pop()];
    const text = type && await readFile(new URL(name, FILES)).catch(() => undefined);
    return text ? response.writeHead(200, { 'content-type': type }).end(text) : response.writeHead(404).end();
  };
  const server = createServer((request, response) => answer(request, response).catch((error) => response.writeHead(500).end(String(error))));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;

  /** As little as the chat needs (README.md), with trusted types, of which it needs none. */
  const policy = () => {
    const { origin: proxy, host } = new URL(servers.proxy.url);
    return [
      "default-src 'none'", `script-src 'self' ${proxy} 'wasm-unsafe-eval'`, "style-src 'self'", `connect-src 'self' ${proxy} ws://${host}`,
      `img-src ${servers.sandbox.api}`, "require-trusted-types-for 'script'", "trusted-types 'none'", "base-uri 'none'", "form-action 'none'",
    ].join('; ');
  };

  let count = 0;
  return {
    origin,
    /** The proxy and the secret that it shares with this site. */
    serve(started) { servers = started; },
    /**
     * Adds a page and answers its address. `styles` and `scripts`: files of `hostile_page`, before the loader; `body`: what is in its
     * place for a chat; `root`: attributes of `<html>`; `around`: the HTML around that place.
     */
    page({ styles = [], scripts = [], body = '', root = 'lang="en"', around = (place) => place, loader = 'async', isStrict = true }) {
      const name = `page-${(count += 1)}`;
      const html = `<!doctype html><html ${root}><head><meta charset="utf-8"><title>A site</title>
<meta name="viewport" content="width=device-width">
${[...styles, 'places.css'].map((file) => `<link rel="stylesheet" href="${file}">`).join('\n')}
${scripts.map((file) => `<script src="${file}"></script>`).join('\n')}
<script src="${servers.proxy.url}/embed/loader.js" ${loader}></script></head>
<body>${around(`<main id="place">${body}</main>`)}</body></html>`;
      pages.set(name, { html, headers: isStrict ? { 'content-security-policy': policy() } : {} });
      return `${origin}/${name}`;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A visitor of such a page, who notes what goes wrong in it. */
export async function visitHost(browser, address, { prepare, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 }, locale: 'en-US', timezoneId: 'UTC', ...options });
  await prepare?.(context);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) problems.push(message.text());
  });
  await page.goto(address);
  return { context, page, problems, chat: new Chat(page) };
}
