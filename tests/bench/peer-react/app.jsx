// A chat by hand, of the libraries that one would take: react, react-markdown, react-virtuoso. One fetch for the
// newest messages, one websocket for those that come.

import { memo, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import Markdown from 'react-markdown';
import { Virtuoso } from 'react-virtuoso';

const session = JSON.parse(document.querySelector('#session').textContent);

async function call(path, options) {
  const headers = { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${session.origin}/api/v1${path}`, { ...options, headers });
  return answer.json();
}

/** The newest messages, oldest first. */
async function history(count) {
  const messages = [];
  let cursor = '';
  while (messages.length < count) {
    const first = Math.min(100, count - messages.length);
    const page = await call(`/messages?channel_id=${session.channel}&direction=desc&first=${first}${cursor}`);
    messages.push(...page.data);
    if (!page.page_info.has_next_page) break;
    cursor = `&after=${page.page_info.end_cursor}`;
  }
  return messages.reverse();
}

function fromFrame(post) {
  return { id: post.entityId, content: post.content, user: post.user, created_at: Number(post.createdAt) };
}

const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' });

const Row = memo(function Row({ message }) {
  const name = message.user.name ?? message.user.username;
  return (
    <article className="row">
      <span className="avatar" aria-hidden="true">{name.slice(0, 1)}</span>
      <div className="body">
        <header><b>{name}</b> <time>{time.format(new Date(message.created_at))}</time></header>
        {message.content && <Markdown>{message.content}</Markdown>}
        {message.attachments?.filter((file) => file.content_type?.startsWith('image/')).map((file) => (
          <img key={file.id} src={file.url} alt={file.filename} width={file.width} height={file.height} loading="lazy" />
        ))}
        {message.reaction_counts?.length > 0 && (
          <p className="reactions">{message.reaction_counts.map(({ emoji, count }) => <button key={emoji}>{emoji} {count}</button>)}</p>
        )}
      </div>
    </article>
  );
});

function Composer() {
  const [text, setText] = useState('');
  const send = (event) => {
    event.preventDefault();
    call('/messages', { method: 'POST', body: JSON.stringify({ channel_id: session.channel, content: text }) });
    setText('');
  };
  return (
    <form onSubmit={send}>
      <textarea aria-label="Message" rows={1} value={text} onChange={(event) => setText(event.target.value)} />
      <button type="submit" disabled={!text.trim()}>Send</button>
    </form>
  );
}

function Chat() {
  const [messages, setMessages] = useState();
  useEffect(() => {
    const address = session.origin.replace('http', 'ws') + session.socket.path;
    const socket = new WebSocket(address, session.socket.protocols);
    socket.onmessage = ({ data }) => {
      const post = JSON.parse(data).feedEntity?.dmsPost;
      if (post && !post.Deleted) setMessages((known = []) => [...known, fromFrame(post)]);
    };
    history(session.history).then((page) => setMessages((known = []) => [...page, ...known]));
    return () => socket.close();
  }, []);
  return (
    <main>
      {messages && (
        <Virtuoso
          data={messages}
          initialTopMostItemIndex={messages.length - 1}
          alignToBottom
          followOutput="auto"
          increaseViewportBy={400}
          computeItemKey={(_, message) => message.id}
          itemContent={(_, message) => <Row message={message} />}
        />
      )}
      <Composer />
    </main>
  );
}

createRoot(document.querySelector('#root')).render(<Chat />);
