// What happens on Whop's side while visitors look at the chat.

import { API_KEY } from '../../support/servers.mjs';

/** Calls a REST route as the app, on behalf of a user. */
export async function asUser(sandbox, user, method, path, body) {
  const answer = await fetch(`${sandbox.api}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, 'x-on-behalf-of': user, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Posts a message as a user. */
export function post(sandbox, user, channel, content, more = {}) {
  return asUser(sandbox, user, 'POST', '/messages', { channel_id: channel, content, ...more });
}
