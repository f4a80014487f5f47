// What both lists are: a root of their own with the chat's tokens, elements that are made one by one, a notice.

import { keepKeys } from '../keys.js';
import english from '../../../crates/strings/catalogs/en.json';

// The build writes a language's text in the order of the keys, behind a line with its code (ADR 0016).
const KEYS = Object.keys(english);

const wordsOf = (text) => {
  const lines = text.split('\n');
  return Object.fromEntries(KEYS.map((key, at) => [key, lines[at + 1]]));
};

/** Makes an element with attributes, properties beginning with `on`, and content. */
export const make = (name, { class: className, ...attributes } = {}, ...content) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...content.filter((one) => one !== undefined));
  return element;
};

/** The page's element with a box in it that looks as the page wants, in the chat's own colours and words. */
export class Frame {
  constructor(host, css, name, options, { sheet, text }) {
    this.host = host;
    this.root = host.shadowRoot || host.attachShadow({ mode: 'open' });
    this.box = make('section', { class: `chat list-box ${name}` });
    this.root.replaceChildren(this.box);
    const own = new CSSStyleSheet();
    own.replaceSync(css);
    this.words = wordsOf(text);
    this.options = options;
    this.life = new AbortController();
    this.root.adoptedStyleSheets = [sheet, own];
    this.look(options);
    // The page's shortcuts are not for what is typed here (E1).
    keepKeys(this.root, this.life.signal);
  }

  look({ theme, locale, isRtl }) {
    this.box.dataset.theme = ['light', 'dark'].includes(theme) ? theme : 'system';
    this.box.lang = locale;
    if (isRtl) this.box.dir = 'rtl';
  }

  tell(name, detail) {
    return this.host.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
  }

  remove() {
    this.life.abort();
    this.root.replaceChildren();
  }
}

/** Instead of a list: what that means and what can be done. */
export const notice = ({ title, text, image }, act) => make('div', { class: 'notice', role: 'status' },
  image?.url ? make('img', { class: 'notice-image', alt: '', src: image.url, width: image.width, height: image.height }) : undefined,
  title && make('p', { class: 'notice-title' }, title),
  text && make('p', { class: 'notice-text' }, text),
  act && make('button', { class: 'solid', type: 'button', onclick: act.run }, act.label));
