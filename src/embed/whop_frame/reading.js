// That the newest message was read, told to Whop, which takes its badge away.

/** @typedef {import('./line.js').Line} Line */

/** Told no faster than this, in milliseconds. */
const PAUSE = 3_000;

/**
 * Tells Whop that the widget's experience is read, whenever the widget says so.
 * @param {HTMLElement} element
 * @param {Line} line
 * @param {Promise<string | undefined>} experience Which one it is.
 * @param {AbortSignal} signal
 */
export function tellRead(element, line, experience, signal) {
  /** @type {string | undefined} */
  let experienceId;
  let isUntold = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const tell = () => {
    if (!isUntold || !experienceId) return;
    isUntold = false;
    line.ask('markExperienceRead', { experienceId }).catch(() => {});
    pause = setTimeout(() => { pause = undefined; tell(); }, PAUSE);
  };
  element.addEventListener('messagesRead', () => {
    isUntold = true;
    if (!pause) tell();
  }, { signal });
  signal.addEventListener('abort', () => {
    // What was read is told before the line closes.
    tell();
    clearTimeout(pause);
  });
  experience.then((id) => {
    experienceId = id;
    if (!signal.aborted) tell();
  });
}
