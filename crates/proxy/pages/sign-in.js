// The window in which somebody signed in with Whop hands over what came of it: to the page that opened it, which closes it,
// and to pages of that page's origin only. Where the browser has cut the two apart, it goes on to the page itself.
(() => {
  'use strict';
  const { returnTo, origin, fragment } = document.body.dataset;
  if (!returnTo) return;
  if (!fragment) close();
  else if (opener && !opener.closed) opener.postMessage(fragment, origin);
  else location.replace(`${returnTo}#${fragment}`);
})();
