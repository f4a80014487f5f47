// Which language a widget speaks, and what the scripts themselves say in it. The rest is the widget's: `crates/strings`.
import { chat_failed, chat_stopped, live_failed, reload, retry, sign_in, sign_out } from '../../crates/strings/catalogs/en.json';
import { strings } from './files.js';

const LANGUAGES = 'en es zh nl pt de it fr ja pl tr'.split(' ');
/** For who speaks none of the languages, and for as long as nobody knows. In the order of the first lines behind a language's code. */
export const ENGLISH = { chat_failed, live_failed, chat_stopped, reload, retry, sign_in, sign_out };

const known = (locale) => {
  const [language] = locale.toLowerCase().split(/[-_]/);
  return LANGUAGES.includes(language) && language;
};

/** The locale of who has named none: the page's, else the visitor's. */
export const defaultLocale = () => document.documentElement.lang || navigator.languages.find(known) || navigator.language;

/** All that the widget says in a locale's language; in English where that can't be had. */
export const textIn = (locale = defaultLocale()) => {
  const language = known(locale) || 'en';
  return language === 'en' ? strings('en') : strings(language).catch(() => strings('en'));
};

/** The scripts' own share of it. */
export const wordsOf = (text) => {
  const lines = text.split('\n');
  return Object.fromEntries(Object.keys(ENGLISH).map((key, at) => [key, lines[at + 1]]));
};

/** Whether the chrome of a widget runs from right to left: where the page does around it, or the locale. */
export const isRtl = (host, locale) =>
  /^(ar|dv|fa|he|ps|sd|ug|ur|yi)(?![a-z])/i.test(locale) || getComputedStyle(host).direction === 'rtl';
