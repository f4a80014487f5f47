// Who is asking: access tokens with scopes and an end, and the user token of an iframe, by `@whop/sdk` and `@whop/api`.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { verifyUserToken as verifyWithApi } from '@whop/api';
import Whop from '@whop/sdk';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { enterApp } from '../support/identity.mjs';
import { API_KEY, APP_ID, COMPANY_ID, startSandbox } from '../support/servers.mjs';

let sandbox;
let whop;
let app;

before(async () => {
  // An app that tells what it was asked with.
  app = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  sandbox = await startSandbox({ messages: 10, appUrl: `http://127.0.0.1:${app.address().port}` });
  whop = new Whop({
    apiKey: API_KEY,
    appID: APP_ID,
    baseURL: `${sandbox.api}/api/v1`,
    userTokenJwksUrl: `${sandbox.api}/.well-known/jwks.json`,
    maxRetries: 0,
  });
});
after(async () => {
  await sandbox?.stop();
  app?.closeAllConnections();
  app?.close();
});

const client = (token) => new Whop({ apiKey: token, baseURL: `${sandbox.api}/api/v1`, maxRetries: 0 });

const create = (options) => whop.accessTokens.create({ company_id: COMPANY_ID, user_id: 'user_ada', ...options });

test('an access token lives an hour, or as long as was asked for', async () => {
  const usual = await create({});
  const left = (token) => Date.parse(token.expires_at) - Date.now();
  assert.ok(Math.abs(left(usual) - 3_600_000) < 60_000, usual.expires_at);
  const short = await create({ expires_at: new Date(Date.now() + 120_000).toISOString() });
  assert.ok(Math.abs(left(short) - 120_000) < 10_000, short.expires_at);
  assert.equal(decodeJwt(short.token).exp * 1000, Date.parse(short.expires_at));
  for (const seconds of [-1, 3 * 3600 + 60]) {
    const expires_at = new Date(Date.now() + seconds * 1000).toISOString();
    await assert.rejects(create({ expires_at }), Whop.BadRequestError);
  }
});

test('a token can do what its scopes say and no more', async () => {
  const reader = client((await create({ scoped_actions: ['chat:read'] })).token);
  assert.ok((await reader.messages.list({ channel_id: 'exp_general' })).data.length > 0);
  const message = { channel_id: 'exp_quiet', content: 'x' };
  await assert.rejects(reader.messages.create(message), Whop.PermissionDeniedError);
  const writer = client((await create({ scoped_actions: ['chat:message:create'] })).token);
  assert.equal((await writer.messages.create(message)).user.id, 'user_ada');
  await assert.rejects(writer.messages.list({ channel_id: 'exp_quiet' }), Whop.PermissionDeniedError);
  const admin = client((await create({ user_id: 'user_olivia', scoped_actions: ['chat:read'] })).token);
  await assert.rejects(admin.chatChannels.update('exp_quiet', { ban_urls: true }), Whop.PermissionDeniedError);
});

test('a token asks about nobody but its user, and makes no tokens', async () => {
  const ada = client((await create({})).token);
  assert.equal((await ada.users.retrieve('me')).id, 'user_ada');
  assert.equal((await ada.users.checkAccess('exp_general', { id: 'user_ada' })).has_access, true);
  await assert.rejects(ada.users.checkAccess('exp_general', { id: 'user_bob' }), Whop.PermissionDeniedError);
  await assert.rejects(ada.accessTokens.create({ company_id: COMPANY_ID }), Whop.PermissionDeniedError);
});

test('forged, altered and expired tokens are refused', async () => {
  const { token } = await create({});
  const [head, claims, signature] = token.split('.');
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const other = encode({ ...decodeJwt(token), sub: 'user_olivia' });
  const none = encode({ ...decodeProtectedHeader(token), alg: 'none' });
  const signed = (alg, key) => new SignJWT(decodeJwt(token)).setProtectedHeader({ alg, typ: 'JWT' }).sign(key);
  const { privateKey } = await generateKeyPair('ES256');
  const { keys } = await (await fetch(`${sandbox.api}/.well-known/jwks.json`)).json();
  const forgeries = [
    await signed('ES256', privateKey),
    await signed('HS256', randomBytes(32)),
    await signed('HS256', new TextEncoder().encode(JSON.stringify(keys[0]))),
    `${head}.${other}.${signature}`,
    `${none}.${claims}.`,
    `${none}.${claims}.${signature}`,
    `${head}.${claims}.`,
  ];
  for (const forged of forgeries) {
    await assert.rejects(client(forged).users.retrieve('me'), Whop.AuthenticationError, forged);
  }
  const ada = client(token);
  await ada.users.retrieve('me');
  await sandbox.control('tokens/expire');
  await assert.rejects(ada.users.retrieve('me'), Whop.AuthenticationError);
  assert.equal((await client((await create({})).token).users.retrieve('me')).id, 'user_ada');
});

/** What the app receives when that visitor opens it. */
async function opened(user, headers = {}) {
  const { cookie, location } = await enterApp(sandbox, user);
  const answer = await fetch(location, { headers: { cookie, ...headers } });
  assert.equal(answer.status, 200);
  return answer.json();
}

test('inside Whop every request to the app carries the visitor, as verifyUserToken finds', async () => {
  const request = await opened('user_fatima');
  assert.equal(request.url, '/experiences/exp_general');
  const verified = await whop.verifyUserToken(new Headers({ 'x-whop-user-token': request.headers['x-whop-user-token'] }));
  assert.deepEqual(verified, { appId: APP_ID, userId: 'user_fatima' });
});

test('`@whop/api` finds the same with the pinned key', async () => {
  const token = (await opened('user_bob')).headers['x-whop-user-token'];
  const { keys } = await (await fetch(`${sandbox.api}/.well-known/jwks.json`)).json();
  const key = keys.find((key) => key.kid === decodeProtectedHeader(token).kid) ?? keys[0];
  const verified = await verifyWithApi(token, { appId: APP_ID, publicKey: JSON.stringify(key) });
  assert.equal(verified.userId, 'user_bob');
});

test('the user token is what Whop documents', async () => {
  const token = (await opened('user_ada')).headers['x-whop-user-token'];
  assert.equal(decodeProtectedHeader(token).alg, 'ES256');
  const { iss, sub, aud, exp } = decodeJwt(token);
  assert.deepEqual([iss, sub, aud], ['urn:whopcom:exp-proxy', 'user_ada', APP_ID]);
  assert.ok(exp * 1000 > Date.now());
});

test('what a visitor claims about themselves never reaches the app', async () => {
  const { headers } = await opened('user_ada', { 'x-whop-user-token': 'forged', 'X-WHOP-USER-TOKEN': 'again' });
  assert.equal(decodeJwt(headers['x-whop-user-token']).sub, 'user_ada');
  assert.equal(headers.cookie, undefined, "the origin's own cookie stays there");
  const unknown = await (await fetch(`${sandbox.app}/x`, { headers: { 'x-whop-user-token': 'forged' } })).json();
  assert.equal(unknown.headers['x-whop-user-token'], undefined);
});

test('verifyUserToken refuses forgeries and tokens for other apps', async () => {
  const token = (await opened('user_ada')).headers['x-whop-user-token'];
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader(decodeProtectedHeader(token)).sign(privateKey);
  await assert.rejects(whop.verifyUserToken(forged), /Invalid user token/);
  await assert.rejects(whop.verifyUserToken(token, { appId: 'app_other' }), /Invalid app id/);
  await assert.rejects(whop.verifyUserToken(token, { publicKey: JSON.stringify(await exportJWK(publicKey)) }), /Invalid/);
  await assert.rejects(whop.verifyUserToken((await create({})).token), /Invalid user token/, 'an access token is none');
  assert.equal(await whop.verifyUserToken(null, { dontThrow: true }), null);
});

test('a user token is no access token', async () => {
  const token = (await opened('user_ada')).headers['x-whop-user-token'];
  await assert.rejects(client(token).users.retrieve('me'), Whop.AuthenticationError);
});

test('an entrance opens once', async () => {
  const html = await (await fetch(`${sandbox.api}/?user=user_ada`)).text();
  const frame = html.match(/src="([^"]*\/_whop\/enter[^"]*)"/)[1].replaceAll('&amp;', '&');
  const statuses = [];
  for (let times = 0; times < 2; times += 1) {
    statuses.push((await fetch(frame, { redirect: 'manual' })).status);
  }
  assert.deepEqual(statuses, [303, 401]);
});
