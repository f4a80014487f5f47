// What an app and the Whop page around it say to each other: the part of `@whop/iframe` 0.0.6 that a chat needs. That these
// types are that package's is checked by the compiler (tests/types), and every value from outside is checked here.

/**
 * The colours of the page around: light or dark, and names of palettes.
 * @typedef {{
 *   appearance?: 'light' | 'dark',
 *   accentColor?: string,
 *   grayColor?: string,
 *   dangerColor?: string,
 *   warningColor?: string,
 *   successColor?: string,
 *   infoColor?: string,
 * }} ColorTheme
 */

/**
 * Where in Whop the app is.
 * @typedef {{
 *   companyRoute: string,
 *   experienceRoute: string,
 *   experienceId: string,
 *   viewType: 'app' | 'admin' | 'analytics' | 'preview',
 *   baseHref: string,
 *   fullHref: string,
 * }} TopLevelUrl
 */

/**
 * What the app asks, and what it is answered.
 * @typedef {{
 *   getColorTheme: { request: undefined, answer: ColorTheme },
 *   getTopLevelUrlData: { request: {}, answer: TopLevelUrl },
 *   openExternalUrl: { request: { url: string, newTab?: boolean }, answer: 'ok' },
 *   onHrefChange: { request: { href: string }, answer: 'ok' },
 *   markExperienceRead: { request: { experienceId: string }, answer: 'ok' },
 *   performHaptic: {
 *     request: { type: 'selection' | 'impact' | 'notification', style: 'light' | 'medium' | 'heavy' },
 *     answer: 'ok',
 *   },
 * }} Questions
 */

/**
 * What Whop tells the app, and what it answers.
 * @typedef {{
 *   appPing: { request: 'app_ping', answer: 'app_pong' },
 *   onColorThemeChange: { request: ColorTheme, answer: void },
 * }} Tellings
 */

/** Who says it, in each message. */
export const WHOP = 'app_whop';
/** What all messages of that package have. */
export const TAG = 'typed-transport';

const COLORS = /** @type {const} */ (['accentColor', 'grayColor', 'dangerColor', 'warningColor', 'successColor', 'infoColor']);
const VIEWS = /** @type {const} */ (['app', 'admin', 'analytics', 'preview']);
/** What the name of a palette looks like; what it names is known to who paints with it. */
const PALETTE = /^[a-z]{1,20}$/;

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export const isRecord = (value) => typeof value === 'object' && value !== null;

/** @param {unknown} value */
const okay = (value) => (value === 'ok' ? value : undefined);

/**
 * @param {unknown} value
 * @returns {ColorTheme | undefined}
 */
function colorTheme(value) {
  if (!isRecord(value)) return undefined;
  const { appearance } = value;
  if (appearance !== undefined && appearance !== 'light' && appearance !== 'dark') return undefined;
  /** @type {ColorTheme} */
  const theme = appearance ? { appearance } : {};
  for (const name of COLORS) {
    const color = value[name];
    if (color === undefined) continue;
    if (typeof color !== 'string') return undefined;
    if (PALETTE.test(color)) theme[name] = color;
  }
  return theme;
}

/**
 * @param {unknown} value
 * @returns {TopLevelUrl | undefined}
 */
function topLevelUrl(value) {
  if (!isRecord(value)) return undefined;
  const { companyRoute, experienceRoute, experienceId, baseHref, fullHref } = value;
  const viewType = VIEWS.find((view) => view === value.viewType);
  if (!viewType || typeof companyRoute !== 'string' || typeof experienceRoute !== 'string') return undefined;
  if (typeof experienceId !== 'string' || typeof baseHref !== 'string' || typeof fullHref !== 'string') return undefined;
  return { companyRoute, experienceRoute, experienceId, viewType, baseHref, fullHref };
}

/**
 * Reads what came as the answer to a question; `undefined` where it is none.
 * @type {{ [Name in keyof Questions]: (value: unknown) => Questions[Name]['answer'] | undefined }}
 */
export const ANSWERS = {
  getColorTheme: colorTheme,
  getTopLevelUrlData: topLevelUrl,
  openExternalUrl: okay,
  onHrefChange: okay,
  markExperienceRead: okay,
  performHaptic: okay,
};

/**
 * Reads what came with a telling; `undefined` where it makes no sense.
 * @type {{ [Name in keyof Tellings]: (value: unknown) => Tellings[Name]['request'] | undefined }}
 */
export const TELLINGS = {
  appPing: (value) => (value === 'app_ping' ? value : undefined),
  onColorThemeChange: colorTheme,
};
