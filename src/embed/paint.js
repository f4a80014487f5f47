// Builds the widget as the proxy draws it (`crates/markup`, painting.rs) before the wasm is there. From that HTML, which
// is as a serialiser writes it and has been through a sanitiser, elements are made one by one: nothing is parsed by the
// browser, so a page may forbid inline styles and demand trusted types (E6, E7).

// Sticky: what is not as the serialiser writes it ends the painting, rather than being guessed at.
const TOKEN = /<(\/?)([a-z]+)((?: [a-z0-9-]+="[^"]*")*)>|([^<]+)/y;
const ATTRIBUTE = / ([a-z0-9-]+)="([^"]*)"/g;
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };
const VOID = ['br', 'hr', 'img'];
const SVG = 'http://www.w3.org/2000/svg';
const PROPERTY = 'data-property-';

const plain = (text) => text.replace(/&(\w+);/g, (all, name) => ENTITIES[name] ?? all);

/**
 * Writes moments as the widget does (`src/ui/dates.rs`), so that it finds them as it would write them. To make it takes a
 * phone a tenth of a second: best while nothing else is to be done.
 */
export const datesIn = (locale) => {
  let locales = [];
  try { locales = Intl.getCanonicalLocales(locale || []); } catch { /* The browser's own. */ }
  const format = (options) => new Intl.DateTimeFormat(locales, options);
  const time = format({ hour: 'numeric', minute: '2-digit' });
  const relative = new Intl.RelativeTimeFormat(locales, { numeric: 'auto', style: 'short' });
  const dayOf = (date) => Math.floor((date - date.getTimezoneOffset() * 60_000) / 86_400_000);
  const day = (date) => {
    const ago = dayOf(now) - dayOf(date);
    if (ago === 0 || ago === 1) return relative.format(-ago, 'day');
    return format(date.getFullYear() === now.getFullYear()
      ? { weekday: 'long', day: 'numeric', month: 'long' }
      : { day: 'numeric', month: 'long', year: 'numeric' }).format(date);
  };
  const posted = (date) => {
    const minutes = Math.floor((now - date) / 60_000);
    if (minutes <= -60 || minutes >= 60) return time.format(date);
    return relative.format(-Math.max(minutes, 0), minutes > 0 ? 'minute' : 'second');
  };
  let now;
  return (element, startsGroup) => {
    now = new Date();
    const date = new Date(element.dateTime);
    if (isNaN(date)) return;
    element.textContent = element.className !== 'time' ? day(date) : startsGroup ? posted(date) : time.format(date);
  };
};

const make = (name, attributes) => {
  const found = [...attributes.matchAll(ATTRIBUTE)].map(([, key, value]) => [key, plain(value)]);
  const icon = found.find(([key]) => key === 'data-icon');
  if (icon) {
    const [svg, path] = ['svg', 'path'].map((name) => document.createElementNS(SVG, name));
    for (const [key, value] of [['class', 'icon'], ['viewBox', '0 0 20 20'], ['aria-hidden', 'true']]) svg.setAttribute(key, value);
    path.setAttribute('d', icon[1]);
    svg.append(path);
    return svg;
  }
  const element = document.createElement(name);
  for (const [key, value] of found) {
    if (key.startsWith(PROPERTY)) element.style.setProperty(`--${key.slice(PROPERTY.length)}`, value);
    else element.setAttribute(key, value);
  }
  return element;
};

/** Where each row begins: as text, the like of it would be escaped. */
const rowsIn = (html) => {
  const starts = [];
  for (let at = -1; (at = html.indexOf('<div class="item', at + 1)) >= 0;) starts.push(at);
  return starts;
};

/**
 * Appends what the HTML says, its moments written by `date`, but of the rows only so many, the newest. Answers what paints
 * so many more above them, and says whether there were any. Throws where the HTML is not as it should be.
 */
export const paint = (parent, html, date, rows) => {
  const build = (parent, from, to) => {
    TOKEN.lastIndex = from;
    while (TOKEN.lastIndex < to) {
      const [, end, name, attributes, text] = TOKEN.exec(html);
      if (text) parent.append(plain(text));
      else if (end) parent = parent.parentNode;
      else {
        const element = make(name, attributes);
        if (name === 'time') date(element, parent.closest('.item')?.classList.contains('first'));
        parent.append(element);
        if (!VOID.includes(name)) parent = element;
      }
    }
    return parent;
  };
  const starts = rowsIn(html);
  let next = Math.max(starts.length - rows, 0);
  const list = build(parent, 0, starts[0] ?? html.length);
  build(list, starts[next] ?? html.length, html.length);
  return (rows) => {
    const last = next;
    next = Math.max(last - rows, 0);
    const older = document.createDocumentFragment();
    build(older, starts[next], starts[last]);
    list.prepend(older);
    return next < last;
  };
};
