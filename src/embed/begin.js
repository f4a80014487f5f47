// What the modules (`module.js`, and the one of the npm package) give to who imports them.
import { WhopElementError, WhopElements } from './elements.js';
import { start } from './start.js';

/** Begins, unless the page has begun. On a server there is no page, and all can be imported all the same. */
export const begin = (origin, files) => {
  if (typeof window === 'undefined' || typeof document === 'undefined') {
    return { WhopElements, WhopElementError, loadWhopElements: async () => null };
  }
  // A module doesn't know its own script tag.
  const said = document.querySelector('script[data-whop-chat-origin]')?.dataset.whopChatOrigin;
  const begun = start(said || origin, files);
  return { ...begun, loadWhopElements: async (options) => new begun.WhopElements(options) };
};
