// No chat at all, but what this machine and its browser can do at best: plain text in plain elements, which nothing
// draws again, and a list that follows its end by style alone.

const session = JSON.parse(document.querySelector('#session').textContent);
const headers = { authorization: `Bearer ${session.token}` };

const main = document.querySelector('#root').appendChild(document.createElement('main'));
const list = main.appendChild(document.createElement('div'));
list.className = 'list';
const rows = list.appendChild(document.createElement('div'));

function row(name, content) {
  const article = document.createElement('article');
  article.textContent = `${name}: ${content}`;
  return article;
}

async function history(count) {
  const newest = [];
  let cursor = '';
  while (newest.length < count) {
    const first = Math.min(100, count - newest.length);
    const path = `/api/v1/messages?channel_id=${session.channel}&direction=desc&first=${first}${cursor}`;
    const { data, page_info: { has_next_page: goesOn, end_cursor: end } } = await (await fetch(session.origin + path, { headers })).json();
    newest.push(...data);
    if (!goesOn) break;
    cursor = `&after=${end}`;
  }
  rows.prepend(...newest.reverse().map(({ user, content }) => row(user.name ?? user.username, content)));
  const form = main.appendChild(document.createElement('form'));
  const field = form.appendChild(document.createElement('textarea'));
  const send = form.appendChild(document.createElement('button'));
  [send.type, send.textContent, send.disabled] = ['submit', 'Send', true];
  field.addEventListener('input', () => { send.disabled = !field.value.trim(); });
}

const socket = new WebSocket(session.origin.replace('http', 'ws') + session.socket.path, session.socket.protocols);
socket.onmessage = ({ data }) => {
  const post = JSON.parse(data).feedEntity?.dmsPost;
  if (post && !post.Deleted) rows.append(row(post.user?.name ?? '', post.content));
};
history(session.history);
