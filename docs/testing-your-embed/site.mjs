// Your site: a page with the chat, and the route that vouches for your visitor. Yours exists already; this is the least of one.

import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { SignJWT } from 'jose';

const page = await readFile(new URL('page.html', import.meta.url), 'utf8');

/** Starts the site. `proxy()` is asked for the proxy's address, `secret` is shared with it. */
export async function startSite({ proxy, secret }) {
  const server = createServer(async (request, response) => {
    if (request.url !== '/chat-token') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end(page.replace('{{proxy}}', proxy()));
    }
    // Who is signed in to your site says its own cookie.
    const user = /(?:^|;\s*)visitor=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (!user) return response.writeHead(401).end();
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(user)
      .setAudience('whop-chat')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(crypto.randomUUID())
      .sign(new TextEncoder().encode(secret));
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify({ token }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
