// The one script that a page embeds. It finds the chat's elements, fetches the widget once however often it is
// included (E10), and mounts and unmounts as elements come and go (E13). No inline code, no style attributes (E7).
(() => {
  'use strict';
  const assets = "__ASSETS__";
  const key = Symbol.for('whop-chat.loader');
  if (window[key]) return window[key].scan();

  const script = document.currentScript || document.querySelector('script[src*="/embed/loader.js"]');
  if (!script) return console.error('whop-chat: the loader must be included by a script tag with a src');
  const base = new URL('.', script.src);
  const origin = base.origin;
  const selector = '[data-whop-chat-channel-id],[data-whop-chat-experience-id]';
  const widgets = new Map();
  const url = (asset) => new URL(asset.file, base).href;

  const fetched = (asset) =>
    fetch(url(asset), { integrity: asset.integrity, mode: 'cors', credentials: 'omit' }).then((response) => {
      if (!response.ok) throw new Error(`whop-chat: ${asset.file} answered ${response.status}. Reload the page; if that does not help, build the widget's files anew.`);
      return response;
    });

  // One wasm instance and one style sheet serve all widgets of a page.
  let loading;
  const load = () => (loading ||= start().catch((error) => { loading = undefined; throw error; }));
  const start = async () => {
    // import() takes no integrity; a preload does, and the import then uses what was preloaded.
    const preload = Object.assign(document.createElement('link'), {
      rel: 'modulepreload', href: url(assets.glue), integrity: assets.glue.integrity, crossOrigin: 'anonymous',
    });
    document.head.append(preload);
    const wasm = fetched(assets.wasm);
    wasm.catch(() => {}); // Told below, unless another file's failure is told first.
    const css = fetched(assets.css).then((response) => response.text());
    const [glue, text] = await Promise.all([import(url(assets.glue)), css]);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    await glue.default({ module_or_path: wasm });
    return { glue, sheet };
  };

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
      locale: data('locale') || document.documentElement.lang || navigator.language,
    };
  };

  // Asked for while the widget is still on its way; it takes over the answer.
  const openSession = (options) => {
    if (options.tokenUrl && !options.assertion) return undefined;
    const body = { channel_id: options.channel, assertion: options.assertion, with_messages: true };
    const session = fetch(`${origin}/session`, {
      method: 'POST', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
      signal: AbortSignal.timeout?.(20_000),
    });
    // The widget looks at the failure; a page's developer looks here. The browser doesn't say which of the two it was.
    session.catch(() => console.warn(`whop-chat: ${origin}/session did not answer. If the network is there, ${location.origin} is missing from that proxy's WHOP_CHAT_ALLOWED_ORIGINS.`));
    return session;
  };

  const card = (element, text) => {
    const root = element.shadowRoot || element.attachShadow({ mode: 'open' });
    const box = Object.assign(document.createElement('p'), { textContent: `${text} ` });
    box.setAttribute('role', 'alert');
    const button = Object.assign(document.createElement('button'), { textContent: 'Reload', type: 'button' });
    button.addEventListener('click', () => location.reload());
    box.append(button);
    root.replaceChildren(box);
  };

  const add = async (element) => {
    const widget = { channel: channelOf(element) };
    widgets.set(element, widget);
    try {
      const options = optionsOf(element);
      options.session = openSession(options);
      const { glue, sheet } = await load();
      if (widgets.get(element) !== widget) return;
      widget.mounted = glue.mount(element, { ...options, sheet });
    } catch (error) {
      if (widgets.get(element) !== widget) return;
      console.error(error);
      card(element, 'The chat could not be loaded.');
    }
  };

  const remove = (element) => {
    const widget = widgets.get(element);
    widgets.delete(element);
    // A widget whose wasm has trapped can't be asked to leave.
    try { widget.mounted?.unmount(); } catch (error) { console.error(error); }
  };

  const scan = () => {
    for (const [element, { channel }] of [...widgets]) if (!element.isConnected || channelOf(element) !== channel) remove(element);
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
    childList: true, subtree: true, attributeFilter: ['data-whop-chat-channel-id', 'data-whop-chat-experience-id'],
  });
  scan();
})();
