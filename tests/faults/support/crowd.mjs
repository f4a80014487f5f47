// Visitors of two channels, somebody who may see neither, and what has to be true of all of them whatever Whop does.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import Whop from '@whop/sdk';
import { assertion } from '../../support/identity.mjs';
import { API_KEY, startServers } from '../../support/servers.mjs';
import { until } from '../../support/until.mjs';
import { markOf, Visitor } from './visitor.mjs';

/** How soon all has to be well again once a fault has ended. */
const RECOVERY = 10_000;
/** What the visitors of a channel share. None of it was seeded. */
const CHANNELS = { chat_feed_quiet: 'exp_quiet', chat_feed_lounge: 'exp_lounge' };
const MEMBERS = ['ada', 'bob', 'chen', 'fatima', 'noor', 'sofia', 'tomasz', 'yuki', 'marcus'].map((name) => `user_${name}`);
const MARK = /⟦only in (\w+)⟧/g;
const SITE = 'https://creator.example';
/** No limits of number: a test may ask as often as it likes. */
const UNLIMITED = {
  WHOP_CHAT_RATE_LIMIT: '100000/1s',
  WHOP_CHAT_REQUESTS_PER_USER: '0',
  WHOP_CHAT_REQUESTS_PER_ADDRESS: '0',
};

export class Crowd {
  site = SITE;
  visitors = [];
  postedAt = new Map();
  #violations = [];
  #stopped = false;
  #stranger;

  /** Servers of their own, and so many visitors a channel, who talk until `stop`. */
  static async start({ perChannel = MEMBERS.length, env } = {}) {
    const servers = await startServers({ messages: 20, origins: [SITE], env: { ...UNLIMITED, RUST_LOG: 'warn', ...env } });
    const { sandbox, proxy, assertionSecret } = servers;
    const crowd = Object.assign(new Crowd(), { servers, sandbox, proxy, assertionSecret, until });
    for (const channel of Object.keys(CHANNELS)) {
      for (const user of MEMBERS.slice(0, perChannel)) crowd.visitors.push(new Visitor(crowd, { user, channel }));
    }
    await Promise.all(crowd.visitors.map((visitor) => visitor.start()));
    crowd.#stranger = crowd.#tryTheDoors();
    await crowd.recovered(Date.now());
    return crowd;
  }

  async stop() {
    this.#stopped = true;
    await Promise.all([...this.visitors.map((visitor) => visitor.stop()), this.#stranger]);
    await this.servers.stop();
  }

  violation(text) {
    if (this.#violations.length < 20) this.#violations.push(text);
  }

  /** No byte of a channel may be where it does not belong. */
  checkText(visitor, text, where) {
    for (const [, channel] of text.matchAll(MARK)) {
      if (channel !== visitor.channel) this.violation(`${where}: ${visitor.user} of ${visitor.channel} got a text of ${channel}`);
    }
  }

  /** Somebody without access asks for everything, all the time. */
  async #tryTheDoors() {
    const stranger = new Visitor(this, { user: 'user_stranger', channel: 'nothing' });
    this.stranger = stranger;
    while (!this.#stopped) {
      for (const [feed, experience] of Object.entries(CHANNELS)) {
        for (const channel_id of [feed, experience]) {
          const proof = await assertion(this.assertionSecret, 'user_stranger');
          const answer = await stranger.ask('POST', '/session', { body: { channel_id, assertion: proof, with_messages: true } });
          if (answer?.ok) this.violation('the stranger got a session');
        }
        for (const token of ['forged', proofless()]) {
          const answer = await stranger.ask('GET', `/api/v1/messages?channel_id=${feed}&direction=desc&first=50`, { token });
          if (answer?.ok) this.violation('the stranger got a page');
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** Begins a fault of the sandbox's, or several; answers what ends them, and says how often they struck. */
  async faults(...descriptions) {
    const ids = [];
    for (const description of descriptions) ids.push((await this.sandbox.control('faults', description)).id);
    const one = async (id, method) => {
      const answer = await fetch(`${this.sandbox.api}/_sandbox/faults/${id}`, { method });
      return answer.ok ? answer.json() : null;
    };
    return {
      /** Waits until each has struck so often. */
      struck: (times, patience = 30_000) =>
        Promise.all(ids.map((id) => until(async () => {
          const fault = await one(id, 'GET');
          return fault === null || fault.struck >= times;
        }, `${id} strikes ${times} times`, patience))),
      /** Ends them; the moment of that. */
      end: async () => {
        const ended = await Promise.all(ids.map((id) => one(id, 'DELETE')));
        return { at: Date.now(), struck: ended.map((fault) => fault?.struck ?? null) };
      },
    };
  }

  /** Within ten seconds of that moment everybody posts, reads and hears again what is posted since. */
  async recovered(moment) {
    const isWell = ({ connected, last }) => connected && Math.min(last.posted, last.read, last.heard) >= moment;
    try {
      await until(() => this.visitors.every(isWell), 'everybody posts, reads and hears', RECOVERY - (Date.now() - moment));
    } catch (error) {
      const ill = this.visitors.filter((visitor) => !isWell(visitor));
      const described = ill.map(({ user, channel, connected, last, statuses }) =>
        `${user} of ${channel}: ${connected ? 'connected' : 'not connected'}, ${Object.entries(last)
          .map(([what, when]) => `${what} ${when - moment} ms`)
          .join(', ')}; ${JSON.stringify([...statuses])}`);
      throw new Error(`${error.message}\n${described.join('\n')}\n${this.proxy.log().slice(-3_000)}`);
    }
  }

  /** What Whop itself has, asked of it directly. */
  async record(channel) {
    const whop = new Whop({ apiKey: API_KEY, baseURL: `${this.sandbox.api}/api/v1` });
    const messages = [];
    for await (const message of whop.messages.list({ channel_id: channel, first: 100, direction: 'desc' })) messages.push(message);
    return messages.filter(({ content }) => content?.startsWith(markOf(channel)));
  }

  /** No accepted message is lost or doubled, nobody has missed one, and no byte went astray. */
  async agrees() {
    for (const channel of Object.keys(CHANNELS)) {
      const visitors = this.visitors.filter((visitor) => visitor.channel === channel);
      const record = await this.record(channel);
      const ids = new Map();
      for (const { id, content } of record) ids.set(content, [...(ids.get(content) ?? []), id]);
      const doubled = [...ids].filter(([, found]) => found.length > 1);
      assert.deepEqual(doubled, [], `doubled in ${channel}`);
      const lost = visitors.flatMap(({ posts }) => [...posts].filter(([content, id]) => id && !ids.get(content)?.includes(id)));
      // One that was accepted after the record was read is none.
      const known = new Set((lost.length ? await this.record(channel) : record).map(({ id }) => id));
      assert.deepEqual(lost.filter(([, id]) => !known.has(id)), [], `accepted in ${channel}, and lost`);
      for (const visitor of visitors) {
        await until(() => record.every(({ id }) => visitor.seen.has(id)), '', RECOVERY).catch(() => {
          const missed = record.filter(({ id }) => !visitor.seen.has(id)).map(({ content, created_at: at }) => `${at} ${content}`);
          assert.deepEqual(missed, [], `${visitor.user} of ${channel} missed`);
        });
      }
    }
    assert.deepEqual(this.#violations, []);
  }

  /** How many posts were tried until now. */
  get tried() {
    return this.visitors.reduce((sum, { posts }) => sum + posts.size, 0);
  }

  /** Waits for so many more to be tried. */
  async talk(posts, patience = 60_000) {
    const before = this.tried;
    await until(() => this.tried >= before + posts, `${posts} more posts`, patience);
  }

  /** The proxy's memory in bytes: what it shares with others counts in parts. */
  memory() {
    const text = readFileSync(`/proc/${this.proxy.pid}/smaps_rollup`, 'utf8');
    return Number(text.match(/^Pss:\s+(\d+)/m)[1]) * 1_024;
  }

  /** How many files and connections the proxy has open. */
  openFiles() {
    return readdirSync(`/proc/${this.proxy.pid}/fd`).length;
  }
}

/** A token's shape without anybody's signature. */
function proofless() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: 'user_olivia' })}.`;
}
