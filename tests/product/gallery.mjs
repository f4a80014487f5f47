// Makes the pictures of docs/theming.md: `node tests/product/gallery.mjs`, after `cargo xtask build`. What is on them is said
// by people of the sandbox's, so that they can be made anew whenever the look changes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';
import { asUser, post } from './support/whop.mjs';

const CHANNEL = 'chat_feed_quiet';
const folder = new URL('../../docs/pictures/', import.meta.url);

/** A short afternoon of a community. */
async function talk(sandbox) {
  const say = (user, content, more) => post(sandbox, user, CHANNEL, content, more);
  const react = (user, { id }, emoji) => asUser(sandbox, user, 'POST', '/reactions', { resource_id: id, emoji });
  await say('user_olivia', 'Morning all! The **darkroom session** is on Saturday, bring one roll.');
  const tip = await say('user_bob', 'Try `HC-110` at 1:31, the grain is lovely. I wrote it up in [the guide](https://example.com/guide).');
  for (const [user, emoji] of [['user_ada', ':heart:'], ['user_chen', ':heart:'], ['user_noor', ':fire:'], ['user_sofia', ':fire:'], ['user_chen', ':fire:']]) await react(user, tip, emoji);
  await say('user_ada', 'That looks so good! How long did you develop?', { replying_to_message_id: tip.id });
  await say('user_bob', '6 minutes at 20 °C');
  const poll = await say('user_fatima', 'Which film shall we order?', { poll: { options: [{ id: '1', text: 'HP5 Plus' }, { id: '2', text: 'Portra 400' }] } });
  for (const [user, option] of [['user_ada', '1'], ['user_bob', '1'], ['user_chen', '2']]) {
    await asUser(sandbox, user, 'POST', '/reactions', { resource_id: poll.id, poll_option_id: option });
  }
  const mine = await say('user_ada', 'HP5, always. @bob saves me a seat?');
  await react('user_bob', mine, ':thumbsup:');
  await say('user_ada', 'See you Saturday 🎞️');
}

/** The chat alone, in that look, as the bytes of a picture. */
async function picture(browser, servers, module, { width, height, style, scale = 1, ...theme }) {
  const { page, chat, context } = await onCreatorSite(browser, servers, {
    user: 'user_ada', channel: CHANNEL, query: `&style=${style}&theme=${theme.appearance}`, options: { deviceScaleFactor: scale, viewport: { width: 1_400, height: 900 } },
  });
  await chat.message('See you Saturday 🎞️').waitFor();
  // The widget has taken over what was painted.
  await servers.sandbox.sockets({ server: 1 });
  const host = page.locator('[data-whop-chat-channel-id]');
  await host.evaluate(async (host, [module, theme, width, height]) => {
    Object.assign(host.style, { position: 'fixed', inset: '0 auto auto 0', zIndex: 9, inlineSize: `${width}px`, blockSize: `${height}px`, border: '0', borderRadius: '0' });
    const { apply } = await import(module);
    apply(host.shadowRoot, { theme });
  }, [module, theme, width, height]);
  await page.mouse.move(width + 100, height / 2);
  await host.evaluate(async (host) => {
    await Promise.all(host.shadowRoot.getAnimations().map((animation) => animation.finished.catch(() => {})));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
  const bytes = await host.screenshot();
  await context.close();
  return bytes;
}

/** Several beside one another. */
async function sheet(browser, pictures, { columns, width, gap = 12, ground = '#8d8d8d' }) {
  const page = await browser.newPage({ viewport: { width: 100, height: 100 } });
  const images = pictures.map((bytes) => `<img src="data:image/png;base64,${bytes.toString('base64')}" style="width:${width}px;display:block;border-radius:8px">`);
  await page.setContent(`<body style="margin:0"><div style="display:inline-grid;grid-template-columns:repeat(${columns},${width}px);gap:${gap}px;padding:${gap}px;background:${ground}">${images.join('')}</div>`);
  const bytes = await page.locator('div').screenshot();
  await page.close();
  return bytes;
}

const [servers, browser] = await Promise.all([startServers({ messages: 0 }), launch()]);
try {
  const manifest = await (await fetch(`${servers.proxy.url}/embed/manifest.json`)).json();
  const module = `${servers.proxy.url}/embed/${manifest.files.appearance.file}`;
  await talk(servers.sandbox);
  mkdirSync(folder, { recursive: true });
  const save = (name, bytes) => {
    writeFileSync(new URL(name, folder), bytes);
    console.log(`${name}: ${(bytes.length / 1000).toFixed(0)} kB`);
  };
  const all = async (looks) => {
    const pictures = [];
    for (const look of looks) pictures.push(await picture(browser, servers, module, look));
    return pictures;
  };
  const narrow = { width: 360, height: 520, style: 'imessage' };
  save('themes-accents.png', await sheet(browser, await all([
    { ...narrow, appearance: 'light', accentColor: 'ruby' }, { ...narrow, appearance: 'light', accentColor: 'jade' }, { ...narrow, appearance: 'light', accentColor: 'amber' },
    { ...narrow, appearance: 'dark', accentColor: 'iris' }, { ...narrow, appearance: 'dark', accentColor: 'lime' }, { ...narrow, appearance: 'dark', accentColor: 'gray' },
  ]), { columns: 3, width: 270 }));
  save('themes-styles.png', await sheet(browser, await all([
    { ...narrow, appearance: 'light', accentColor: 'blue' }, { ...narrow, appearance: 'light', accentColor: 'blue', style: 'discord' },
    { ...narrow, appearance: 'dark', accentColor: 'blue', grayColor: 'slate' }, { ...narrow, appearance: 'dark', accentColor: 'blue', grayColor: 'slate', style: 'discord' },
  ]), { columns: 4, width: 270 }));
  const wide = { width: 1_200, height: 640 };
  save('themes-wide-light.png', (await all([{ ...wide, style: 'discord', appearance: 'light', accentColor: 'orange' }]))[0]);
  save('themes-wide-dark.png', (await all([{ ...wide, style: 'imessage', appearance: 'dark', accentColor: 'violet' }]))[0]);
} finally {
  await browser.close();
  await servers.stop();
}
