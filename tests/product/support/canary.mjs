// A page that hears whatever a payload does: what runs, what is asked for, and what is drawn that nothing of ours draws.

export const CHANNEL = 'chat_feed_quiet';
/** So many rows the proxy paints. */
export const PAINTED = 30;
/** What the drawing of text consists of. */
const ELEMENTS = [
  'p', 'br', 'em', 'strong', 's', 'code', 'pre', 'a', 'bdi', 'span', 'div', 'blockquote', 'ul', 'ol', 'li', 'hr', 'button',
  'table', 'thead', 'tbody', 'tr', 'th', 'td',
];
const ATTRIBUTES = [
  'class', 'dir', 'href', 'target', 'rel', 'title', 'start', 'type', 'role', 'tabindex', 'inert', 'data-act', 'data-level', 'aria-label',
  'aria-hidden', 'aria-expanded',
];

/** Reports whatever a believed payload would do. Runs in the page, before anything else. */
function canary() {
  const report = (what) => window.canaryHeard(String(what));
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = (...values) => report(`${name}(${values})`);
  for (const name of ['write', 'writeln']) document[name] = (...values) => report(`document.${name}(${values})`);
  addEventListener('securitypolicyviolation', (event) => report(`${event.violatedDirective} refused ${event.blockedURI}`));
}

/** A page with a canary: `heard` fills with what ran and what was asked for that is none of the page's own business. */
export async function watched(browser, servers, options) {
  const heard = [];
  const requested = new Set();
  const context = await browser.newContext({ viewport: { width: 1200, height: 12_000 }, locale: 'en-US', ...options });
  await context.exposeFunction('canaryHeard', (what) => heard.push(what));
  await context.addInitScript(canary);
  let letGo;
  let held;
  await context.route(/^/, async (route) => {
    const url = new URL(route.request().url());
    const name = nameOf(url, servers);
    if (name) requested.add(name);
    else heard.push(`asked for ${url}`);
    if (!name) return route.abort();
    if (url.pathname.endsWith('.wasm')) await held;
    return route.fallback();
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => { heard.push(`dialog ${dialog.message()}`); return dialog.dismiss(); });
  page.on('popup', () => heard.push('a window opened'));
  page.on('pageerror', (error) => heard.push(String(error)));
  page.on('websocket', (socket) => nameOf(new URL(socket.url()), servers) ?? heard.push(`connected to ${socket.url()}`));
  return {
    page,
    heard,
    requested,
    /** Comes to the channel, and stays with what the proxy painted until the wasm is let go. */
    async visit() {
      held = new Promise((resolve) => { letGo = resolve; });
      await page.goto(`${servers.sandbox.creatorSite}/?user=user_ada&channel=${CHANNEL}`);
      const rows = page.getByRole('log').locator('.item[data-painted]');
      await rows.last().waitFor();
      // What is further up is painted for who looks there.
      await page.getByRole('log').dispatchEvent('wheel');
      await rows.nth(PAINTED - 1).waitFor();
    },
    /** Lets the widget take over, which draws all rows itself and compares. */
    async takeOver() {
      // All rows are in sight, so the widget draws each.
      await page.evaluate(() => {
        document.querySelector('[data-whop-chat-channel-id]').closest('.chat').style.height = '11000px';
      });
      letGo();
      await page.getByRole('log').locator('.item:not([data-painted])').nth(PAINTED - 1).waitFor();
    },
  };
}

/** What the page may ask for, by name, whatever stands in messages. */
function nameOf(url, servers) {
  const { origin, pathname, protocol } = url;
  if (protocol === 'data:' || protocol === 'blob:') return protocol;
  const own = [
    ['site', servers.sandbox.creatorSite, /^\/(style\.css|chat-token|favicon\.ico)?$/],
    ['proxy', servers.proxy.url, /^\/(session|embed\/[\w.-]+|api\/v1\/[\w/]+|_whop\/ws\/v1\/websockets\/connect)$/],
    ['files', servers.sandbox.api, /^\/files\/[\w.]+\/content$/],
  ];
  const found = own.find(([, allowed, paths]) => origin.replace(/^ws/, 'http') === allowed && paths.test(pathname));
  return found && `${found[0]} ${pathname.replace(/(widget-|portrait_|icon_|card_)[\w.-]+?(?=\/|\.\w+$)/, '$1…').replace(/(messages|post)\/\w+/, '$1/…')}`;
}

/** What is in the rows that the drawing does not make. Runs in the page. */
function lookAtRows(rows, { ELEMENTS, ATTRIBUTES }) {
  const strange = [];
  for (const row of rows) {
    const text = row.querySelector('.text');
    for (const element of text.querySelectorAll('*')) {
      if (!ELEMENTS.includes(element.localName) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml') strange.push(element.outerHTML);
      for (const { name, value } of element.attributes) {
        if (!ATTRIBUTES.includes(name)) strange.push(`${name}=${value}`);
      }
    }
    // A second parser makes the same of it: nothing mutates.
    const again = new DOMParser().parseFromString(`<!doctype html><body><div>${text.innerHTML}</div>`, 'text/html');
    if (again.body.firstElementChild.innerHTML !== text.innerHTML) strange.push(text.innerHTML);
  }
  // Everything else that the widget shows: names, quotes, files, cards, polls, reactions.
  for (const element of rows[0].getRootNode().querySelectorAll('*')) {
    if (['script', 'iframe', 'object', 'embed', 'base', 'meta', 'frame', 'applet'].includes(element.localName)) strange.push(element.outerHTML);
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || ['srcdoc', 'srcset', 'ping', 'action', 'formaction', 'background', 'name'].includes(name)) strange.push(`${name}=${value}`);
      // As the browser reads it, not as a pattern of ours does.
      if (name === 'href' && !['http:', 'https:', 'mailto:'].includes(new URL(value, 'x-relative:/').protocol)) strange.push(`href=${value}`);
      if (['src', 'poster'].includes(name) && !/^(https?:|data:image\/|blob:|\/[^/\\\s])/.test(value)) strange.push(`${name}=${value}`);
    }
  }
  return strange;
}

/** What looks wrong in what is shown: nothing. */
export const look = (page) => page.getByRole('log').getByRole('article').evaluateAll(lookAtRows, { ELEMENTS, ATTRIBUTES });
