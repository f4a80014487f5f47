// Whop's own limit, 10 requests in 10 seconds, as `@whop/sdk` meets it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Whop from '@whop/sdk';
import { API_KEY, startSandbox } from '../support/servers.mjs';

let sandbox;

before(async () => {
  sandbox = await startSandbox({ messages: 10, args: ['--rate-limit=10/10s'] });
});
after(() => sandbox?.stop());

test('the eleventh request in ten seconds is a RateLimitError that says when to come back', async () => {
  const whop = new Whop({ apiKey: API_KEY, baseURL: `${sandbox.api}/api/v1`, maxRetries: 0 });
  const outcomes = await Promise.allSettled(Array.from({ length: 11 }, () => whop.users.retrieve('user_ada')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
  assert.equal(refused.length, 1);
  assert.ok(refused[0] instanceof Whop.RateLimitError, `${refused[0]}`);
  const seconds = Number(refused[0].headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 10, `${seconds} s`);
});

test('another key has a limit of its own', async () => {
  const other = new Whop({ apiKey: 'not_the_key', baseURL: `${sandbox.api}/api/v1`, maxRetries: 0 });
  await assert.rejects(other.users.retrieve('user_ada'), Whop.AuthenticationError);
});
