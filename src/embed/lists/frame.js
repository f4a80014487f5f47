// What both lists are: a root of their own with the chat's tokens, elements that are made one by one, a notice.

import { keepKeys } from '../keys.js';
import english from '../../../crates/strings/catalogs/en.json';
import { Refused, Source } from './source.js';

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

/**
 * The page's element with a box in it that looks as the page wants, in the chat's own colours and words. Who extends it has
 * `speak`, which says in `words` what is there.
 */
export class Frame {
  /** `textIn` gets the words of a locale, `themes` what colours them: both are the loader's, for all that it shows. */
  constructor(host, css, name, options, { sheet, textIn, themes }) {
    if (options.error) throw options.error;
    Object.assign(this, { host, options, textIn, themes, words: {} });
    this.root = host.shadowRoot || host.attachShadow({ mode: 'open' });
    this.box = make('section', { class: `chat list-box ${name}`, part: 'chat' });
    this.root.replaceChildren(this.box);
    const own = new CSSStyleSheet();
    own.replaceSync(css);
    this.life = new AbortController();
    this.root.adoptedStyleSheets = [sheet, own];
    this.look();
    // The page's shortcuts are not for what is typed here (E1).
    keepKeys(this.root, this.life.signal);
  }

  /** As the page wants it, also when it changes its mind. */
  look() {
    const { theme, locale, isRtl } = this.options;
    this.box.dataset.theme = ['light', 'dark'].includes(theme) ? theme : 'system';
    this.box.lang = locale;
    this.box.dir = isRtl ? 'rtl' : '';
    this.dress().catch(console.error);
    this.translate().catch(console.error);
  }

  /** Colours and the like, as the chat has them: only who wants others than the usual ones waits for them. */
  async dress() {
    const { theme, ...more } = this.options.appearance ?? {};
    const names = Object.keys({ ...theme, ...more }).filter((name) => name !== 'appearance');
    if (!names.length && !this.isDressed) return;
    this.isDressed = true;
    const { apply } = await this.themes();
    if (!this.life.signal.aborted) apply(this.root, this.options.appearance ?? {});
  }

  /** In the visitor's language, and in another one from then on. */
  async translate() {
    const { locale } = this.options;
    if (locale === this.locale) return;
    this.timeOf = timesIn(locale);
    const text = await this.textIn(locale);
    if (this.life.signal.aborted || locale !== this.options.locale) return;
    this.locale = locale;
    this.words = wordsOf(text);
    this.speak();
  }

  /** `body`: what is read from now on. */
  read(body) {
    this.source?.close();
    this.source = new Source(this.options, body);
    this.code = undefined;
    this.answered();
  }

  /** Tells the page why it doesn't go on. That there is still no answer is no news. */
  failed(error) {
    this.code = error instanceof Refused ? error.code : 'UNREACHABLE';
    if (this.code !== 'UNREACHABLE' || !this.isUnanswered) this.tell('failed', { code: this.code });
    this.isUnanswered = this.code === 'UNREACHABLE';
  }

  /** All that was asked for came. */
  answered() { this.isUnanswered = false; }

  /** The same for the visitor. */
  refusal(again) {
    const { words, code } = this;
    const said = { SIGNED_OUT: words.signed_out_title, NO_ACCESS: words.no_access_title, NOT_FOUND: words.unknown_title, MISCONFIGURED: words.misconfigured_title };
    return notice({ title: said[code] ?? words.unreachable_title }, { label: words.try_again, run: again });
  }

  tell(name, detail) {
    return this.host.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
  }

  remove() {
    this.life.abort();
    this.source.close();
    this.root.replaceChildren();
  }
}

/** Instead of a list: what that means and what can be done. */
export const notice = ({ title, text, image }, act) => make('div', { class: 'notice', part: 'notice', role: 'status' },
  image?.url ? make('img', { class: 'notice-image', alt: '', src: image.url, width: image.width, height: image.height }) : undefined,
  title && make('p', { class: 'notice-title' }, title),
  text && make('p', { class: 'notice-text' }, text),
  act && make('button', { class: 'solid', type: 'button', onclick: act.run }, act.label));

/** Formats in a locale; in the browser's own where a page names none that there is. */
const formatIn = (locale, style) => {
  try {
    return new Intl.DateTimeFormat(locale, style);
  } catch {
    return new Intl.DateTimeFormat([], style);
  }
};

const STYLES = {
  hour: { timeStyle: 'short' },
  day: { month: 'short', day: 'numeric' },
  date: { dateStyle: 'medium' },
  whole: { dateStyle: 'full', timeStyle: 'short' },
};

/** Makes the `<time>` of a row: the hour of today, the day of this year, the date of others; all of it for who points there. */
export const timesIn = (locale) => {
  // Made when it is needed: each takes a phone a while.
  const formats = {};
  const written = (style, moment) => (formats[style] ||= formatIn(locale, STYLES[style])).format(moment);
  return (moment) => {
    if (isNaN(moment)) return undefined;
    const now = new Date();
    const isOf = (unit) => moment[unit]() === now[unit]();
    const style = isOf('toDateString') ? 'hour' : isOf('getFullYear') ? 'day' : 'date';
    return make('time', { datetime: moment.toISOString(), part: 'time', title: written('whole', moment) }, written(style, moment));
  };
};
