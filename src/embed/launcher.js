// A floating button that opens the chat. Of the chat nothing is asked for before a pointer, a finger or the focus comes near
// the button (P1); once opened it stays, so that closing the panel loses nothing.
import { keepKeys } from './keys.js';
import css from './launcher.css';
import { words } from './launcher_words.js';

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

export class Launcher {
  /** In that element; `Widget` is the loader's, `prepare` has its files fetched. */
  constructor(element, options, Widget, prepare) {
    Object.assign(this, { options, Widget, prepare });
    const root = (this.root = element.shadowRoot || element.attachShadow({ mode: 'open' }));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.button = make('button', 'launcher', { type: 'button', part: 'launcher', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' });
    this.panel = make('div', 'panel', { role: 'dialog', part: 'panel', tabindex: '-1', hidden: '' });
    this.closing = make('button', 'close', { type: 'button' });
    this.closing.append(icon(CROSS));
    this.host = make('div', 'chat-host', {});
    this.panel.append(this.host, this.closing);
    root.replaceChildren(this.panel, this.button);
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
    const { open, close } = words(locale);
    const isOpen = !this.panel.hidden;
    const label = launcher && launcher !== 'true' ? launcher : open;
    this.button.setAttribute('aria-label', isOpen ? close : label);
    this.button.setAttribute('aria-expanded', String(isOpen));
    this.button.replaceChildren(icon(isOpen ? CROSS : BUBBLE));
    this.closing.setAttribute('aria-label', close);
    this.panel.setAttribute('aria-label', label);
    this.panel.dataset.theme = ['light', 'dark'].includes(theme) ? theme : 'system';
    for (const one of [this.button, this.panel]) {
      if (/^-?\d+$/.test(zIndex ?? '')) one.style.zIndex = zIndex;
    }
  }

  toggle(isOpen) {
    this.panel.hidden = !isOpen;
    this.draw();
    if (!isOpen) return this.button.focus();
    if (!this.chat) {
      this.chat = new this.Widget(this.host, this.options);
      this.closeByEscape(this.chat.root);
    }
    this.panel.focus();
  }

  update(options) {
    this.options = options;
    this.chat?.update(options);
    this.draw();
  }

  remove() {
    this.life.abort();
    this.chat?.remove();
    this.root.replaceChildren();
    this.root.adoptedStyleSheets = [];
  }
}
