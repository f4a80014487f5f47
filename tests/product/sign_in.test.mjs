// Signing in with Whop, on a page whose site knows nobody: another site than the proxy's, in a browser that blocks third-party
// cookies (E18) and in one that doesn't. The consent page is the sandbox's own.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { Chat, launch } from './support/browser.mjs';

const CHANNEL = 'chat_feed_quiet';
const OPEN = 'chat_feed_lounge';
const COOKIE = '__Host-whop-chat';

let site;
let servers;
let browsers;

/** The creator's page: it passes neither an assertion nor a token URL. `headers`: what its server adds. */
async function startSite() {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://localhost');
    const opener = searchParams.get('opener');
    response.writeHead(200, {
      'content-type': 'text/html',
      ...opener && { 'cross-origin-opener-policy': opener },
      'content-security-policy': `default-src 'none'; script-src ${servers.proxy.url} 'wasm-unsafe-eval'; connect-src ${servers.proxy.url} ${servers.proxy.url.replace('http', 'ws')}; style-src 'none'`,
    });
    response.end(`<!doctype html><html lang="en"><title>A page</title><script src="${servers.proxy.url}/embed/loader.js" async></script>
      <div data-whop-chat-channel-id="${searchParams.get('channel') ?? CHANNEL}"></div>`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // Another site than 127.0.0.1, where the proxy and the sandbox are.
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

before(async () => {
  site = await startSite();
  servers = await startServers({
    messages: 20,
    origins: [site.origin],
    env: (sandbox, proxy) => ({
      WHOP_OAUTH_URL: `${sandbox.api}/oauth`,
      WHOP_CHAT_PUBLIC_URL: proxy,
      WHOP_CHAT_PUBLIC_CHANNELS: OPEN,
    }),
  });
  browsers = [await launch(), await launch('--test-third-party-cookie-phaseout')];
});

after(async () => {
  await Promise.all((browsers ?? []).map((browser) => browser.close()));
  await servers?.stop();
  site?.close();
});

/** Somebody on the creator's page, whom nobody knows. */
async function visit(browser, query = '') {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text());
  });
  await page.goto(`${site.origin}/${query}`);
  const chat = new Chat(page);
  return {
    context,
    page,
    chat,
    problems,
    signIn: page.getByRole('button', { name: 'Sign in with Whop' }),
    signOut: page.getByRole('button', { name: 'Sign out' }),
  };
}

/** Signs in by the window that the button opens. */
async function signInAs(visitor, name) {
  const opened = visitor.page.waitForEvent('popup');
  await visitor.signIn.click();
  const popup = await opened;
  const closed = popup.waitForEvent('close');
  await popup.getByRole('button', { name }).click();
  await closed;
}

for (const [index, blocks] of [[0, 'keeps'], [1, 'blocks']]) {
  test(`E18: signs in by a window, posts, is known after a reload and signs out, where the browser ${blocks} third-party cookies`, async () => {
    const visitor = await visit(browsers[index]);
    const { page, chat, signIn, signOut, context, problems } = visitor;
    await page.getByText('Sign in to see this chat', { exact: true }).waitFor();
    await page.evaluate(() => { window.sameDocument = true; });
    await signInAs(visitor, /^Bob/);
    await chat.composer.waitFor();
    assert.equal(await page.evaluate(() => window.sameDocument), true, 'no reload');
    const text = `signed in, ${blocks}`;
    await chat.say(text);
    await chat.message(text).waitFor();
    const { posts } = await authors(text);
    assert.deepEqual(posts, ['user_bob']);
    // No script and no address has anything of it.
    assert.equal(await page.evaluate(() => document.cookie), '');
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('verifier'))), []);
    assert.equal(new URL(page.url()).hash, '');
    const [cookie] = (await context.cookies(servers.proxy.url)).filter(({ name }) => name === COOKIE);
    assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite], [true, true, 'None']);

    await page.reload();
    await chat.composer.waitFor();
    await chat.message(text).waitFor();
    assert.equal(await signIn.count(), 0);

    await signOut.click();
    await signIn.waitFor();
    assert.equal(await chat.composer.count(), 0);
    await page.reload();
    await signIn.waitFor();
    assert.equal((await context.cookies(servers.proxy.url)).filter(({ name }) => name === COOKIE).length, 0);
    assert.deepEqual(problems, []);
    await context.close();
  });
}

/** Who wrote that, as the sandbox has it. */
async function authors(text) {
  const answer = await fetch(`${servers.sandbox.api}/api/v1/messages?channel_id=${CHANNEL}&direction=desc&first=20`, {
    headers: { authorization: 'Bearer sandbox_api_key' },
  });
  const { data } = await answer.json();
  return { posts: data.filter(({ content }) => content === text).map(({ user }) => user.id) };
}

test('a guest reads, signs in where one would write, and writes', async () => {
  const visitor = await visit(browsers[0], `?channel=${OPEN}`);
  await visitor.page.getByText('Sign in to post.', { exact: true }).waitFor();
  await signInAs(visitor, /^Bob/);
  await visitor.chat.composer.waitFor();
  assert.deepEqual(visitor.problems, []);
  await visitor.context.close();
});

test('where no window opens, the page itself goes to Whop and comes back', async () => {
  const visitor = await visit(browsers[0], '?lesson=3');
  await visitor.page.evaluate(() => { window.open = () => null; });
  await visitor.signIn.click();
  await visitor.page.getByRole('button', { name: /^Bob/ }).click();
  await visitor.chat.composer.waitFor();
  assert.equal(visitor.page.url(), `${site.origin}/?lesson=3`);
  await visitor.page.reload();
  await visitor.chat.composer.waitFor();
  await visitor.context.close();
});

test('where the browser cuts page and window apart, the window becomes the page, and the page learns of it', async () => {
  const visitor = await visit(browsers[0], '?opener=same-origin');
  await visitor.signIn.waitFor();
  const opened = visitor.context.waitForEvent('page');
  await visitor.signIn.click();
  const other = await opened;
  await other.getByRole('button', { name: /^Bob/ }).click();
  await new Chat(other).composer.waitFor();
  await visitor.chat.composer.waitFor();
  await visitor.context.close();
});

test('who does not want to is where they were, and a window of another page says nothing', async () => {
  const visitor = await visit(browsers[0]);
  const opened = visitor.page.waitForEvent('popup');
  await visitor.signIn.click();
  const popup = await opened;
  const closed = popup.waitForEvent('close');
  await popup.getByRole('button', { name: 'Deny' }).click();
  await closed;
  assert.equal(await visitor.signIn.count(), 1);
  // Another window, and the page itself, say that somebody has signed in.
  const asked = [];
  visitor.page.on('request', (request) => { if (request.url().endsWith('/session')) asked.push(request.url()); });
  await visitor.page.evaluate(() => postMessage('whop-chat=forged', '*'));
  await visitor.page.evaluate(() => new Promise((done) => { setTimeout(done); }));
  assert.deepEqual(asked, []);
  assert.deepEqual(visitor.problems, []);
  await visitor.context.close();
});

test('who has signed in as somebody without access can sign out again', async () => {
  const visitor = await visit(browsers[0]);
  await signInAs(visitor, /^Sam|Stranger/i);
  await visitor.page.getByText('This chat is for members', { exact: true }).waitFor();
  await visitor.signOut.click();
  await visitor.signIn.waitFor();
  await visitor.context.close();
});
