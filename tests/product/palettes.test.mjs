// A5: what is written can be read in each of the 28 accents on each of the 6 grays, in the light and in the dark: every pair
// of text and ground that the style sheets make, reckoned from the tokens of the built widget. No browser; what a browser
// makes of some of them is in appearance.test.mjs.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const built = process.env.ASSETS_DIR ?? join(root, 'dist/embed');
const manifest = JSON.parse(readFileSync(join(built, 'manifest.json'), 'utf8'));
const module = readFileSync(join(built, manifest.files.appearance.file), 'utf8');
const { ACCENTS, contrast, GRAYS, mix, tokensOf } = await import(`data:text/javascript,${encodeURIComponent(module)}`);

const styles = ['style', 'src/embed'].flatMap((folder) => readdirSync(join(root, folder))
  // The launcher has a root of its own, where no tokens are.
  .filter((name) => name.endsWith('.css') && name !== 'launcher.css')
  .map((name) => [name, readFileSync(join(root, folder, name), 'utf8').replaceAll(/\/\*.*?\*\//gs, '')]));
const sheet = (name) => styles.find(([each]) => each === name)[1];

/** What `tokens.css` says of each colour, as [light, dark]. */
const declared = new Map([...sheet('tokens.css').matchAll(/(--[a-z0-9-]+): ([^;]+);/g)].map(([, name, value]) => {
  const [, light, dark] = /^light-dark\(([^,]+), (.+)\)$/.exec(value) ?? [];
  return [name, light ? [light, dark] : [value, value]];
}));

/** What a token is in a theme, in the light (0) or the dark (1). */
const reader = (theme, mode) => {
  const tokens = new Map([...declared, ...tokensOf(theme)]);
  return function read(name) {
    if (name.startsWith('#')) return name;
    const value = (tokens.get(name) ?? assert.fail(`no token ${name}`))[mode];
    return value.startsWith('var(') ? read(value.slice(4, -1)) : value;
  };
};

/** The colour of grounds one over another, the upper ones first. */
const ground = (read, stack) => stack.map(read).reduceRight((below, above) => (
  above.length === 9 ? mix(below, above.slice(0, 7), parseInt(above.slice(7), 16) / 255) : above), '#ffffff');

const NEUTRAL = [
  '--gray-1', '--gray-2', '--gray-3', '--gray-4', '--surface', '--float', '--highlight',
  ['--gray-a2', '--gray-1'], ['--gray-a3', '--gray-1'], ['--gray-a3', '--gray-2'], ['--gray-a3', '--gray-3'], ['--gray-a3', '--float'],
];
const OWN = ['--accent-9', ['--accent-9-inset', '--accent-9']];
const PICTURE = [['--media-shade', '#ffffff'], '--media-ground', ['--media-hover', '--media-ground']];
/** What is written, on what, and how far the two have to be apart. */
const PAIRS = [
  ['--gray-12', [...NEUTRAL, '--accent-3', '--accent-4', '--danger-3', ['--gray-a3', '--danger-3']], 4.5],
  ['--gray-11', NEUTRAL, 4.5],
  ['--accent-11', [...NEUTRAL, '--accent-3', '--accent-4'], 4.5],
  ['--danger-11', [...NEUTRAL, '--danger-3'], 4.5],
  ['--warning-11', [...NEUTRAL, '--warning-3'], 4.5],
  ['--success-11', [...NEUTRAL, '--success-3'], 4.5],
  ['--info-11', [...NEUTRAL, '--info-3'], 4.5],
  ['--accent-9-contrast', [...OWN, '--accent-10'], 4.5],
  ['--accent-9-contrast-soft', OWN, 4.5],
  ['--gray-1', ['--gray-12'], 4.5],
  ['--media-text', PICTURE, 4.5],
  ['#202020', ['#ffe38a', '--match-current'], 4.5],
  ...Array.from({ length: 8 }, (_, at) => [`--tint-${at}`, [`--tint-${at}-soft`], 4.5]),
  // A poll's empty ticks, and what has the focus (`--accent-11`, above, is more than that).
  ['--gray-10', ['--surface', '--gray-4'], 3],
];

for (const gray of GRAYS) {
  test(`A5: every accent on ${gray} can be read, light and dark`, () => {
    const bad = [];
    for (const accentColor of ACCENTS) {
      for (const mode of [0, 1]) {
        const read = reader({ accentColor, grayColor: gray }, mode);
        for (const [text, grounds, least] of PAIRS) {
          for (const stack of grounds) {
            const ratio = contrast(read(text), ground(read, [stack].flat()));
            if (ratio < least) bad.push(`${accentColor} ${mode ? 'dark' : 'light'}: ${text} on ${stack} ${ratio.toFixed(2)}`);
          }
        }
      }
    }
    assert.deepEqual(bad, []);
  });
}

test('A5: the colours of danger, warning, success and info can be read, light and dark', () => {
  const bad = [];
  const choices = {
    dangerColor: ['ruby', 'red', 'tomato'], warningColor: ['yellow', 'amber'], successColor: ['green', 'teal', 'jade', 'grass'], infoColor: ['sky', 'blue'],
  };
  for (const [name, values] of Object.entries(choices)) {
    for (const value of values) {
      for (const grayColor of GRAYS) {
        for (const mode of [0, 1]) {
          const read = reader({ [name]: value, grayColor }, mode);
          for (const [text, grounds, least] of PAIRS) {
            for (const stack of grounds) if (contrast(read(text), ground(read, [stack].flat())) < least) bad.push(`${value} on ${grayColor}, ${mode}: ${text} on ${stack}`);
          }
        }
      }
    }
  }
  assert.deepEqual(bad, []);
});

test('the pairs are those of the style sheets: nobody writes in a colour, or on one, that is not reckoned with', () => {
  const texts = new Set(PAIRS.map(([text]) => text));
  const grounds = new Set(PAIRS.flatMap(([, grounds]) => grounds.flat()));
  // Other names of the same, and what has a shape but no words on it: a skeleton, a hidden spoiler, lines, dots, bars.
  const also = { color: ['--tool', '--tint', '--gray-9'], background: ['--tint-soft', '--gray-8', '--gray-6', '--danger-9', '--success-9', '--hover'] };
  const unknown = [];
  for (const [name, css] of styles) {
    for (const [, property, value] of css.matchAll(/[{;\s](color|background|background-color|outline-color): ([^;]+);/g)) {
      const isText = property === 'color';
      for (const [token] of value.matchAll(/--[a-z0-9-]+/g)) {
        if (token.startsWith('--blur') || token === '--link') continue;
        const isKnown = isText || property === 'outline-color' ? texts.has(token) || also.color.includes(token) : grounds.has(token) || also.background.includes(token);
        if (!isKnown) unknown.push(`${name}: ${property}: ${value}`);
      }
    }
  }
  assert.deepEqual(unknown, []);
});

test('E4: colours are written in tokens.css and nowhere else', () => {
  const named = 'white|black|red|green|blue|yellow|orange|gray|grey|silver|purple|pink|brown';
  const literal = new RegExp(`#[0-9a-f]{3,8}\\b|\\b(?:rgba?|hsla?|hwb|oklch|oklab|lch|lab|color|color-mix)\\(|(?<![-\\w])(?:${named})(?![-\\w])`, 'gi');
  const found = styles.filter(([name]) => name !== 'tokens.css').flatMap(([name, css]) => [...css.matchAll(literal)].map(([text]) => `${name}: ${text}`));
  assert.deepEqual(found, []);
});

test('tokens.css has the colours of the default theme, and a token for all that is used', () => {
  const expected = [...tokensOf()].filter(([name]) => declared.has(name));
  assert.ok(expected.length > 30, `${expected.length}`);
  assert.deepEqual(expected.map(([name]) => [name, declared.get(name)]), expected);
  // Set by components, for what is in them, and by a launcher for its chat.
  const local = /^--(whop-chat-header-room|tool|link|link-underline|hover|tint|tint-soft|blur-[1-4]|width|ratio|share|x|y|percent)$/;
  const missing = styles.flatMap(([name, css]) => [...css.matchAll(/var\((--[a-z0-9-]+)/g)].map(([, token]) => token)
    .filter((token) => !declared.has(token) && !local.test(token)).map((token) => `${name}: ${token}`));
  assert.deepEqual(missing, []);
});

test('a step 9 that text can be read on stays as it was published, and grays follow their accent', () => {
  assert.equal(ACCENTS.length, 28);
  assert.deepEqual(tokensOf({ accentColor: 'iris' }).get('--accent-9'), ['#5b5bd6', '#5b5bd6']);
  assert.deepEqual(tokensOf({ accentColor: 'amber' }).get('--accent-9'), ['#ffc53d', '#ffc53d']);
  assert.deepEqual(tokensOf({ accentColor: 'amber' }).get('--accent-9-contrast'), ['#21201c', '#21201c']);
  assert.notDeepEqual(tokensOf({ accentColor: 'ruby' }).get('--accent-9'), ['#e54666', '#e54666'], 'white on it is 3.9');
  assert.deepEqual(tokensOf({ accentColor: 'ruby' }).get('--gray-1'), tokensOf({ grayColor: 'mauve' }).get('--gray-1'));
  assert.deepEqual(tokensOf({ accentColor: 'ruby', grayColor: 'sand' }).get('--gray-1'), tokensOf({ grayColor: 'sand' }).get('--gray-1'));
});
