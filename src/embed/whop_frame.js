// Inside Whop: a widget on a page that whop.com or its mobile app shows. Its colours are Whop's, Whop follows its links, and
// learns what was read. The loader loads this only where Whop may be around, and waits for nothing of it.
import { isFor, messageIn, showAddress, watchAddress } from './whop_frame/address.js';
import { feel } from './whop_frame/haptics.js';
import { openLine } from './whop_frame/line.js';
import { followLinks } from './whop_frame/links.js';
import { tellRead } from './whop_frame/reading.js';

/** @typedef {import('./whop_frame/line.js').Line} Line */
/** @typedef {import('./whop_frame/protocol.js').ColorTheme} ColorTheme */
/** @typedef {import('./whop_frame/protocol.js').TopLevelUrl} TopLevelUrl */

/**
 * A widget, as far as Whop is concerned.
 * @typedef {object} Guest
 * @property {string} [experienceId] The experience that it shows, where the page says so.
 * @property {boolean} [isPlaced] The page itself says where it begins.
 * @property {(theme: ColorTheme) => void} onTheme Whop's colours are these now.
 * @property {(messageId: string) => void} onMessage An address leads to that message.
 */

/**
 * What the widgets of one app share.
 * @typedef {{ line: Line, guests: Set<Guest>, theme?: ColorTheme, place: Promise<TopLevelUrl | undefined> }} Visit
 */

/** Whop's page may listen later than this one asks, in milliseconds. */
const AGAIN = [150, 500, 1_500, 4_000, 10_000];
const PATIENCE = 20_000;

/** @type {Map<string, Visit>} */
const visits = new Map();
/** The message that the first address named; who comes back to the same page is not led there again. */
let followed = '';

/**
 * @param {string} appId
 * @param {string[]} origins
 * @returns {Visit}
 */
function begin(appId, origins) {
  /** @type {Set<Guest>} */
  const guests = new Set();
  /** @param {ColorTheme} theme */
  const onTheme = (theme) => {
    // What Whop leaves out is as it was.
    visit.theme = { ...visit.theme, ...theme };
    for (const guest of guests) guest.onTheme(visit.theme);
  };
  const line = openLine({ appId, origins, told: { appPing: () => 'app_pong', onColorThemeChange: onTheme } });
  // What Whop told meanwhile is newer.
  line.ask('getColorTheme', undefined, { patience: PATIENCE, again: AGAIN }).then((theme) => visit.theme || onTheme(theme), () => {});
  const place = line.ask('getTopLevelUrlData', {}, { patience: PATIENCE, again: AGAIN }).catch(() => undefined);
  /** @type {Visit} */
  const visit = { line, guests, place };
  showAddress(line);
  watchAddress((href, before) => {
    showAddress(line);
    if (messageIn(href) === messageIn(before)) return;
    for (const guest of guests) lead(guest, href);
  }, line.signal);
  return visit;
}

/**
 * Leads to the message that an address names, if it names one for that widget.
 * @param {Guest} guest
 * @param {string} href
 * @param {string} [except]
 */
function lead(guest, href, except) {
  const message = messageIn(href);
  if (!message || message === except || !isFor(href, guest.experienceId)) return undefined;
  guest.onMessage(message);
  return message;
}

/**
 * Makes a widget Whop's guest, and answers how it leaves again.
 * @param {HTMLElement} element The widget's element, which says what happens in the widget by its events.
 * @param {Guest & { appId: string, origins: string[] }} options `origins`: who may be around this page, exactly.
 * @returns {() => void}
 */
export function enter(element, { appId, origins, ...guest }) {
  const visit = visits.get(appId) ?? begin(appId, origins);
  visits.set(appId, visit);
  const { line, guests, place } = visit;
  guests.add(guest);
  const gone = new AbortController();
  const { signal } = gone;

  if (visit.theme) guest.onTheme(visit.theme);
  followLinks(element, line, (origin) => origins.includes(origin), signal);
  feel(element, line, signal);
  const experience = guest.experienceId ? Promise.resolve(guest.experienceId) : place.then((data) => data?.experienceId);
  tellRead(element, line, experience, signal);

  if (!guest.isPlaced) {
    const already = followed;
    const own = lead(guest, location.href, already);
    followed = own ?? followed;
    if (!own) place.then((data) => {
      if (!data || signal.aborted || (guest.experienceId && data.experienceId !== guest.experienceId)) return;
      followed = lead(guest, data.fullHref, already) ?? followed;
    });
  }

  return () => {
    gone.abort();
    guests.delete(guest);
    if (guests.size) return;
    line.close();
    visits.delete(appId);
  };
}
