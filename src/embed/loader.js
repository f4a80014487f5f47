// The one script that a page embeds. It finds the chat's elements, asks for the session and paints the newest messages
// as soon as it is there, fetches the widget once however often it is included (E10), and mounts and unmounts as
// elements come and go (E13). No inline code, no style attributes (E7).
import { datesIn, paint } from './paint.js';

(() => {
  'use strict';
  const assets = "__ASSETS__";
  const key = Symbol.for('whop-chat.loader');
  if (window[key]) return window[key].scan();

  const script = document.currentScript || document.querySelector('script[src*="/embed/loader.js"]');
  if (!script) return console.error('whop-chat: the loader must be included by a script tag with a src');
  const base = new URL('.', script.src);
  const origin = base.origin;
  // A usual row's height, in pixels.
  const ROW = 72;
  const selector = '[data-whop-chat-channel-id],[data-whop-chat-experience-id]';
  const widgets = new Map();
  const url = (asset) => new URL(asset.file, base).href;

  const fetched = (asset) =>
    fetch(url(asset), { integrity: asset.integrity }).then((response) => {
      if (!response.ok) throw new Error(`whop-chat: ${asset.file} answered ${response.status}. Reload the page; if that does not help, build the widget's files anew.`);
      return response;
    });

  // One wasm instance and one style sheet serve all widgets of a page. What failed is asked for anew the next time.
  const once = (start) => {
    let running;
    return () => (running ||= start().catch((error) => { running = undefined; throw error; }));
  };
  const style = once(async () => {
    const response = await fetched(assets.css);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await response.text());
    return sheet;
  });
  // import() takes no integrity; a preload does, and the import then uses what was preloaded.
  const module = (asset) => {
    const preload = Object.assign(document.createElement('link'), {
      rel: 'modulepreload', href: url(asset), integrity: asset.integrity, crossOrigin: 'anonymous',
    });
    document.head.append(preload);
    return import(preload.href);
  };
  const load = once(async () => {
    const wasm = fetched(assets.wasm);
    wasm.catch(() => {}); // Told below, unless another file's failure is told first.
    const [glue] = await Promise.all([module(assets.glue), style()]);
    await glue.default({ module_or_path: wasm });
    return glue;
  });

  // Asked for by the first message that has an emoji by a name that is not built in; for all widgets of a page once.
  let names;
  const emojiNames = () => (names ||= fetched(assets.emoji).then((response) => response.text()).catch((error) => {
    names = undefined;
    console.warn(`whop-chat: rare emoji are shown by their names. ${error.message}`);
  }));

  const attribute = (element, name) => element.getAttribute(`data-whop-chat-${name}`) || undefined;
  const channelOf = (element) => attribute(element, 'channel-id') || attribute(element, 'experience-id');

  const optionsOf = (element) => {
    const data = (name) => attribute(element, name);
    return {
      origin,
      emojiNames,
      channel: channelOf(element),
      assertion: data('assertion'),
      tokenUrl: data('token-url') && new URL(data('token-url'), document.baseURI).href,
      theme: data('theme'),
      style: data('style'),
      post: data('post'),
      locale: data('locale') || document.documentElement.lang || navigator.language,
    };
  };

  // Who comes back from Whop brings a sealed code in the page's address, where it must not stay.
  let handed;
  const brought = /^#whop-chat=(.+)/.exec(location.hash);
  if (brought) {
    history.replaceState(history.state, '', location.href.split('#')[0]);
    try {
      handed = { sign_in: brought[1], sign_in_verifier: localStorage['whop-chat.verifier'] };
    } catch { /* Without storage there is no way to go on, but to sign in again. */ }
  }

  // Asked for while the widget is still on its way; it takes over the answers. What stumbled it asks again itself.
  const ask = async (options) => {
    const first = {};
    const within = (init) => ({ ...init, signal: AbortSignal.timeout?.(20_000) });
    let { assertion } = options;
    // Nobody but Whop can say who the visitor is.
    const isWhops = !assertion && !options.tokenUrl;
    if (options.tokenUrl && !assertion) {
      const answer = await fetch(options.tokenUrl, within()).catch(() => ({ status: 503 }));
      if (answer.status === 429 || answer.status >= 500) return first;
      const said = answer.ok ? await answer.json().catch(() => undefined) : undefined;
      first.asserted = typeof said?.token === 'string' ? said.token : null;
      assertion = first.asserted;
      if (assertion === null) {
        // A visitor who is not signed in is no mistake of the page's, and may be a guest of the chat.
        if (answer.status !== 401) console.warn(`whop-chat: ${options.tokenUrl} answered ${answer.status} without {"token": "…"}, so that the visitor counts as not signed in.`);
      }
    }
    const body = {
      channel_id: options.channel, assertion, with_messages: true, with_html: true,
      utc_offset_minutes: -new Date().getTimezoneOffset(),
      ...isWhops && handed,
    };
    if (isWhops) handed = undefined;
    try {
      // Sent as text, so that no preflight goes before it.
      const credentials = isWhops ? 'include' : 'same-origin';
      const answer = await fetch(`${origin}/session`, within({ method: 'POST', credentials, body: JSON.stringify(body) }));
      const text = await answer.text();
      const { status, headers } = answer;
      return { ...first, status, headers, body: text, signIn: isWhops && headers.get('whop-chat-sign-in') };
    } catch {
      // The widget looks at the failure; a page's developer looks here. The browser doesn't say which of the two it was.
      console.warn(`whop-chat: ${origin}/session did not answer. If the network is there, ${location.origin} is missing from that proxy's WHOP_CHAT_ALLOWED_ORIGINS.`);
      return first;
    }
  };

  // Signing in with Whop (ADR 0014): nobody else waits for it.
  const signing = once(() => module(assets.signIn));
  const account = async (element, widget) => {
    const { signIn } = await widget.asked;
    if (!signIn) return;
    const { show } = await signing();
    if (widgets.get(element) === widget) show(element, signIn, origin, again);
  };

  // How the page wants it, also when it changes its mind.
  const look = (element) => {
    const chat = element.shadowRoot?.querySelector('.chat');
    if (!chat) return;
    const { style, theme } = optionsOf(element);
    const set = (name, value, ...values) => {
      const known = values.includes(value) ? value : values[0];
      if (chat.dataset[name] !== known) chat.dataset[name] = known;
    };
    set('style', style, 'imessage', 'discord');
    set('theme', theme, 'system', 'light', 'dark');
  };

  const rootOf = (element) => element.shadowRoot || element.attachShadow({ mode: 'open' });

  // The newest messages, before the widget is there to take them over.
  const show = (element, widget, { status, body }, sheet, date) => {
    const html = status === 200 && JSON.parse(body).html;
    if (!html || widget.mounted || widgets.get(element) !== widget) return;
    const { locale } = optionsOf(element);
    const box = Object.assign(document.createElement('div'), { className: 'root' });
    // What fills the element is there first; what is above that, for who looks there.
    const above = paint(box, html, date, Math.ceil((element.clientHeight || innerHeight) / ROW));
    if (/^(ar|dv|fa|he|ps|sd|ug|ur|yi)(?![a-z])/.test(locale)) box.firstChild.dir = 'rtl';
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
    const root = rootOf(element);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(box);
    look(element);
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

  const notice = (name, text, label, act) => {
    const box = Object.assign(document.createElement(name), { textContent: `${text} ` });
    const button = Object.assign(document.createElement('button'), { textContent: label, type: 'button', className: 'plain' });
    button.addEventListener('click', act);
    box.append(button);
    return box;
  };

  const card = (element, text) => {
    const box = notice('p', text, 'Reload', () => location.reload());
    box.setAttribute('role', 'alert');
    rootOf(element).replaceChildren(box);
  };

  // What is painted stays readable.
  const line = (element, retry) => {
    const place = element.shadowRoot.querySelector('.connection');
    place.dataset.state = 'offline';
    place.replaceChildren(notice('span', 'Live chat could not be loaded.', 'Retry', retry));
  };

  // Later than that nobody expects it any more. What was drawn anew is found by what it does.
  const press = (element, { pressed, pressedAt }) => {
    if (!pressed || performance.now() - pressedAt > 10_000) return;
    const { act, value } = pressed.dataset;
    const again = () => [...element.shadowRoot.querySelectorAll(`[data-act="${act}"]`)].find((one) => one.dataset.value === value);
    (pressed.isConnected ? pressed : again())?.click();
  };

  const mount = async (element, widget, options, first) => {
    try {
      const [glue, sheet] = await Promise.all([load(), style()]);
      if (widgets.get(element) !== widget) return;
      widget.painted?.abort();
      widget.mounted = glue.mount(element, { ...optionsOf(element), sheet, first, settled: widget.first });
      // The widget takes over what is painted a moment later, as it is: so what is pressed has to wait.
      setTimeout(() => { if (widgets.get(element) === widget) press(element, widget); });
      account(element, widget).catch(console.error);
    } catch (error) {
      if (widgets.get(element) !== widget) return;
      console.error(error);
      widget.failed = () => {
        if (widget.painted) {
          line(element, () => { widget.failed = undefined; mount(element, widget, options, first); });
          widget.above();
        } else card(element, 'The chat could not be loaded.');
      };
      widget.failed();
    }
  };

  const add = (element) => {
    const widget = { channel: channelOf(element) };
    widgets.set(element, widget);
    try {
      const options = optionsOf(element);
      const first = (widget.asked = ask(options).then((first) => (widget.first = first)));
      const sheet = style();
      mount(element, widget, options, first);
      // All is asked for, so there is time.
      const date = datesIn(options.locale);
      // Where this fails, the widget says so, or its own loading does.
      Promise.all([first, sheet]).then(([first, sheet]) => show(element, widget, first, sheet, date)).catch(() => {});
    } catch (error) {
      console.error(error);
      card(element, 'The chat could not be loaded.');
    }
  };

  const remove = (element) => {
    const widget = widgets.get(element);
    widgets.delete(element);
    // A widget whose wasm has trapped can't be asked to leave.
    try { widget.mounted?.unmount(); } catch (error) { console.error(error); }
    if (!widget.mounted) element.shadowRoot?.replaceChildren();
  };

  // Anew, for who has signed in or out: one after the other, since the code that is handed over counts once.
  const again = async (code) => {
    handed = code;
    for (const element of [...widgets.keys()]) {
      const { assertion, tokenUrl } = optionsOf(element);
      if (assertion || tokenUrl) continue;
      remove(element);
      add(element);
      await widgets.get(element).asked;
    }
  };

  const scan = () => {
    for (const [element, { channel }] of [...widgets]) {
      if (!element.isConnected || channelOf(element) !== channel) remove(element);
      else look(element);
    }
    // A page may name the channel later than it makes the element.
    for (const element of document.querySelectorAll(selector)) if (channelOf(element) && !widgets.has(element)) add(element);
  };

  // A trap ends the wasm instance: say so instead of going blank (E11).
  const trapped = (error) => {
    if (!(error instanceof WebAssembly.RuntimeError) || !String(error.stack).includes(base.href)) return;
    for (const element of widgets.keys()) card(element, 'The chat stopped because of an error.');
  };
  addEventListener('error', (event) => trapped(event.error));
  addEventListener('unhandledrejection', (event) => trapped(event.reason));

  window[key] = { scan };
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; scan(); });
  }).observe(document, {
    childList: true, subtree: true,
    attributeFilter: ['channel-id', 'experience-id', 'theme', 'style'].map((name) => `data-whop-chat-${name}`),
  });
  scan();
})();
