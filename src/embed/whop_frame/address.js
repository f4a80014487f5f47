// The app's own address and Whop's: the message that they name, and that the one is shown in the other.

/** @typedef {import('./line.js').Line} Line */

/** Longer addresses are not looked through. */
const LONGEST = 8_192;
/** An address in an address in an address. */
const DEEPEST = 3;
const NAMED = /[?&#]whop-chat-post=([\w-]{1,100})/g;
const MESSAGE = /(?<![\w-])(?:msg|post)_[\w-]{1,100}/;
const EXPERIENCE = /(?<![\w-])exp_[\w-]{1,100}/g;

/**
 * An address without its escapes: another one may be in it.
 * @param {string} href
 */
function unescaped(href) {
  let text = href.slice(0, LONGEST);
  for (let depth = 0; depth < DEEPEST && text.includes('%'); depth += 1) {
    try {
      text = decodeURIComponent(text);
    } catch {
      break;
    }
  }
  return text;
}

/**
 * The message that an address names: after `whop-chat-post=`, last behind its `#`, or by an id that can be nothing else.
 * @param {string} href
 * @returns {string | undefined}
 */
export function messageIn(href) {
  const text = unescaped(href);
  return [...text.matchAll(NAMED)].at(-1)?.[1] ?? MESSAGE.exec(text)?.[0];
}

/**
 * Whether an address may be meant for the chat of that experience.
 * @param {string} href
 * @param {string | undefined} experienceId
 */
export function isFor(href, experienceId) {
  const named = unescaped(href).match(EXPERIENCE);
  return !experienceId || !named || named.some((id) => id === experienceId);
}

/**
 * Tells whenever this page's address is another, however it came to be.
 * @param {(href: string, before: string) => void} changed
 * @param {AbortSignal} signal
 */
export function watchAddress(changed, signal) {
  let { href } = location;
  const look = () => {
    if (location.href === href) return;
    const before = href;
    ({ href } = location);
    changed(href, before);
  };
  const { navigation } = /** @type {{ navigation?: EventTarget }} */ (/** @type {unknown} */ (window));
  navigation?.addEventListener('currententrychange', look, { signal });
  for (const name of ['popstate', 'hashchange']) window.addEventListener(name, look, { signal });
}

/**
 * Shows this page's address in Whop's, so that a link from there leads back here.
 * @param {Line} line
 */
export function showAddress(line) {
  // A page that uses `@whop/iframe` itself does that already.
  if ('_whop_sync_href_interval' in window) return;
  line.ask('onHrefChange', { href: location.href }, { patience: 500 }).catch(() => {});
}
