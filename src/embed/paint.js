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

/** Moments as the widget writes them (`src/ui/dates.rs`), so that it finds them as it would write them. */
const datesIn = (locale) => {
  let locales = [];
  try { locales = Intl.getCanonicalLocales(locale || []); } catch { /* The browser's own. */ }
  const format = (options) => new Intl.DateTimeFormat(locales, options);
  const time = format({ hour: 'numeric', minute: '2-digit' });
  const exact = format({ dateStyle: 'full', timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(locales, { numeric: 'auto', style: 'short' });
  const dayOf = (date) => Math.floor((date - date.getTimezoneOffset() * 60_000) / 86_400_000);
  const now = new Date();
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
  return (element, startsGroup) => {
    const date = new Date(element.dateTime);
    if (isNaN(date)) return;
    // A message's own time says on hover exactly when; a day's line has nothing to add.
    const isTime = element.hasAttribute('title');
    if (isTime) element.title = exact.format(date);
    element.textContent = !isTime ? day(date) : startsGroup ? posted(date) : time.format(date);
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

/** Appends what the HTML says, its moments written in the language of that tag. Throws where it is not as it should be. */
export const paint = (parent, html, locale) => {
  const date = datesIn(locale);
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < html.length) {
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
};
