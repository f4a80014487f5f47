// The npm package: what is in it, what bundlers make of it, and the plain copy of it from any server.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build, createServer } from 'vite';

import { freePort, startServers } from '../support/servers.mjs';
import { until } from '../support/until.mjs';
import { Chat, launch } from './support/browser.mjs';
import { laidOut, pack, project } from './support/npm_package.mjs';
import { html, startSite } from './support/site.mjs';

const CHANNEL = 'chat_feed_general';

let site, cdn, servers, browser, page, problems, developing;

const chatElement = (attributes) => `<div data-whop-chat-channel-id="${CHANNEL}" data-whop-chat-token-url="/chat-token" ${attributes} style="height: 400px"></div>`;
/** A module that shows the chat by JavaScript. */
const script = (from, options) => `
  import { loadWhopElements, WhopElementError, WhopElements } from ${JSON.stringify(from)};
  const elements = await loadWhopElements(${JSON.stringify(options)});
  window.facts = { isOne: elements instanceof WhopElements, errors: [] };
  const session = elements.createChatSession({
    token: async () => (await (await fetch('/chat-token')).json()).token,
  });
  const element = session.createElement('chat-element', { channelId: '${CHANNEL}' });
  element.on('error', (error) => window.facts.errors.push([error instanceof WhopElementError, error.code]));
  element.mount('#chat');
`;

before(async () => {
  [site, cdn, developing] = await Promise.all([startSite(), startSite({ anybody: true }), freePort()]);
  [servers, browser] = await Promise.all([startServers({ messages: 20, origins: [site.origin, `http://localhost:${developing}`] }), launch()]);
  site.secret = servers.assertionSecret;
  cdn.directory = join(laidOut, 'dist');
});

after(async () => {
  await browser?.close();
  await servers?.stop();
  site?.close();
  cdn?.close();
});

afterEach(async () => {
  Object.assign(site, { pages: {}, policy: undefined });
  await Promise.all(browser.contexts().map((context) => context.close()));
});

/** Opens it as a visitor. */
async function visit(address, prepare) {
  const context = await browser.newContext({ locale: 'en-US' });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
  prepare?.(page);
  await page.goto(address);
  return new Chat(page);
}

/** The chat shows its messages and takes one. */
async function works(chat, said) {
  await chat.log.getByRole('article').first().waitFor();
  await chat.say(said);
  await chat.message(said).waitFor();
  assert.deepEqual(problems, []);
}

test('what is packed is what is used, and nothing else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'whop-chat-pack-'));
  const { files } = await pack(directory).finally(() => rm(directory, { recursive: true }));
  const { files: assets } = JSON.parse(await readFile(join(laidOut, '../embed/manifest.json'), 'utf8'));
  const own = ['README.md', 'LICENSE-APACHE', 'LICENSE-MIT', 'package.json', 'types/index.d.ts', 'types/react.d.ts'];
  const loaders = ['dist/bundled.js', 'dist/loader.js', 'dist/loader.mjs'];
  const names = Object.values(assets).map(({ file }) => file);
  // Of each language there is also a module.
  const languages = names.filter((name) => /-[a-z]{2}\.txt$/.test(name));
  assert.equal(languages.length, 11);
  const modules = languages.map((name) => name.replace('.txt', '.js'));
  assert.deepEqual(files, [...own, ...loaders, ...[...names, ...modules].map((name) => `dist/${name}`)].sort());
  const { version } = JSON.parse(await readFile(join(laidOut, 'package.json'), 'utf8'));
  const workspace = await readFile(new URL('../../Cargo.toml', import.meta.url), 'utf8');
  assert.equal(version, /\[workspace\.package\]\nversion = "(.+)"/.exec(workspace)[1]);
  // Bundlers find every file by its name.
  const bundled = await readFile(join(laidOut, 'dist/bundled.js'), 'utf8');
  for (const name of [...names.filter((name) => !languages.includes(name)), ...modules]) assert.ok(bundled.includes(`./${name}`), name);
});

test('on a server it can be imported, and makes no elements', async () => {
  const module = await import(pathToFileURL(join(laidOut, 'dist/bundled.js')));
  assert.equal(await module.loadWhopElements({ origin: 'https://chat.example.com' }), null);
  assert.equal(new module.WhopElements().options.locale, 'en');
  assert.ok(new module.WhopElementError('NOT_FOUND') instanceof Error);
  assert.equal(globalThis.WhopElements, undefined);
});

test('E7: a page that Vite builds shows the chat in one language, also from a directory and under a strict policy', async () => {
  const { directory, remove } = await project({
    'index.html': html('<script type="module" src="./main.js"></script>', '<div id="chat"></div>'),
    'main.js': script('whop-chat', { origin: servers.proxy.url }),
  });
  try {
    const warnings = [];
    await build({
      root: directory, base: './', configFile: false, logLevel: 'silent',
      build: { target: 'es2022', rolldownOptions: { onwarn: ({ message }) => warnings.push(message) } },
    });
    assert.deepEqual(warnings, []);
    site.directory = directory;
    site.policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data: ${servers.sandbox.api}; connect-src 'self' ${servers.proxy.url} ${servers.proxy.url.replace('http', 'ws')}`;
    const asked = [];
    const answers = [];
    const chat = await visit(`${site.origin}/dist/index.html`, (page) => {
      page.on('request', (request) => asked.push(new URL(request.url())));
      page.on('response', (response) => { if (/html|javascript|text/.test(response.headers()['content-type'])) answers.push(response.text().catch(() => '')); });
    });
    await works(chat, 'Said in a built page');
    assert.deepEqual(asked.filter(({ origin, pathname }) => origin === servers.proxy.url && pathname.startsWith('/embed/')), []);
    assert.deepEqual(asked.filter(({ protocol, pathname }) => protocol === 'data:' && !pathname.startsWith(',')), [], 'nothing is written into the scripts');
    const texts = await Promise.all(answers);
    const spoken = async (language) => {
      const { retry } = JSON.parse(await readFile(new URL(`../../crates/strings/catalogs/${language}.json`, import.meta.url), 'utf8'));
      return texts.some((text) => text.includes(retry));
    };
    assert.deepEqual([await spoken('en'), await spoken('de'), await spoken('ja')], [true, false, false]);
    assert.deepEqual(await page.evaluate(() => window.facts), { isOne: true, errors: [] });
  } finally {
    await remove();
  }
});

test("Vite's development server shows the chat where it leaves the package alone", async () => {
  const { directory, remove } = await project({
    'index.html': html('<script type="module">import "whop-chat";</script>', chatElement(`data-whop-chat-origin="${servers.proxy.url}"`)),
  });
  const server = await createServer({
    root: directory, configFile: false, logLevel: 'silent', optimizeDeps: { exclude: ['whop-chat'] },
    server: { port: developing, strictPort: true, proxy: { '/chat-token': site.origin } },
  });
  try {
    await server.listen();
    await works(await visit(`http://localhost:${developing}/`), 'Said in development');
  } finally {
    await server.close();
    await remove();
  }
});

test('a plain copy on any server works unbundled, by a script tag and as a module', async () => {
  site.pages = {
    '/tag': html(`<script src="${cdn.origin}/loader.js" data-whop-chat-origin="${servers.proxy.url}" async></script>`, chatElement('')),
    '/module-tag': html(`<script src="${cdn.origin}/loader.js" type="module" data-whop-chat-origin="${servers.proxy.url}"></script>`, chatElement('')),
    '/own-tag': html(`<script src="${cdn.origin}/loader.mjs" type="module" data-whop-chat-origin="${servers.proxy.url}"></script>`, chatElement('')),
    '/module': html(`<script type="module">${script(`${cdn.origin}/loader.mjs`, { origin: servers.proxy.url })}</script>`),
    '/bundled': html(`<script type="module">${script(`${cdn.origin}/bundled.js`, { origin: servers.proxy.url })}</script>`),
  };
  await works(await visit(`${site.origin}/tag`), 'Said by a copy');
  await works(await visit(`${site.origin}/module-tag`), "Said by a module's tag");
  await works(await visit(`${site.origin}/own-tag`), "Said by the module's own tag");
  await works(await visit(`${site.origin}/bundled`), 'Said by what bundlers take');
  await works(await visit(`${site.origin}/module`), 'Said by the copy of a module');
});

test("the proxy's own module needs no origin", async () => {
  site.pages['/'] = html(`<script type="module">${script(`${servers.proxy.url}/embed/loader.mjs`)}</script>`);
  await works(await visit(site.origin), 'Said by the module');
});

test('who says nowhere where the proxy is learns how', async () => {
  site.pages = {
    '/tag': html(`<script src="${cdn.origin}/loader.js" async></script>`, chatElement('')),
    '/module': html(`<script type="module">${script(`${cdn.origin}/loader.mjs`)}</script>`),
  };
  await visit(`${site.origin}/tag`);
  await page.getByText('The chat could not be loaded').waitFor();
  assert.match(problems.join(), /nothing says where your proxy is.*data-whop-chat-origin/);
  await visit(`${site.origin}/module`);
  await page.getByText('The chat could not be loaded').waitFor();
  assert.deepEqual(await page.evaluate(() => window.facts.errors), [[true, 'MISCONFIGURED']]);
});

test('the script and the module on one page are one', async () => {
  site.pages['/'] = html(`<script src="${servers.proxy.url}/embed/loader.js"></script><script type="module">${script(`${servers.proxy.url}/embed/loader.mjs`)}</script>`);
  await works(await visit(site.origin), 'Said by the first');
  assert.equal(await page.evaluate(async (address) => (await import(address)).WhopElements === window.WhopElements, `${servers.proxy.url}/embed/loader.mjs`), true);
});

test('E14: whichever comes first, the script says where the proxy is', async () => {
  site.pages['/'] = html(
    `<script type="module">
      import '${cdn.origin}/loader.mjs';
      const script = Object.assign(document.createElement('script'), { src: '${servers.proxy.url}/embed/loader.js' });
      document.head.append(script);
      script.onload = () => document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(chatElement(''))});
    </script>`,
    '',
  );
  await works(await visit(site.origin), 'Said by the second');
});

test('lists, too, say that they do not know where the proxy is, and are ready then', async () => {
  site.pages['/'] = html(`<script type="module">
    import { loadWhopElements } from '${cdn.origin}/loader.mjs';
    const session = (await loadWhopElements()).createChatSession({ token: 'a-token' });
    window.facts = [];
    for (const type of ['dms-list-element', 'search-element']) {
      const place = document.body.appendChild(document.createElement('div'));
      const element = session.createElement(type, { companyId: 'biz_1' });
      element.on('error', ({ code }) => window.facts.push([type, code, element.state]));
      element.on('ready', () => window.facts.push([type, element.state]));
      element.mount(place);
    }
  </script>`);
  await visit(site.origin);
  await until(async () => (await page.evaluate(() => window.facts?.length)) === 4, 'both to fail and to be ready');
  const told = (type) => page.evaluate((type) => window.facts.filter(([of]) => of === type), type);
  for (const type of ['dms-list-element', 'search-element']) assert.deepEqual(await told(type), [[type, 'MISCONFIGURED', 'loading'], [type, 'ready']]);
});
