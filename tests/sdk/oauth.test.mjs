// Signing in with Whop, by clients nobody here wrote: `oauth4webapi`, `@whop/api`'s own client, and `@whop/sdk` for the
// app's settings. Only the consent page's form is sent by hand, as a browser does.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WhopServerSdk } from '@whop/api';
import Whop from '@whop/sdk';
import { createLocalJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { API_KEY, APP_ID, startSandbox } from '../support/servers.mjs';

const BACK = 'http://127.0.0.1:9/oauth/callback';
// The sandbox is plain HTTP; nothing else is changed.
const insecure = { [oauth.allowInsecureRequests]: true };

let sandbox;
let server;
before(async () => {
  sandbox = await startSandbox({ messages: 10 });
  const whop = new Whop({ apiKey: API_KEY, baseURL: `${sandbox.api}/api/v1`, maxRetries: 0 });
  const app = await whop.apps.update(APP_ID, { redirect_uris: [BACK] });
  assert.deepEqual(app.redirect_uris, [BACK]);
  const issuer = new URL(sandbox.api);
  const answer = await oauth.discoveryRequest(issuer, insecure);
  server = await oauth.processDiscoveryResponse(issuer, answer);
});
after(() => sandbox?.stop());

/** What a browser does at the consent page: sends its form with the button that names the user. */
async function allow(address, user) {
  const page = await (await fetch(address)).text();
  const [, action] = /<form action="([^"]+)"/.exec(page);
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const form = new URLSearchParams(fields.map(([, name, value]) => [name, value.replaceAll('&amp;', '&')]));
  form.set('user', user);
  const answer = await fetch(new URL(action, address), {
    method: 'POST',
    body: form,
    redirect: 'manual',
    headers: { origin: new URL(address).origin },
  });
  assert.equal(answer.status, 303);
  return new URL(answer.headers.get('location'));
}

test('oauth4webapi signs in with PKCE, state and nonce, reads who it is, refreshes and revokes', async () => {
  const client = { client_id: APP_ID };
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: APP_ID,
    redirect_uri: BACK,
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const back = await allow(address, 'user_ada');
  const parameters = oauth.validateAuthResponse(server, client, back, state);
  const exchanged = await oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), parameters, BACK, verifier, insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, 'user_ada');
  const keys = createLocalJWKSet(await (await fetch(server.jwks_uri)).json());
  await jwtVerify(tokens.id_token, keys, { issuer: server.issuer, audience: APP_ID, algorithms: ['ES256'] });

  const asked = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
  const user = await oauth.processUserInfoResponse(server, client, 'user_ada', asked);
  assert.equal(user.preferred_username, 'ada');
  assert.equal(user.email_verified, true);

  const renewed = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token, insecure);
  const next = await oauth.processRefreshTokenResponse(server, client, renewed);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  const revoked = await oauth.revocationRequest(server, client, oauth.None(), next.refresh_token, insecure);
  await oauth.processRevocationResponse(revoked);
  const ended = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), next.refresh_token, insecure);
  await assert.rejects(oauth.processRefreshTokenResponse(server, client, ended), (error) => {
    assert.ok(error instanceof oauth.ResponseBodyError);
    assert.equal(error.error, 'invalid_grant');
    return true;
  });
});

test('oauth4webapi is told that somebody did not allow it', async () => {
  const address = new URL(server.authorization_endpoint);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: APP_ID,
    redirect_uri: BACK,
    state: 's',
    code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()),
    code_challenge_method: 'S256',
  });
  const back = await allow(address, '');
  assert.throws(() => oauth.validateAuthResponse(server, { client_id: APP_ID }, back, 's'), (error) => {
    assert.ok(error instanceof oauth.AuthorizationResponseError);
    assert.equal(error.error, 'access_denied');
    return true;
  });
});

test('@whop/api signs in with its secret; its provider for Auth.js knows where to ask', async () => {
  const api = WhopServerSdk({ appApiKey: API_KEY, appId: APP_ID, apiOrigin: sandbox.api });
  const { url, state } = api.oauth.getAuthorizationUrl({ redirectUri: BACK });
  // Its address is whop.com's, whatever it is told.
  const address = new URL(url);
  assert.equal(address.origin, 'https://whop.com');
  const back = await allow(new URL(address.pathname + address.search, sandbox.api), 'user_bob');
  assert.equal(back.searchParams.get('state'), state);
  const code = back.searchParams.get('code');
  const exchanged = await api.oauth.exchangeCode({ code, redirectUri: BACK });
  assert.ok(exchanged.ok);
  assert.equal(exchanged.tokens.expires_in, 3_600);
  assert.equal(typeof exchanged.tokens.created_at, 'number');
  const provider = api.oauth.authJsProvider({});
  assert.equal(provider.token, `${sandbox.api}/api/oauth/token`);
  const profile = await fetch(provider.userinfo, {
    headers: { authorization: `Bearer ${exchanged.tokens.access_token}` },
  });
  assert.deepEqual(provider.profile(await profile.json()), {
    id: 'user_bob',
    name: 'bob',
    email: 'bob@example.com',
    image: null,
  });
  const again = await api.oauth.exchangeCode({ code, redirectUri: BACK });
  assert.deepEqual([again.ok, again.code], [false, 400]);
  const wrong = WhopServerSdk({ appApiKey: 'wrong', appId: APP_ID, apiOrigin: sandbox.api });
  assert.equal((await wrong.oauth.exchangeCode({ code, redirectUri: BACK })).code, 401);
});
