// Links in messages, followed by Whop: within its frames and web views a link that opens a window of its own may be dead.

/** @typedef {import('./line.js').Line} Line */

/** How long Whop has to say something before the browser is asked after all, in milliseconds. */
const SOON = 1_000;

/**
 * The link that was clicked, where it is for us to follow.
 * @param {MouseEvent} event
 * @returns {HTMLAnchorElement | undefined}
 */
function clickedLink(event) {
  const { button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented } = event;
  if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey || defaultPrevented) return undefined;
  /** @type {HTMLAnchorElement | undefined} */
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  return link?.hasAttribute('download') ? undefined : link;
}

/**
 * Has Whop follow the links in a widget.
 * @param {HTMLElement} element
 * @param {Line} line
 * @param {(origin: string) => boolean} isWhops Whether a page of that origin is one of Whop's own.
 * @param {AbortSignal} signal
 */
export function followLinks(element, line, isWhops, signal) {
  /** @param {MouseEvent} event */
  const clicked = (event) => {
    const link = clickedLink(event);
    if (!link) return;
    const { href, origin, protocol } = link;
    // In the app only Whop can open anything. Elsewhere the browser does as well, while Whop is not there.
    if (!line.isApp && !(line.isHeard() && /^https?:$/.test(protocol))) return;
    event.preventDefault();
    // Whop's own pages are shown in the place of this one, as a link of Whop's would.
    const request = isWhops(origin) ? { url: href } : { url: href, newTab: true };
    const { timeStamp } = event;
    line.ask('openExternalUrl', request, { patience: SOON }).catch(() => {
      // Who said in time that it takes longer has it in hand: the visitor is asked first, perhaps.
      const isSoon = performance.now() - timeStamp < 2 * SOON;
      if (isSoon && !signal.aborted) window.open(href, '_blank', 'noopener,noreferrer');
    });
  };
  element.addEventListener('click', clicked, { signal });
}
