const elements = new window.WhopElements({
  appearance: { theme: { appearance: 'light' } },
  locale: 'en',
});

const session = elements.createChatSession({
  token: async ({ abortSignal }) => {
    const answer = await fetch('/chat-token', { signal: abortSignal });
    return (await answer.json()).token;
  },
});

const chat = session.createElement('chat-element', {
  channelId: 'chat_feed_lounge',
  style: 'imessage',
  onEvent: (event) => {
    if (event.type === 'linkClick') console.info('went to', event.detail.url);
  },
});

chat.on('messageSent', (event) => {
  document.querySelector('#last').textContent = `You said: ${event.detail.content}`;
});
chat.on('error', (error) => console.warn('the chat says', error.code));
chat.mount('#chat');
