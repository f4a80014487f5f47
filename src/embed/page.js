// The elements of a page that ask for a chat by their attributes: any with `data-whop-chat-…`, and `<whop-chat>`, whose
// attributes are the same without that prefix. They are found when the loader runs and whenever they come later, and
// cleaned up when they are removed (E13).
import { advise, lazy, program, style } from './files.js';
import { proxyAt } from './place.js';
import { tokenFrom } from './session.js';
import { tellFailure, themes, turned, Widget } from './widget.js';
import { defaultLocale } from './words.js';

const NAMES = ['accent', 'assertion', 'channel-id', 'experience-id', 'launcher', 'locale', 'origin', 'post', 'style', 'theme', 'token-url', 'z-index'];
const PREFIX = 'data-whop-chat-';
const TAG = 'whop-chat';
/** Whoever has one of these wants a chat, and is told so where it has no channel. */
const SELECTOR = ['channel-id', 'experience-id', 'launcher', 'token-url'].map((name) => `[${PREFIX}${name}]`).join();

/** Elements of our own, also those that a page keeps in shadow roots. */
const own = new Set();
/** What each element shows, and the function for its token address; beside it, the page's language. */
const shown = new Map();
/** Whose channel is waited for. */
const unnamed = new WeakSet();
/** What else wants to know that the page has changed. */
export const watched = new Set();
const launching = lazy('launcher');

// `style` is the browser's.
const attribute = (element, name) => element.getAttribute(PREFIX + name)
  || (element.localName === TAG && element.getAttribute(name === 'style' ? 'chat-style' : name)) || undefined;
const channelOf = (element) => attribute(element, 'channel-id') || attribute(element, 'experience-id');

const optionsOf = (element, tokens) => {
  const [accentColor, address, origin] = ['accent', 'token-url', 'origin'].map((name) => attribute(element, name));
  const options = { channel: channelOf(element), appearance: accentColor && { theme: { accentColor } } };
  for (const name of ['assertion', 'launcher', 'post', 'style', 'theme']) options[name] = attribute(element, name);
  // As it was at first: a browser that translates the page changes its language, and a chat that is opened anew loses what one writes (E20).
  options.locale = attribute(element, 'locale') || (tokens[''] ||= defaultLocale());
  options.zIndex = attribute(element, 'z-index');
  options.appId = attribute(element, 'app-id');
  options.hostOrigin = attribute(element, 'host-origin');
  Object.assign(options, proxyAt(origin));
  try {
    if (address) options.token = tokens[address] ||= tokenFrom(new URL(address, document.baseURI).href);
  } catch (error) {
    options.error = error;
  }
  return options;
};

const isLauncher = (element) => element.hasAttribute(`${PREFIX}launcher`) || (element.localName === TAG && element.hasAttribute('launcher'));

/** What is fetched shortly before it is needed. What fails here is said when it is. */
const prepare = () => { for (const fetch of [program, style]) fetch().catch(() => {}); };

/** A button that opens the chat: nothing of the chat is asked for before somebody wants it (P1). */
const launcher = (element, options) => {
  let there;
  let isGone = false;
  launching().then(({ Launcher }) => { if (!isGone) there = new Launcher(element, options, Widget, prepare, themes); }, console.error);
  return {
    update: (next) => { options = next; there?.update(next); },
    remove: () => { isGone = true; there?.remove(); },
  };
};

/** A page may name the channel later than it makes the element; but one that never does has made a mistake. */
const hasChannel = (element) => {
  if (channelOf(element)) return true;
  if (!unnamed.has(element)) setTimeout(() => channelOf(element) || advise('advise', element), 3_000);
  unnamed.add(element);
};

const scan = () => {
  for (const [element, { chat, tokens }] of [...shown]) {
    if (!element.isConnected || !channelOf(element)) {
      chat.remove();
      shown.delete(element);
    } else chat.update(optionsOf(element, tokens));
  }
  for (const look of watched) look();
  for (const element of [...own, ...document.querySelectorAll(SELECTOR)]) {
    if (shown.has(element) || !hasChannel(element)) continue;
    const tokens = Object.create(null);
    const options = optionsOf(element, tokens);
    let chat = { update() {}, remove() {} };
    try {
      chat = isLauncher(element) ? launcher(element, options) : new Widget(element, options);
    } catch (error) {
      // Not every element can have a shadow root. The others have theirs all the same.
      console.error('whop-chat: put the chat into a <div>, or use <whop-chat>', element, error);
      tellFailure(element, { error });
    }
    shown.set(element, { chat, tokens });
  }
};

/** Looks at the page now, and at whatever it changes from now on. */
export const watchPage = () => {
  let due = false;
  const look = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; scan(); });
  };
  new MutationObserver((changes) => {
    if (changes.some(({ attributeName }) => attributeName === 'dir')) turned();
    look();
  }).observe(document, { childList: true, subtree: true, attributeFilter: [...NAMES.map((name) => PREFIX + name), 'dir'] });
  if (!customElements.get(TAG)) {
    customElements.define(TAG, class extends HTMLElement {
      static observedAttributes = [...NAMES, 'chat-style'];
      connectedCallback() { own.add(this); look(); }
      disconnectedCallback() { own.delete(this); look(); }
      attributeChangedCallback() { look(); }
    });
  }
  scan();
  return scan;
};
