// Begins, once on a page however often and however the loader is included (E10, E14).
import { WhopElementError, WhopElements } from './elements.js';
import { watchPage } from './page.js';
import { place } from './place.js';
import { watchForTraps } from './widget.js';

const KEY = Symbol.for('whop-chat.loader');

/** What the page's first loader offers, whichever one asks. */
export const start = (origin, files) => {
  let begun = window[KEY];
  if (begun) {
    // The first one may not have known: a package comes from anywhere.
    begun.place.origin ||= origin;
    begun.scan();
  } else {
    Object.assign(place, { origin, files });
    begun = window[KEY] = { WhopElements, WhopElementError, place };
    watchForTraps();
    window.WhopElements ??= WhopElements;
    begun.scan = watchPage();
  }
  return begun;
};
