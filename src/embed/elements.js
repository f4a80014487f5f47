// `window.WhopElements`, as pages know it from Whop's own script: what it makes are sessions, and a session makes elements.
import { Emitter } from './emitter.js';
import { kinds } from './kinds.js';
import { watched } from './page.js';

/** Milliseconds that a token which was fetched ahead is good for. */
const FRESH = 30_000;

/** What is given; what is undefined changes nothing. */
const given = (options) => Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));

/** Calls what a page gave. What it throws is the page's affair. */
const call = (listener, argument) => { try { listener?.(argument); } catch (error) { reportError(error); } };

/** What went wrong in an element. */
export class WhopElementError extends Error {
  constructor(code, message = code) {
    super(message);
    this.name = 'WhopElementError';
    this.code = code;
  }
}

/** What all elements have in common. What they show is the `kinds`' affair. */
class WhopElement extends Emitter {
  #kind;
  #session;
  #host;
  #shown;
  #snapshot;
  #mounted;
  #isMounted = false;

  constructor(session, kind, options, mounted) {
    super();
    this.#kind = kind;
    this.#session = session;
    this.#mounted = mounted;
    this.options = given(options);
    this.#become('loading');
  }

  get state() { return this.#snapshot.state; }

  getSnapshot() { return this.#snapshot; }

  // The same object until the state changes: React's useSyncExternalStore compares them.
  #become(state) {
    if (this.#snapshot?.state === state) return;
    this.#snapshot = Object.freeze({ state });
    this.emit('snapshot', this.#snapshot);
  }

  mount(container) {
    const place = typeof container === 'string' ? document.querySelector(container) : container;
    if (!(place instanceof HTMLElement)) throw new Error(`whop-chat: there is no element ${container} to mount into`);
    if (this.#isMounted) return console.warn('whop-chat: this element is mounted already');
    // What a page's cache has copied (Turbo's) shows nothing, and makes room.
    for (const child of [...place.children]) if (child.dataset.whopChat && !child.shadowRoot) child.remove();
    if (place.childElementCount) throw new Error('whop-chat: the container must be empty');
    const kept = this.#host;
    const host = (this.#host ||= document.createElement('div'));
    host.dataset.whopChat = 1;
    // The page's container says how high it is, if it has a height of its own.
    const { height } = getComputedStyle(place);
    host.style.blockSize = parseFloat(height) ? '100%' : '';
    host.style.maxBlockSize = '100%';
    place.append(host);
    this.#isMounted = true;
    this.#mounted.set(this, this.#session);
    if (kept) return this.refresh();
    for (const name of this.#kind.events) host.addEventListener(name, (event) => this.#tell(event));
    for (const name of this.#kind.own || []) host.addEventListener(name, (event) => this.emit(name, event));
    host.addEventListener('tokenRefreshError', () => this.#session.ended());
    host.addEventListener('failed', ({ detail: { code } }) => this.emit('error', new WhopElementError(code)));
    this.#show();
    watched.add(this.#follow);
  }

  #show() {
    // React's effects, which listen, come in a task of their own: it is in the queue by the time that the first of these runs.
    const ready = () => setTimeout(setTimeout, 0, () => { if (this.#shown === shown) this.#ready(); });
    const shown = (this.#shown = this.#kind.show(this.#host, this, this.#session, ready));
  }

  /** Taken away with what is around it, and put back, as an iframe would be (E13). */
  #follow = () => {
    if (this.#host.isConnected === !this.#shown) this.#shown ? this.#hide() : this.#show();
  };

  #hide() {
    this.#shown?.remove();
    this.#shown = undefined;
    this.#become('loading');
  }

  #ready() {
    if (this.state === 'ready') return;
    this.#become('ready');
    this.emit('ready', this);
    call(this.options.onReady, this);
  }

  #tell(event) {
    const { options } = this;
    this.emit(event.type, event);
    call(options.onEvent, event);
    call(options[`on${event.type[0].toUpperCase()}${event.type.slice(1)}`], event);
    if (this.#kind.endsBy?.includes(event.type) && !event.defaultPrevented) this.unmount();
  }

  unmount() {
    if (!this.#isMounted) return;
    this.#isMounted = false;
    this.#mounted.delete(this);
    this.#host.remove();
    // Whop's React components put it back at once when they are drawn for the second time, and so does React's strict mode.
    queueMicrotask(() => {
      if (this.#isMounted || !this.#host) return;
      watched.delete(this.#follow);
      this.#hide();
      this.#host = undefined;
      this.emit('unmounted');
    });
  }

  updateOptions(options) {
    Object.assign(this.options, given(options));
    this.emit('optionsUpdated', this.options);
    this.refresh();
  }

  /** Shows what the options say by now, its own, its session's and the page's. */
  refresh(isRetry) { this.#shown?.update(isRetry); }
}

class ChatSession extends Emitter {
  #mounted;
  #first;
  #latest;
  #modal;
  #life = new AbortController();

  constructor(whopElements, options, mounted) {
    super();
    if (options?.token === undefined) throw new TypeError('whop-chat: createChatSession needs a token, or a function for one');
    this.whopElements = whopElements;
    this.#mounted = mounted;
    this.options = given(options);
    this.#prefetch();
  }

  #each(act) { for (const [element, session] of [...this.#mounted]) if (session === this) act(element); }

  /** Before the first element asks for it. */
  #prefetch() {
    const first = this.#get(this.#life.signal);
    first.catch(() => {});
    this.#first = { first, from: this.options.token, until: Date.now() + FRESH };
  }

  async #get(abortSignal) {
    try {
      const { token } = this.options;
      const got = (await (typeof token === 'function' ? token({ abortSignal }) : token)) ?? null;
      const before = this.#latest;
      if (got !== null && got !== before) {
        this.#latest = got;
        before === undefined ? this.emit('ready') : this.emit('tokenRefreshed', got);
      }
      return got;
    } catch (error) {
      this.emit('tokenRefreshError', error);
      this.emit('error', error);
      throw error;
    }
  }

  /** A token that no element has had and that is of the present visitor, or the next one. */
  token({ abortSignal } = {}) {
    const { first, from, until } = this.#first || {};
    this.#first = undefined;
    return from === this.options.token && Date.now() < until ? first : this.#get(abortSignal || this.#life.signal);
  }

  /** No next token came. Of a function that throws it is told already. */
  ended() {
    if (typeof this.options.token !== 'function') this.emit('tokenRefreshError', new WhopElementError('SIGNED_OUT'));
  }

  updateOptions(options) {
    const before = this.options.token;
    Object.assign(this.options, given(options));
    const { token } = this.options;
    this.emit('optionsUpdated', this.options);
    if (token === before) return;
    // A function asks for itself; a page writes it anew whenever it draws.
    if (typeof token !== 'function') this.#prefetch();
    this.#each((element) => element.refresh(typeof token !== 'function'));
  }

  createElement(type, options) {
    const name = type?.type ?? type;
    const kind = Object.hasOwn(kinds, name) && kinds[name];
    if (!kind) throw new Error(`whop-chat: there is no element "${name}", but ${Object.keys(kinds).join(', ')}`);
    return new WhopElement(this, kind, options, this.#mounted);
  }

  showSearchModal(options, force) {
    if (this.#modal && !force) return undefined;
    this.#modal?.close();
    const modalContainer = document.createElement('dialog');
    const content = document.createElement('div');
    modalContainer.append(content);
    modalContainer.className = 'whop-chat-modal';
    modalContainer.style.display = 'none';
    content.style.height = '100%';
    let element;
    const modal = {
      modalContainer,
      // What it shows opens it (`lists/search.js`): until then there is nothing to see.
      mount: () => {
        if (modalContainer.isConnected) return;
        document.body.append(modalContainer);
        element.mount(content);
      },
      close: () => {
        if (this.#modal === modal) this.#modal = undefined;
        element?.unmount();
        modalContainer.remove();
      },
    };
    this.#modal = modal;
    element = this.createElement('search-element', typeof options === 'function' ? options(modal) : options);
    element.on('unmounted', () => modalContainer.isConnected && modal.close());
    modalContainer.addEventListener('close', modal.close);
    modal.mount();
    return modal;
  }

  destroy() {
    this.#life.abort();
    this.#modal?.close();
    this.#each((element) => element.unmount());
    this.removeAllListeners();
  }
}

export class WhopElements extends Emitter {
  /** Each element that is shown, and its session. A page may make any number of both, and forget them without a word: React does. */
  #mounted = new Map();

  constructor(options) {
    super();
    this.options = { locale: 'en', environment: 'production', ...given(options) };
  }

  updateOptions(options) {
    Object.assign(this.options, given(options));
    this.emit('optionsUpdated', this.options);
    for (const element of [...this.#mounted.keys()]) element.refresh();
  }

  createChatSession(options) {
    return new ChatSession(this, options, this.#mounted);
  }

  createPayoutsSession() { throw new Error('whop-chat: payouts and wallets are in Whop\'s own script only'); }
  createWalletSession() { this.createPayoutsSession(); }
}
