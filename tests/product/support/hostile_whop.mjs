// A Whop whose answers say what they like: it stands between the proxy and the sandbox, and changes what comes back.

import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** `spoil(body, path)` changes an answer in place; `target` is the sandbox's address, set once that runs. */
export async function startHostileWhop() {
  const whop = { target: null, spoil: () => {} };
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const onward = request(new URL(url, whop.target), { method, headers: { ...headers, 'accept-encoding': 'identity' } }, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      let body = Buffer.concat(chunks);
      if (answer.headers['content-type']?.includes('json')) {
        const parsed = JSON.parse(body);
        whop.spoil(parsed, url);
        body = Buffer.from(JSON.stringify(parsed));
      }
      outgoing.writeHead(answer.statusCode, { ...answer.headers, 'content-length': body.length });
      outgoing.end(body);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(whop, {
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}
