// Somebody has signed in with Whop, or didn't want to. A window of its own hands over what came of it: to the page that opened
// it, which closes it, and to pages of that page's origin only. Where the browser has cut the two apart, or there is no window
// of its own, it goes on to the page itself.
(() => {
  'use strict';
  const { returnTo, origin, display, fragment } = document.body.dataset;
  if (!returnTo) return;
  if (display === 'popup' && !fragment) close();
  else if (display === 'popup' && opener && !opener.closed) opener.postMessage(fragment, origin);
  else location.replace(fragment ? `${returnTo}#${fragment}` : returnTo);
})();
