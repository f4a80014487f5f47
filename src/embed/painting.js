// The newest messages, before the widget is there to take them over. An asset of its own, which is on its way together with
// the session.
import { paint } from './paint.js';

export { advise, tokenless, unanswered } from './advice.js';
export { watchClicks } from './clicks.js';
export { card, line } from './notice.js';
export { datesIn } from './paint.js';

// A usual row's height, in pixels.
const ROW = 72;

/**
 * Shows them in a widget's root, and keeps what the visitor does there until somebody can do it. Answers what paints the
 * rows above.
 */
export const show = (widget, html, sheet, date) => {
  const { host } = widget;
  const box = Object.assign(document.createElement('div'), { className: 'root' });
  // What fills the element is there first; what is above that, for who looks there.
  const above = paint(box, html, date, Math.ceil((host.clientHeight || innerHeight) / ROW));
  const painted = (widget.painted = new AbortController());
  const on = (names, listener, options) => {
    for (const name of names) box.addEventListener(name, listener, { signal: painted.signal, ...options });
  };
  on(['keydown', 'keyup', 'keypress'], (event) => event.stopPropagation()); // E1
  on(['submit'], (event) => event.preventDefault());
  on(['input'], ({ target }) => { target.parentNode.dataset.text = target.value; });
  // What the visitor pressed last is done as soon as somebody can.
  on(['click'], (event) => {
    const pressed = (widget.pressed = event.target.closest('[data-act]'));
    widget.pressedAt = performance.now();
    const { ctrlKey, metaKey, shiftKey } = event;
    // A picture is shown larger then; elsewhere only where that was asked for.
    if (pressed?.dataset.act === 'view' && !(ctrlKey || metaKey || shiftKey)) event.preventDefault();
  });
  const { root } = widget;
  widget.wear(sheet);
  root.replaceChildren(box);
  widget.look();
  widget.above = () => above(Infinity);
  if (widget.failed) widget.failed();
  const scroller = root.querySelector('.scroller');
  while (scroller.scrollHeight <= scroller.clientHeight && above(5));
  // A screen reader's cursor looks further up without telling anybody. What fills the element is drawn first.
  const rest = () => painted.signal.aborted || above(Infinity);
  requestAnimationFrame(() => (window.requestIdleCallback || setTimeout)(rest));
  const further = ({ target }) => scroller.contains(target) && above(Infinity);
  on(['wheel', 'touchstart', 'scroll', 'keydown'], further, { capture: true, passive: true });
};

/** Does what was pressed last. Later than ten seconds nobody expects it any more. What was drawn anew is found by what it does. */
export const press = ({ root, pressed, pressedAt }) => {
  if (!pressed || performance.now() - pressedAt > 10_000) return;
  const { act, value } = pressed.dataset;
  const again = () => [...root.querySelectorAll(`[data-act="${act}"]`)].find((one) => one.dataset.value === value);
  (pressed.isConnected ? pressed : again())?.click();
};
