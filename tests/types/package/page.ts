// Pages, as the compiler sees them.

import { ChatElement, ChatSession, Elements } from '@whop/embedded-components-react-js';
import { createElement, type JSX } from 'react';
import { loadWhopElements, WhopElementError, type AccentColor, type ChatElementOptions } from '../../../src/embed/types/index.js';
import type {} from '../../../src/embed/types/react.js';

/** One that was written for Whop's script. */
export async function written(): Promise<void> {
  const elements = await loadWhopElements({ appearance: { theme: { appearance: 'dark', accentColor: 'iris' } }, locale: 'de', environment: 'production' });
  if (!elements) return;
  const session = elements.createChatSession({
    token: async ({ abortSignal }) => (await (await fetch('/token', { signal: abortSignal })).json()).token as string,
  });
  session.on('ready', () => {}).on('tokenRefreshed', (token) => token.length);
  const chat = session.createElement('chat-element', {
    channelId: 'feed_XXXXXXXXXXXXXX',
    features: { banUser: false },
    onEvent: (event) => {
      if (event.type === 'messageSent') event.detail.content.trim();
      // @ts-expect-error: such an event there is none
      if (event.type === 'messageRead') return;
    },
  });
  chat.on('attachmentClick', ({ detail }) => detail.attachments[0]?.filename);
  chat.on('error', (error) => error instanceof WhopElementError && error.code === 'NOT_FOUND');
  chat.mount('#chat');
  // @ts-expect-error: a selector begins with #
  chat.mount('chat');
  // @ts-expect-error: a chat has a channel
  session.createElement('chat-element', {});
  const list = session.createElement({ type: 'dms-list-element' }, { companyId: 'biz_XXXXXXXXXXXXXX' });
  list.once('channelSelected', ({ detail: { id } }) => chat.updateOptions({ channelId: id }));
  session.showSearchModal((modal) => ({ onResultClick: (event) => { event.preventDefault(); modal.close(); } }))?.mount();
  session.showSearchModal({}, true).close();
  session.destroy();
}

/** Ours alone. */
export async function ours(): Promise<void> {
  await loadWhopElements({ origin: 'https://chat.example.com', appearance: { theme: { appearance: 'system' } } });
  document.createElement('whop-chat').hidden = true;
}

/** Whop's React components around ours. */
export const drawn = (options: ChatElementOptions): JSX.Element =>
  createElement(Elements, { elements: loadWhopElements({ origin: 'https://chat.example.com' }), children:
    createElement(ChatSession, { token: () => Promise.resolve('token') }, createElement(ChatElement, { options })) });

/** And our element. */
export const accent: AccentColor = 'ruby';
export const attributes: JSX.IntrinsicElements['whop-chat'] = { 'channel-id': 'chat_feed_1', 'chat-style': 'discord', accent, className: 'chat' };
