// A floating button that opens the chat. Of the chat nothing is asked for before a pointer, a finger or the focus comes near
// the button (P1); once opened it stays, so that closing the panel loses nothing.
import { keepKeys } from './keys.js';
import css from './launcher.css';
import { words } from './launcher_words.js';
import { PARTS } from './parts.js';

const SVG = 'http://www.w3.org/2000/svg';
const BUBBLE = 'M10 3c4.4 0 7.5 2.6 7.5 6.2S14.4 15.4 10 15.4c-.8 0-1.6-.1-2.3-.3L4 17v-3.3C2.8 12.6 2.5 11 2.5 9.2 2.5 5.6 5.6 3 10 3Z';
const CROSS = 'M5 5l10 10M15 5L5 15';

const icon = (path) => {
  const [svg, line] = ['svg', 'path'].map((name) => document.createElementNS(SVG, name));
  line.setAttribute('d', path);
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(line);
  return svg;
};

const make = (name, className, attributes) => {
  const element = Object.assign(document.createElement(name), { className });
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/** What the chat tells its element. Here that is one within, of which the page knows nothing. */
const TOLD = [
  'ready', 'failed', 'messageSent', 'messageDeleted', 'messagesRead', 'unreadChanged', 'linkClick', 'attachmentClick', 'profileClick',
  'experienceClick', 'tokenRefreshed', 'tokenRefreshError',
];

export class Launcher {
  /** In that element; `Widget` is the loader's, `prepare` has its files fetched, `themes` loads what colours it. */
  constructor(element, options, Widget, prepare, themes) {
    Object.assign(this, { options, Widget, prepare, themes, unread: '' });
    const root = (this.root = element.shadowRoot || element.attachShadow({ mode: 'open' }));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.button = make('button', 'launcher', { type: 'button', part: 'launcher', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' });
    this.panel = make('div', 'panel', { role: 'dialog', part: 'panel', tabindex: '-1', hidden: '' });
    this.closing = make('button', 'close', { type: 'button' });
    this.closing.append(icon(CROSS));
    this.host = make('div', 'chat-host', { exportparts: PARTS.join() });
    this.panel.append(this.host, this.closing);
    root.replaceChildren(this.panel, this.button);
    for (const name of TOLD) {
      this.host.addEventListener(name, (event) => {
        if (!element.dispatchEvent(new CustomEvent(name, { detail: event.detail, cancelable: event.cancelable }))) event.preventDefault();
      });
    }
    this.host.addEventListener('unreadChanged', ({ detail: { count, orMore } }) => {
      this.unread = count ? `${new Intl.NumberFormat(this.language).format(count)}${orMore ? '+' : ''}` : '';
      this.draw();
    });
    for (const event of ['pointerenter', 'focus', 'touchstart']) this.button.addEventListener(event, () => this.prepare(), { once: true, passive: true });
    this.button.addEventListener('click', () => this.toggle(this.panel.hidden));
    this.closing.addEventListener('click', () => this.toggle(false));
    this.life = new AbortController();
    keepKeys(root, this.life.signal);
    this.closeByEscape(this.panel);
    this.draw();
  }

  /** The chat keeps its keys to itself, and closes first what it has opened itself. */
  closeByEscape(within) {
    within.addEventListener('keydown', (event) => {
      const isIn = (name) => event.composedPath().some(({ localName }) => localName === name);
      if (event.key === 'Escape' && !event.isComposing && !isIn('dialog')) setTimeout(() => { if (!event.defaultPrevented) this.toggle(false); });
    }, { capture: true });
  }

  draw() {
    const { locale, launcher, theme, zIndex } = this.options;
    const { language, open, close } = words(locale);
    this.language = language;
    const isOpen = !this.panel.hidden;
    const label = launcher && launcher !== 'true' ? launcher : open;
    const unread = isOpen ? '' : this.unread;
    this.button.setAttribute('aria-label', isOpen ? close : unread ? `${label}, ${unread}` : label);
    this.button.setAttribute('aria-expanded', String(isOpen));
    this.button.replaceChildren(icon(isOpen ? CROSS : BUBBLE));
    if (unread) this.button.append(Object.assign(make('span', 'unread', { part: 'launcher-unread' }), { textContent: unread }));
    this.closing.setAttribute('aria-label', close);
    // At the end of the chat's header, on whichever side that is.
    this.closing.dir = this.chat?.direction() ?? '';
    this.panel.setAttribute('aria-label', label);
    for (const one of [this.button, this.panel]) {
      one.dataset.theme = ['light', 'dark'].includes(theme) ? theme : 'system';
      if (/^-?\d+$/.test(zIndex ?? '')) one.style.zIndex = zIndex;
    }
    this.dress().catch(console.error);
  }

  /** In the colours that the chat will have. */
  async dress() {
    const { theme, ...more } = this.options.appearance ?? {};
    const names = Object.keys({ ...theme, ...more }).filter((name) => name !== 'appearance');
    if (!names.length && !this.dressed) return;
    this.dressed = true;
    const { apply } = await this.themes();
    apply(this.root, this.options.appearance);
  }

  toggle(isOpen) {
    this.panel.hidden = !isOpen;
    this.draw();
    if (!isOpen) return this.button.focus();
    if (!this.chat) {
      this.chat = new this.Widget(this.host, this.options);
      this.closeByEscape(this.chat.root);
      this.draw();
    }
    this.panel.focus();
  }

  update(options) {
    this.options = options;
    this.chat?.update(options);
    this.draw();
  }

  remove() {
    this.dress = async () => {};
    this.life.abort();
    this.chat?.remove();
    this.root.replaceChildren();
    this.root.adoptedStyleSheets = [];
  }
}
