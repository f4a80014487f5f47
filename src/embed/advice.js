// For a page's developer, who looks into the console: what a page says that can't be meant. A part of the painter, for which
// no visitor waits.

/** Why the visitor counts as nobody. */
export const tokenless = (address, status) => {
  console.warn(`whop-chat: ${address} answered ${status} without {"token": "…"}: not signed in.`);
};

/** No session. The browser doesn't say which of these it was. */
export const unanswered = (origin) => {
  console.warn(`whop-chat: ${origin}/session did not answer. If the network is there, ${location.origin} is missing from that proxy's WHOP_CHAT_ALLOWED_ORIGINS, or ${origin} from the connect-src of this page's Content-Security-Policy.`);
};

const VALUES = { style: ['imessage', 'discord'], theme: ['system', 'light', 'dark'] };

/** What a page has written wrongly is not silently something else. Without options: it has been there for a while without a channel. */
export const advise = (element, options) => {
  const warn = (text) => console.warn(`whop-chat: ${text}`, element);
  if (!options) {
    if (element.isConnected) warn('this element names no channel, so there is nothing to show. Give it a channel-id (chat_feed_…) or an experience-id (exp_…).');
    return;
  }
  if (options.error instanceof TypeError) warn(`an address can't be read. ${options.error.message}. The proxy's begins with https://`);
  for (const [name, values] of Object.entries(VALUES)) {
    const value = options[name];
    if (value && !values.includes(value)) warn(`there is no ${name} "${value}", but ${values.join(', ')}.`);
  }
};
