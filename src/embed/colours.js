// From palettes to the tokens of `style/tokens.css`, so that everything that is written can be read (WCAG 2.2 AA). A step
// that is too faint on the grounds where the style sheets write it is mixed with black or white, a percent at a time, until
// it is not. Pure: no page, no browser.
import { PALETTES } from './palettes.js';

/** The scales that an accent can be. */
export const ACCENTS = Object.keys(PALETTES).filter((name) => !['mauve', 'slate', 'sage', 'olive', 'sand'].includes(name));
/** The scales that neutral grounds and texts can be. */
export const GRAYS = ['gray', 'mauve', 'slate', 'sage', 'olive', 'sand'];

/** What text has to have (1.4.3). */
const READABLE = 4.5;
const WHITE = '#ffffff';
const BLACK = '#000000';
// Bright accents have dark text on them, as in frosted-ui; all others have white.
const DARK_TEXT = {
  yellow: '#21201c', amber: '#21201c', sky: '#1c2024', mint: '#1a211e', lime: '#162715', lemon: '#20240d', magenta: '#141212',
};
const MATCHING_GRAY = {
  mauve: ['tomato', 'red', 'ruby', 'crimson', 'pink', 'plum', 'purple', 'violet'],
  slate: ['sky', 'cyan'],
  sage: ['teal', 'jade', 'mint', 'green'],
  olive: ['grass'],
  sand: ['yellow', 'amber', 'brown', 'gold', 'bronze'],
};
// As in tokens.css, which a test compares.
const MODES = [
  { index: 0, away: BLACK, surface: WHITE, float: WHITE, found: '#fff3c4', veil: [BLACK, 18 / 255] },
  { index: 1, away: WHITE, found: '#3a3212', veil: [WHITE, 20 / 255] },
];

const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const light = (colour) => {
  const [red, green, blue] = parts(colour).map((part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** How much two colours, written `#rrggbb`, differ in light: from 1 to 21. */
export const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

/** A colour with so much, from 0 to 1, of another one over it. */
export const mix = (colour, other, share) => {
  const over = parts(other);
  const mixed = parts(colour).map((part, at) => Math.round(part + (over[at] - part) * share));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
};

/** The colour, or the first on its way to black or white that differs enough from all of those. */
const fit = (colour, others, away) => {
  for (let percent = 0; percent < 100; percent++) {
    const mixed = mix(colour, away, percent / 100);
    if (others.every((other) => contrast(mixed, other) >= READABLE)) return mixed;
  }
  return away;
};

const stepsOf = (name, { index }) => ['', ...PALETTES[name][index].split(' ').map((step) => `#${step}`)];

/** All that texts of a scale may be written on, besides its own steps 3 and 4: neutral grounds, pointed at or not, and what was found. */
const groundsOf = (gray, { surface = gray[1], float = gray[3], found, veil }) => {
  const plain = [gray[1], gray[2], gray[3], surface, float];
  return [...plain, gray[4], found, ...plain.map((ground) => mix(ground, ...veil))];
};

const scaleIn = (name, mode, grounds) => {
  const steps = stepsOf(name, mode);
  steps[11] = fit(steps[11], [...grounds, steps[3], steps[4]], mode.away);
  return steps;
};

/** Steps 9 and 10 so that a text can stand on them, and how it is written there. */
const solid = (name, steps) => {
  const text = DARK_TEXT[name] ?? WHITE;
  const away = text === WHITE ? BLACK : WHITE;
  steps[9] = fit(steps[9], [text], away);
  if (contrast(steps[10], text) < READABLE) steps[10] = mix(steps[9], away, 0.1);
  let soft = 18;
  while (soft && contrast(mix(text, steps[9], soft / 100), steps[9]) < READABLE) soft--;
  return { contrast: text, 'contrast-soft': mix(text, steps[9], soft / 100), inset: text === WHITE ? '#00000024' : '#ffffff4d' };
};

/** The tokens of a theme by their names, each as [light, dark]. */
export const tokensOf = ({
  accentColor = 'blue', grayColor = 'auto', dangerColor = 'red', warningColor = 'amber', successColor = 'green', infoColor = 'sky',
} = {}) => {
  const matching = Object.keys(MATCHING_GRAY).find((gray) => MATCHING_GRAY[gray].includes(accentColor));
  const neutral = grayColor === 'auto' ? matching ?? 'gray' : grayColor;
  const tokens = new Map();
  for (const mode of MODES) {
    const set = (name, value) => tokens.set(name, [...tokens.get(name) ?? [], value]);
    const grounds = groundsOf(stepsOf(neutral, mode), mode);
    const scales = {
      gray: neutral, accent: accentColor, danger: dangerColor, warning: warningColor, success: successColor, info: infoColor,
    };
    for (const [role, name] of Object.entries(scales)) {
      const steps = scaleIn(name, mode, grounds);
      // Of the others no step 9 has text on it.
      const onSolid = role === 'accent' ? solid(name, steps) : {};
      for (let step = 1; step <= 12; step++) set(`--${role}-${step}`, steps[step]);
      for (const [what, value] of Object.entries(onSolid)) set(`--${role}-9-${what}`, value);
    }
  }
  return tokens;
};
