import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';
export { startServers, launch, onCreatorSite, asUser, post };
export const SHOT = '/tmp/review/shots';
export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
export async function open(v) { await v.chat.log.getByRole('article').first().waitFor(); await v.chat.composer.waitFor(); await sleep(600); await v.chat.place.getByRole('button', { name: 'Search messages' }).click(); const field = v.chat.place.getByRole('searchbox'); await field.waitFor(); return field; }
export const state = (page) => page.evaluate(() => {
  const { shadowRoot: r } = document.querySelector('[data-whop-chat-channel-id]');
  const t = (s) => r.querySelector(s)?.textContent ?? null;
  const cur = r.querySelector('[data-current]'); const sc = r.querySelector('.scroller')?.getBoundingClientRect();
  const ranges = (n) => [...(CSS.highlights.get(n) ?? [])].map(String);
  const first = [...(CSS.highlights.get('whop-chat-current') ?? [])];
  const vis = first.filter((x) => { const b = x.getBoundingClientRect(); return b.height && b.top >= sc.top - 1 && b.bottom <= sc.bottom + 1; }).length;
  return { count: t('.find-count'), line: t('.find-line'), spoken: t('[aria-live=polite]'), cur: cur?.innerText.slice(0, 160), curVisibleMarks: vis, curMarks: ranges('whop-chat-current').slice(0, 12), marks: ranges('whop-chat-match').length, rows: r.querySelectorAll('.item').length, focus: r.activeElement && (r.activeElement.className || r.activeElement.localName) };
});
