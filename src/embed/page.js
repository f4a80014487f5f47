// The elements of a page that ask for a chat by their attributes: found when the loader runs and whenever they come later,
// mounted, and cleaned up when they are removed (E13).
import { place } from './place.js';
import { tokenFrom } from './session.js';
import { Widget } from './widget.js';

const ATTRIBUTES = ['channel-id', 'experience-id', 'theme', 'style', 'locale', 'post'];
const prefixed = (name) => `data-whop-chat-${name}`;
const SELECTOR = '[data-whop-chat-channel-id],[data-whop-chat-experience-id]';
/** The widget of each element, and the token address that its function is for. */
const widgets = new Map();

const attribute = (element, name) => element.getAttribute(prefixed(name)) || undefined;
const channelOf = (element) => attribute(element, 'channel-id') || attribute(element, 'experience-id');

const optionsOf = (element, tokens) => {
  const data = (name) => attribute(element, name);
  const address = data('token-url');
  const options = {
    origin: place.origin,
    channel: channelOf(element),
    assertion: data('assertion'),
    theme: data('theme'),
    style: data('style'),
    post: data('post'),
    locale: data('locale') || document.documentElement.lang || navigator.language,
  };
  try {
    if (address) options.token = tokens[address] ||= tokenFrom(new URL(address, document.baseURI).href);
  } catch (error) {
    options.error = error;
  }
  return options;
};

const scan = () => {
  for (const [element, { widget, tokens }] of [...widgets]) {
    if (!element.isConnected || !channelOf(element)) {
      widget.remove();
      widgets.delete(element);
    } else widget.update(optionsOf(element, tokens));
  }
  // A page may name the channel later than it makes the element.
  for (const element of document.querySelectorAll(SELECTOR)) {
    if (!channelOf(element) || widgets.has(element)) continue;
    const tokens = {};
    widgets.set(element, { widget: new Widget(element, optionsOf(element, tokens)), tokens });
  }
};

/** Looks at the page now, and at whatever it changes from now on. */
export const watchPage = () => {
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; scan(); });
  }).observe(document, { childList: true, subtree: true, attributeFilter: ATTRIBUTES.map(prefixed) });
  scan();
  return scan;
};
