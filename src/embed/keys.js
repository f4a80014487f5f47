// Keys that are pressed in the chat are none of the page's business (E1). From outside, their target is the chat's element, where
// no page knows that somebody writes: its shortcuts would fire. So they are stopped on their way in, before those who listen early
// (in the capture phase), and what goes on is a copy that the page can't see. Who listens to the window itself, earlier than the
// chat was there, is the first nonetheless.

const copied = (event) => {
  const init = {};
  for (const name in event) init[name] = event[name];
  return new KeyboardEvent(event.type, { ...init, composed: false });
};

/** Until the signal, for what is pressed in that shadow root. */
export const keepKeys = (root, signal) => {
  for (const name of ['keydown', 'keypress', 'keyup']) {
    addEventListener(name, (event) => {
      const [target] = event.composedPath();
      if (!root.contains(target)) return;
      event.stopImmediatePropagation();
      if (!target.dispatchEvent(copied(event))) event.preventDefault();
    }, { capture: true, signal });
  }
};
