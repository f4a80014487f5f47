// What is measured: our widget on a page of its own, and a page of usual libraries.

import { startPeer } from './support/peer.mjs';
import { startServers } from '../support/servers.mjs';

/** Servers with so many messages in the general channel, and both subjects before them. */
export async function start(messages) {
  const peer = await startPeer();
  const servers = await startServers({ messages, origins: [peer.origin], env: { RUST_LOG: 'error' } });
  peer.meet(servers);
  return {
    servers,
    subjects: [widget(peer), react(peer)],
    async stop() {
      peer.stop();
      await servers.stop();
    },
  };
}

function widget(peer) {
  return {
    name: 'widget',
    address: () => `${peer.origin}/widget`,
    /** It pages as one scrolls. */
    pages: true,
    selectors: {
      host: '[data-whop-chat-channel-id]',
      rows: '[role="article"]',
      scroller: '[role="log"]',
      field: 'textarea',
      send: 'button[type="submit"]',
    },
  };
}

function react(peer) {
  return {
    name: 'react',
    address: (history = 50) => `${peer.origin}/?history=${history}`,
    pages: false,
    selectors: {
      host: null,
      rows: 'article',
      scroller: '[data-virtuoso-scroller]',
      field: 'textarea',
      send: 'button[type="submit"]',
    },
  };
}
