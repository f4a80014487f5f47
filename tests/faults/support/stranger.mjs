// Somebody without access, who tries the doors of all channels while the others talk.

import { assertion } from '../../support/identity.mjs';
import { CHANNELS } from './crowd.mjs';
import { Visitor } from './visitor.mjs';

const BETWEEN_ROUNDS = 300;

/** Asks for everything, all the time, until the crowd stops. That anything was opened is a violation. */
export async function tryTheDoors(crowd) {
  const stranger = new Visitor(crowd, { user: 'user_stranger', channel: 'nothing' });
  while (!crowd.isStopped) {
    for (const [feed, experience] of Object.entries(CHANNELS)) {
      for (const channel_id of [feed, experience]) {
        const proof = await assertion(crowd.assertionSecret, stranger.user);
        const answer = await stranger.ask('POST', '/session', { body: { channel_id, assertion: proof, with_messages: true } });
        if (answer?.ok) crowd.violation('the stranger got a session');
      }
      for (const token of ['forged', unsigned()]) {
        const answer = await stranger.ask('GET', `/api/v1/messages?channel_id=${feed}&direction=desc&first=50`, { token });
        if (answer?.ok) crowd.violation('the stranger got a page');
      }
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS));
  }
}

/** A token's shape without anybody's signature. */
function unsigned() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: 'user_olivia' })}.`;
}
