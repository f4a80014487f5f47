// The first session, asked for while the widget is still on its way. It takes over the answers; what stumbled it asks again
// itself.
import { advise } from './files.js';

const within = (init) => ({ ...init, signal: AbortSignal.timeout?.(20_000) });

/**
 * Asks a creator's own address who the visitor is: `{"token": "…"}`. Null where it doesn't say; throws where it may say
 * later.
 */
export const tokenFrom = (address) => async ({ abortSignal } = {}) => {
  const answer = await fetch(address, abortSignal ? { signal: abortSignal } : within());
  if (answer.status === 429 || answer.status >= 500) throw new Error(`whop-chat: ${address} answered ${answer.status}`);
  const said = answer.ok ? await answer.json().catch(() => undefined) : undefined;
  if (typeof said?.token === 'string') return said.token;
  // A visitor who is not signed in is no mistake of the page's, and may be a guest of the chat.
  if (answer.status !== 401) advise('tokenless', address, answer.status);
  return null;
};

/** Nobody but Whop can say who the visitor is. */
export const isWhops = ({ assertion, token }) => !assertion && !token;

/** Opens it. `handed`: what somebody who comes back from signing in with Whop brought. */
export const ask = async (options, handed) => {
  const first = {};
  const { origin, channel, token, locale } = options;
  let { assertion } = options;
  if (token && !assertion) {
    try {
      first.asserted = assertion = (await token()) ?? null;
    } catch (error) {
      console.warn(error);
      return first;
    }
  }
  const body = {
    channel_id: channel, assertion, with_messages: true, with_html: true,
    utc_offset_minutes: -new Date().getTimezoneOffset(), locale,
    ...handed,
  };
  try {
    // Sent as text, so that no preflight goes before it.
    const credentials = isWhops(options) ? 'include' : 'same-origin';
    const answer = await fetch(`${origin}/session`, within({ method: 'POST', credentials, body: JSON.stringify(body) }));
    const text = await answer.text();
    const { status, headers } = answer;
    return { ...first, status, headers, body: text, signIn: isWhops(options) && headers.get('whop-chat-sign-in') };
  } catch {
    // The widget looks at the failure; a page's developer looks here. The browser doesn't say which of the two it was.
    advise('unanswered', origin);
    return first;
  }
};
