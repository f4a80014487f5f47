// What is measured: our widget on a page of its own, a page of usual libraries, and what the machine allows at best.

import { startPeer } from './support/peer.mjs';
import { startServers } from '../support/servers.mjs';

/** Servers with so many messages in the general channel, and the subjects before them. */
export async function start(messages) {
  const peer = await startPeer();
  const servers = await startServers({ messages, origins: [peer.origin], env: { RUST_LOG: 'error' } });
  peer.meet(servers);
  return {
    servers,
    subjects: [widget(peer), react(peer), bare(peer)],
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

/** Text in elements, and nothing that a chat is made of: no chat on this machine is faster. */
function bare(peer) {
  return {
    name: 'bare text',
    address: (history = 50) => `${peer.origin}/bare?history=${history}`,
    pages: false,
    selectors: {
      host: null,
      rows: 'article',
      scroller: '.list',
      field: 'textarea',
      send: 'button[type="submit"]',
    },
  };
}
