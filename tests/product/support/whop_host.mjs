// whop.com played by the host that `@whop/iframe` has for it, in the place of the sandbox's own bridge.

import { readFile } from 'node:fs/promises';
import { APP_ID } from '../../support/servers.mjs';
import { until } from '../../support/until.mjs';
import { insideWhop } from './browser.mjs';

const installed = new URL('../../node_modules/', import.meta.url);
const FILES = {
  '/_host/package/host.mjs': '@whop/iframe/dist/host.mjs',
  '/_host/package/chunk-GGYRRAPI.mjs': '@whop/iframe/dist/chunk-GGYRRAPI.mjs',
  '/_host/package/zod.mjs': 'zod/lib/index.mjs',
};
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** What a host answers, unless a test has something else in mind. A question that is not here is not answered. */
const ANSWERS = {
  getColorTheme: () => ({ appearance: 'light' }),
  getTopLevelUrlData: () => ({
    companyRoute: 'northlight-studio', experienceRoute: 'quiet-room', experienceId: 'exp_quiet', viewType: 'app',
    baseHref: location.origin, fullHref: location.href,
  }),
  openExternalUrl: () => 'ok',
  onHrefChange: () => 'ok',
  markExperienceRead: () => 'ok',
  performHaptic: () => 'ok',
};

/** The host page's script. `answers` are functions that run there. */
const bridge = (answers) => `
import { createSdkHost } from '/_host/package/host.mjs';
const frame = document.querySelector('iframe');
const answers = { ${Object.entries(answers).filter(([, answer]) => answer).map(([name, answer]) => `${name}: ${answer}`)} };
window.asked = [];
const heard = (name, answer) => (request) => { window.asked.push([name, request]); return answer(request); };
window.host = createSdkHost({
  appId: frame.dataset.appId,
  remoteWindow: frame.contentWindow,
  remoteOrigin: frame.dataset.appOrigin,
  onMessage: Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, heard(name, answer)])),
});`;

/** Serves that page what it imports: the package as it is published, but for the name that it imports zod by. */
async function furnish(context, script) {
  await context.route('**/_host/bridge.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
  await context.route('**/_host/package/*', async (route) => {
    const file = FILES[new URL(route.request().url()).pathname];
    const source = await readFile(new URL(file, installed), 'utf8');
    await route.fulfill({ contentType: 'text/javascript', body: source.replaceAll('from "zod"', 'from "/_host/package/zod.mjs"') });
  });
}

/** Notes, in each frame, every theme that the chat was ever painted in, and who still waits or listens for what. */
function watch() {
  const { setTimeout, clearTimeout, addEventListener } = window;
  const writer = () => new Error().stack;
  window.timers = new Map();
  window.setTimeout = (work, ...rest) => {
    const id = setTimeout(() => { window.timers.delete(id); work(); }, ...rest);
    window.timers.set(id, writer());
    return id;
  };
  window.clearTimeout = (id) => { window.timers.delete(id); clearTimeout(id); };
  window.listeners = [];
  window.addEventListener = (name, listener, options) => {
    if (options?.signal) window.listeners.push({ name, signal: options.signal, writer: writer() });
    addEventListener.call(window, name, listener, options);
  };
  window.themes = [];
  const look = () => {
    const element = document.querySelector('[data-whop-chat-experience-id],[data-whop-chat-channel-id]');
    const theme = element?.shadowRoot?.querySelector('.chat')?.dataset.theme;
    if (theme && theme !== window.themes.at(-1)) window.themes.push(theme);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/**
 * Opens the chat inside whop.com. `answers`: what the package's host answers, besides or instead of the usual; `script`: the
 * host page's whole script instead; `own`: the sandbox's own bridge. `phone`: with fingers.
 */
export async function openInside(browser, servers, { experience = 'exp_quiet', user = 'user_ada', path, answers, script, own, phone } = {}) {
  const prepare = async (context) => {
    await context.addInitScript(watch);
    if (!own) await furnish(context, script ?? bridge({ ...ANSWERS, ...answers }));
  };
  const query = path ? `${experience}&path=${encodeURIComponent(path)}` : experience;
  const options = { colorScheme: 'light', ...phone && PHONE };
  const visitor = await insideWhop(browser, servers, { user, experience: query, options, prepare });
  const { page, context } = visitor;
  const frame = await until(() => page.frames().find((one) => one.url().startsWith(servers.sandbox.app)), 'the app is in the frame');
  const element = frame.locator('[data-whop-chat-experience-id]');
  return {
    ...visitor,
    frame,
    element,
    /** What the host was asked, of that name. */
    asked: (name) => page.evaluate((name) => window.asked.filter(([own]) => own === name).map(([, request]) => request), name),
    /** Waits until the chat is painted in that theme. */
    theme: (wanted) => until(async () => (await frame.evaluate(() => window.themes.at(-1))) === wanted, `the theme is ${wanted}`),
    /** Every theme that it was painted in. */
    themes: () => frame.evaluate(() => window.themes),
    /** Says something to the app, as the host page's window. */
    say: (...messages) => page.evaluate(([messages, app]) => {
      for (const message of messages) document.querySelector('iframe').contentWindow.postMessage(message, app);
    }, [messages, servers.sandbox.app]),
    close: () => context.close(),
  };
}

/** What whop.com says to the app, with something wrong about it. */
export const telling = (data, change = {}) => ({
  libId: 'typed-transport', event: 'app_whop:onColorThemeChange:a1b2c3d4', data, senderAppId: 'app_whop', receiverAppId: APP_ID, ...change,
});
