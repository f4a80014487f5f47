// How the page wants the chat to look: the `appearance` of Whop Elements. All of it becomes rules of a style sheet of the
// widget's own root, made by the CSS object model: a value that is more than a value is refused there. Loaded only where a
// page asks for more than light or dark; docs/theming.md says what can be said.
import { ACCENTS, contrast, GRAYS, mix, tokensOf } from './colours.js';
import { PARTS } from './parts.js';

export { ACCENTS, contrast, GRAYS, mix, tokensOf };

const CHOICES = {
  appearance: ['light', 'dark', 'system'],
  accentColor: ACCENTS,
  grayColor: [...GRAYS, 'auto'],
  dangerColor: ['ruby', 'red', 'tomato'],
  warningColor: ['yellow', 'amber'],
  successColor: ['green', 'teal', 'jade', 'grass'],
  infoColor: ['sky', 'blue'],
};
const SCHEMES = { light: 'light', dark: 'dark', system: 'light dark' };

/** The tokens that a page may set: families by the pattern of their names, and a property that takes what they take. */
const TOKENS = [
  [/^--(gray|accent|danger|warning|success|info)-([1-9]|1[0-2])$/, 'color', '--gray-1 … --gray-12, and so accent, danger, warning, success, info'],
  [/^--(accent-9-contrast(-soft)?|accent-9-inset|gray-a[235])$/, 'color', '--accent-9-contrast, --accent-9-contrast-soft, --accent-9-inset, --gray-a2, --gray-a3, --gray-a5'],
  [/^--(surface|float|highlight|match-current|media-(ground|text|shade|hover)|tint-[0-7](-soft)?)$/, 'color', '--surface, --float, --highlight, --match-current, --media-ground, --media-text, --media-shade, --media-hover, --tint-0 … --tint-7-soft'],
  [/^--font(-mono|-emoji)?$/, 'font-family', '--font, --font-mono, --font-emoji'],
  [/^--font-size-([1-4]|note|bubble)$/, 'font-size', '--font-size-1 … --font-size-4, --font-size-note, --font-size-bubble'],
  [/^--line-height-([1-4]|note|bubble)$/, 'line-height', '--line-height-… of the same'],
  [/^--space-[1-5]$/, 'padding-top', '--space-1 … --space-5'],
  [/^--radius-([1-4]|bubble|field|full)$/, 'border-top-left-radius', '--radius-1 … --radius-4, --radius-bubble, --radius-field, --radius-full'],
  [/^--column$/, 'max-width', '--column'],
  [/^--shadow$/, 'box-shadow', '--shadow'],
  [/^--quick$/, 'transition', '--quick'],
];

export { PARTS };

// `.OwnMessage`, `.own-message`, and how it is pointed at.
const SELECTOR = /^\.([a-z][\w-]*)((?::(?:hover|focus|focus-visible|focus-within|active|disabled))*)$/i;
// Nothing of the chat's look is fetched from anywhere, nor hidden by an escape.
const ADDRESS = /\\|@|(?:url|src|image|image-set)\(/i;
// What would take a token away instead of setting it.
const KEYWORD = /^\s*(?:inherit|initial|unset|revert|revert-layer)\s*$/i;

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const shown = (value) => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'number' ? `${value}` : `of type ${typeof value}`;
};
const kebab = (name) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/** The entries of an object that the page gave, or none, which is told where it gave something else. */
const entriesOf = (where, value, complain) => {
  if (value === undefined || value === null) return [];
  if (isObject(value)) return Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
  complain(`${where} is ${shown(value)} instead of an object`);
  return [];
};

const themeOf = (theme, complain) => {
  const known = {};
  for (const [name, value] of entriesOf('theme', theme, complain)) {
    if (!Object.hasOwn(CHOICES, name)) complain(`theme.${name} is unknown; there are ${Object.keys(CHOICES).join(', ')}`);
    else if (!CHOICES[name].includes(value)) complain(`theme.${name} is ${shown(value)}; it can be ${CHOICES[name].join(', ')}`);
    else known[name] = value;
  }
  return known;
};

const isText = (where, value, complain) => {
  if (typeof value === 'string' || typeof value === 'number') return true;
  complain(`${where} is ${shown(value)} instead of a text`);
  return false;
};

/** Sets a property where its value is one and nothing else. */
const set = (style, where, name, value, priority, complain) => {
  if (ADDRESS.test(value)) return complain(`${where} is ${shown(value)}; addresses, escapes and @ have no place here, but in the page's own rules for ::part()`);
  style.setProperty(name, value, priority);
  if (style.getPropertyValue(name) === '') complain(`${where} is ${shown(value)}, which CSS does not take`);
};

const setVariables = (sheet, variables, complain) => {
  const [{ style }, ...rules] = sheet.cssRules;
  const classes = rules.map((rule) => rule.cssText).join();
  for (const [name, value] of entriesOf('variables', variables, complain)) {
    const where = `variables[${shown(name)}]`;
    const [, property] = TOKENS.find(([pattern]) => pattern.test(name)) ?? [];
    if (!isText(where, value, complain)) continue;
    if (!/^--[\w-]+$/.test(name)) complain(`${where} is no name; it begins with -- and goes on with letters, digits, - and _`);
    else if (!property) {
      if (!classes.includes(`var(${name}`)) complain(`${where} is used by nothing; the chat uses ${TOKENS.map(([, , names]) => names).join(', ')}`);
      set(style, where, name, value, '', complain);
    } else {
      const isTaken = CSS.supports(property, property === 'transition' ? `opacity ${value}` : value);
      if (isTaken && (name === '--font' || !KEYWORD.test(value))) set(style, where, name, value, '', complain);
      else complain(`${where} is ${shown(value)}; it takes what ${property} takes`);
    }
  }
};

const addClasses = (sheet, classes, complain) => {
  for (const [selector, properties] of entriesOf('classes', classes, complain)) {
    const where = `classes[${shown(selector)}]`;
    const [, name, states] = SELECTOR.exec(selector) ?? [];
    const part = name && kebab(name);
    if (!PARTS.includes(part)) {
      complain(`${where} is unknown; there are ${PARTS.map((each) => `.${each}`).join(', ')}, each with :hover, :focus-visible and the like`);
      continue;
    }
    const at = sheet.insertRule(`[part~="${part}"]${states.toLowerCase()}{}`, sheet.cssRules.length);
    const { style } = sheet.cssRules[at];
    for (const [property, value] of entriesOf(where, properties, complain)) {
      const named = `${where}.${property}`;
      const written = property.startsWith('--') ? property : kebab(property).replace(/^(webkit|moz)-/, '-$1-');
      // Over the chat's own rules, however exact those are.
      if (isText(named, value, complain)) set(style, named, written, value, 'important', complain);
    }
  }
};

let latest = {};
/** The tokens as CSS. Reckoned once for all widgets of a page, and for what they are told again. */
const declarationsOf = (colours) => {
  const key = JSON.stringify(colours);
  if (latest.key !== key) {
    const declared = [...tokensOf(colours)].map(([name, [light, dark]]) => `${name}:${light === dark ? light : `light-dark(${light},${dark})`};`);
    latest = { key, text: declared.join('') };
  }
  return latest.text;
};

/** What was made for a root, and what was complained about. */
const applied = new WeakMap();

/**
 * Makes a widget look as the page wants it. `appearance` is that of Whop Elements, and `theme.appearance` can also be
 * `system`. What it says takes the place of what was said before; nothing (`null` or `undefined`) takes all away. What is
 * unknown or no value is left out, and the console told once. Who sets the root's style sheets anew calls it again.
 */
export const apply = (root, appearance) => {
  const before = applied.get(root) ?? { sheet: new CSSStyleSheet(), told: '' };
  const { sheet } = before;
  const complaints = [];
  const complain = (text) => { complaints.push(text); };
  const others = [...root.adoptedStyleSheets].filter((one) => one !== sheet);
  if (appearance === undefined || appearance === null) {
    if (others.length < root.adoptedStyleSheets.length) root.adoptedStyleSheets = others;
    applied.delete(root);
    return;
  }
  const { theme, variables, classes, ...unknown } = Object.fromEntries(entriesOf('it', appearance, complain));
  for (const name of Object.keys(unknown)) complain(`${name} is unknown; there are theme, variables, classes`);
  const { appearance: scheme, ...colours } = themeOf(theme, complain);
  sheet.replaceSync(`:host{${declarationsOf(colours)}}.chat[data-theme]{${scheme ? `color-scheme:${SCHEMES[scheme]}` : ''}}`);
  addClasses(sheet, classes, complain);
  setVariables(sheet, variables, complain);
  // Behind the chat's own, which it refines.
  root.adoptedStyleSheets = [...others, sheet];
  const told = complaints.join('; ');
  if (told && told !== before.told) console.warn(`whop-chat: not all of the appearance can be used: ${told}.`);
  applied.set(root, { sheet, told });
};
