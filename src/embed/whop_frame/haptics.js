// What the visitor's own deeds feel like, under a finger.

/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./protocol.js').Questions['performHaptic']['request']} Haptic */

/** Later than that nobody would know what it was for, in milliseconds. */
const SOON = 1_000;
const REACTED = '[data-act=react],[data-act=vote],[data-act=emoji]';

/**
 * The element that an event began with, or one around it.
 * @param {Event} event
 * @param {string} selector
 */
function within(event, selector) {
  const [target] = event.composedPath();
  return target instanceof Element ? target.closest(selector) : null;
}

/**
 * Has Whop make felt what the visitor does in a widget.
 * @param {HTMLElement} element
 * @param {Line} line
 * @param {AbortSignal} signal
 */
export function feel(element, line, signal) {
  let isTouched = false;
  /**
   * @param {Haptic['type']} type
   * @param {Haptic['style']} style
   */
  const felt = (type, style) => {
    if (!line.isApp && !matchMedia('(pointer: coarse)').matches) return;
    line.ask('performHaptic', { type, style }, { patience: SOON }).catch(() => {});
  };
  /**
   * @param {string[]} names
   * @param {(event: Event) => void} listener
   */
  const on = (names, listener) => {
    for (const name of names) element.addEventListener(name, listener, { signal, passive: true });
  };

  on(['messageSent'], () => felt('impact', 'light'));
  on(['click'], (event) => {
    const actor = !event.defaultPrevented && within(event, REACTED);
    if (actor && actor.getAttribute('aria-disabled') !== 'true') felt('selection', 'light');
  });
  on(['pointerdown'], (event) => { isTouched = /** @type {PointerEvent} */ (event).pointerType === 'touch'; });
  on(['pointerup', 'pointercancel'], () => { isTouched = false; });
  // A finger that stays on a message gives it the focus while it is still down. Where the focus was in the widget before, nobody
  // outside is told.
  element.shadowRoot?.addEventListener('focusin', ({ target }) => {
    if (isTouched && target instanceof Element && target.matches('[data-row]')) felt('impact', 'medium');
  }, { signal });
}
