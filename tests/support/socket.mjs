// What `@whop/api` expects of its surroundings, so that the package itself stays as it is:
// a global WebSocket that takes headers (Node 22 has one, Node 20 has none), and a browser's `window`.

import { WebSocket } from 'ws';
import { until } from './until.mjs';

/** Sockets opened from now on are a server's: headers come as the second argument. */
export function asServer() {
  globalThis.WebSocket = WebSocket;
  delete globalThis.window;
}

/** Sockets opened from now on are those of a page of that address; they send its origin, and the host's cookie. */
export function asPage(address, cookie, { origin = address } = {}) {
  globalThis.window = { location: new URL(address) };
  globalThis.WebSocket = class extends WebSocket {
    constructor(url, protocols = []) {
      super(url, protocols, { headers: { origin, ...(cookie && { cookie }) } });
    }
  };
}

/** Connects a client of `@whop/api` and collects what it receives. */
export async function listen(client) {
  const messages = [];
  const appMessages = [];
  client.on('message', (message) => messages.push(message));
  client.on('appMessage', (message) => appMessages.push(message));
  const connected = new Promise((resolve) => client.once('connect', resolve));
  const close = client.connect();
  await connected;
  return {
    messages,
    appMessages,
    close,
    send: (frame) => client.send(frame),
    /** The first frame received, now or later, for which `pick` has a value; that value. */
    frame: (pick, what) =>
      until(() => messages.map(pick).find((picked) => picked !== undefined && picked !== null && picked !== false), what),
  };
}
