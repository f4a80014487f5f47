// A page of the creator's without any chat in it, from which a test embeds one as it likes.

import { Chat } from './browser.mjs';

const DEMO = '[data-whop-chat-channel-id]';

/** `user` is who is signed in there; `prepare`: what is done with the page before its loader may come. */
export async function barePage(browser, servers, { user = 'user_ada', prepare = async () => {}, options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text());
  });
  // The demo's page, but its loader stays away until the test includes it.
  await page.route(/\/embed\/loader\.js$/, (route) => route.abort());
  await page.goto(`${servers.sandbox.creatorSite}/?user=${user}`);
  await page.evaluate((selector) => {
    const element = document.querySelector(selector);
    document.body.dataset.tokenUrl = element.getAttribute('data-whop-chat-token-url');
    document.body.replaceChildren();
    for (const script of document.scripts) script.remove();
  }, DEMO);
  await page.unroute(/\/embed\/loader\.js$/);
  await prepare(page);
  const loader = `${servers.proxy.url}/embed/loader.js`;
  /** Adds a chat with those attributes besides the visitor's token address: an assertion counts once. */
  const embed = (attributes, name = 'div') => page.evaluate(([attributes, name]) => {
    const element = document.createElement(name);
    const prefix = name === 'div' ? 'data-whop-chat-' : '';
    const all = { 'token-url': document.body.dataset.tokenUrl, ...attributes };
    for (const [key, value] of Object.entries(all)) element.setAttribute(`${prefix}${key}`, value);
    element.style.height = '300px';
    document.body.append(element);
  }, [attributes, name]);
  const include = (attributes = {}) => page.evaluate(([src, attributes]) => new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src, ...attributes });
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => reject(new Error('the loader did not come')));
    document.head.append(script);
  }), [loader, attributes]);
  return { page, context, problems, loader, embed, include, chat: new Chat(page) };
}
