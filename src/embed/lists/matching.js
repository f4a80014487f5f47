// What is found in a message. Letters are compared without case and accents, as readers look for them.

const MARKS = /\p{Mark}/gu;
/** How much of a message stands around what was found, in characters. */
const AROUND = 60;

/** A text as it is compared. */
export const fold = (text) => text.normalize('NFD').replace(MARKS, '').toLowerCase();

/** The words of a question; none where there is nothing to look for. */
export const wordsIn = (question) => fold(question).split(/\s+/).filter(Boolean);

// Folding may change how long a text is: each letter is folded by itself, and remembers where it stood.
const folded = (text) => {
  const places = [];
  let all = '';
  let at = 0;
  for (const letter of text) {
    const plain = fold(letter);
    for (let index = 0; index < plain.length; index += 1) places.push(at);
    all += plain;
    at += letter.length;
  }
  return { all, places: [...places, at] };
};

/** Markdown without its marks, on one line: what one sees of a message, roughly. */
export const plainOf = (content) => content
  .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
  .replace(/[*_~`|]{1,3}(?=\S)|(?<=\S)[*_~`|]{1,3}/g, '')
  .replace(/^\s*(?:[>#-]|\d+\.)\s+/gm, '')
  .replace(/\s+/g, ' ')
  .trim();

/**
 * Where a text has all the words: an excerpt around the first of them, in pieces `[text, isFound]`; nothing where one is
 * missing.
 */
export const found = (text, words) => {
  const { all, places } = folded(text);
  const ranges = [];
  for (const word of words) {
    const at = all.indexOf(word);
    if (at < 0) return undefined;
    for (let next = at; next >= 0; next = all.indexOf(word, next + word.length)) ranges.push([places[next], places[next + word.length]]);
  }
  ranges.sort(([one], [other]) => one - other);
  const start = Math.max(ranges[0][0] - AROUND / 2, 0);
  const end = Math.min(start + 3 * AROUND, text.length);
  const pieces = start > 0 ? [['…', false]] : [];
  let at = start;
  for (const [from, to] of ranges) {
    if (from < at || to > end) continue;
    pieces.push([text.slice(at, from), false], [text.slice(from, to), true]);
    at = to;
  }
  pieces.push([text.slice(at, end), false]);
  if (end < text.length) pieces.push(['…', false]);
  return pieces.filter(([piece]) => piece);
};
