// Begins, once on a page however often and however the loader is included (E10, E14).
import { WhopElements } from './elements.js';
import { watchPage } from './page.js';
import { watchForTraps } from './widget.js';

const KEY = Symbol.for('whop-chat.loader');

/** What the page's first loader offers; `prepare` says where that one comes from. */
export const start = (prepare) => {
  if (!window[KEY]) {
    prepare();
    watchForTraps();
    window[KEY] = { WhopElements };
    window.WhopElements ??= WhopElements;
    window[KEY].scan = watchPage();
  } else window[KEY].scan();
  return window[KEY];
};
