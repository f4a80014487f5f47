// Being somebody: on a creator's site by an assertion, inside Whop by the app origin's cookie.

import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

/** What a creator's backend signs for its visitor. `claims` change or add to it; undefined takes a claim out. */
export async function assertion(secret, user, claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  const payload = { sub: user, aud: 'whop-chat', iat: now, exp: now + 240, jti: randomUUID(), ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret));
}

/** Opens the host page as that user and follows it into the app: the cookie that the app's origin then has. */
export async function enterApp(sandbox, user, experience = 'exp_general') {
  const page = await fetch(`${sandbox.api}/?user=${user}&experience=${experience}`);
  const html = await page.text();
  const frame = html.match(/src="([^"]*\/_whop\/enter[^"]*)"/)?.[1]?.replaceAll('&amp;', '&');
  if (!frame) throw new Error(`the host page (${page.status}) has no iframe:\n${html}`);
  const entered = await fetch(frame, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0];
  if (!cookie) throw new Error(`/_whop/enter answered ${entered.status} without a cookie`);
  return { cookie, location: new URL(entered.headers.get('location'), sandbox.app).href };
}
