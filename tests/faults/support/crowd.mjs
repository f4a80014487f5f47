// Visitors of two channels, somebody who may see neither, and what has to be true of all of them whatever Whop does.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import Whop from '@whop/sdk';
import { API_KEY, startServers } from '../../support/servers.mjs';
import { until } from '../../support/until.mjs';
import { tryTheDoors } from './stranger.mjs';
import { markOf, Visitor } from './visitor.mjs';

/** How long it may take on a busy machine until all is well again once a fault has ended. Idle ones take less than ten seconds. */
export const PATIENCE = 30_000;
/** What the visitors of a channel share, under both of its names. None of it was seeded. */
export const CHANNELS = { chat_feed_quiet: 'exp_quiet', chat_feed_lounge: 'exp_lounge' };
const MEMBERS = ['ada', 'bob', 'chen', 'fatima', 'noor', 'sofia', 'tomasz', 'yuki'].map((name) => `user_${name}`);
const MARK = /⟦only in (\w+)⟧/g;
const SITE = 'https://creator.example';
/** No limits of number: a test may ask as often as it likes. */
const UNLIMITED = { WHOP_CHAT_REQUESTS_PER_USER: '0', WHOP_CHAT_REQUESTS_PER_ADDRESS: '0' };
/** The proxy remembers posts, pages and people: all that has bounds. It never takes more than that, in bytes. */
const MOST_MEMORY = 192 << 20;

export class Crowd {
  site = SITE;
  visitors = [];
  postedAt = new Map();
  isStopped = false;
  #violations = [];
  #stranger;

  /** Servers of their own, and so many visitors a channel, who talk until `stop`. */
  static async start({ perChannel = MEMBERS.length, env } = {}) {
    const servers = await startServers({ messages: 20, origins: [SITE], env: { ...UNLIMITED, RUST_LOG: 'warn', ...env } });
    const { sandbox, proxy, assertionSecret } = servers;
    const crowd = Object.assign(new Crowd(), { servers, sandbox, proxy, assertionSecret, until });
    for (const channel of Object.keys(CHANNELS)) {
      for (const user of MEMBERS.slice(0, perChannel)) crowd.visitors.push(new Visitor(crowd, { user, channel }));
    }
    try {
      await Promise.all(crowd.visitors.map((visitor) => visitor.start()));
      crowd.#stranger = tryTheDoors(crowd);
      await crowd.recovered(Date.now());
      return crowd;
    } catch (error) {
      await crowd.stop();
      throw error;
    }
  }

  async stop() {
    this.isStopped = true;
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
        await Promise.all(ids.map((id) => one(id, 'DELETE')));
        return Date.now();
      },
      /** Waits until they have ended by themselves; the moment of that. */
      over: async (patience) => {
        await until(async () => (await Promise.all(ids.map((id) => one(id, 'GET')))).every((fault) => fault === null), 'the end of the fault', patience);
        return Date.now();
      },
    };
  }

  /** Everybody posts, reads and hears again what is posted since that moment. Prints how long that took. */
  async recovered(moment, visitors = this.visitors) {
    const isWell = ({ connected, last }) => connected && Math.min(last.posted, last.read, last.heard) >= moment;
    try {
      await until(() => visitors.every(isWell), 'everybody posts, reads and hears', PATIENCE - (Date.now() - moment));
      console.log(`all is well ${Date.now() - moment} ms later`);
    } catch (error) {
      const ill = visitors.filter((visitor) => !isWell(visitor));
      const described = ill.map(({ user, channel, connected, last, statuses }) =>
        `${user} of ${channel}: ${connected ? 'connected' : 'not connected'}, ${Object.entries(last)
          .map(([what, when]) => `${what} ${when - moment} ms`)
          .join(', ')}; ${JSON.stringify([...statuses])}`);
      throw new Error(`${error.message}\n${described.join('\n')}\n${this.#violations.join('\n')}\n${this.proxy.log().slice(-3_000)}`);
    }
  }

  /** What Whop itself has, asked of it directly. */
  async record(channel) {
    const whop = new Whop({ apiKey: API_KEY, baseURL: `${this.sandbox.api}/api/v1` });
    const messages = [];
    for await (const message of whop.messages.list({ channel_id: channel, first: 100, direction: 'desc' })) messages.push(message);
    return messages.filter(({ content }) => content?.startsWith(markOf(channel)));
  }

  /** No accepted message is lost or doubled, nobody has missed one, no byte went astray, and memory is bounded. */
  async agrees() {
    for (const channel of Object.keys(CHANNELS)) {
      const visitors = this.visitors.filter((visitor) => visitor.channel === channel);
      // Accepted before the record is read.
      const accepted = visitors.flatMap(({ posts }) => [...posts].filter(([, id]) => id));
      const record = await this.record(channel);
      const ids = new Map();
      for (const { id, content } of record) ids.set(content, [...(ids.get(content) ?? []), id]);
      const doubled = [...ids].filter(([, found]) => found.length > 1);
      assert.deepEqual(doubled, [], `doubled in ${channel}`);
      const lost = accepted.filter(([content, id]) => !ids.get(content)?.includes(id));
      assert.deepEqual(lost, [], `accepted in ${channel}, and lost`);
      for (const visitor of visitors) {
        await until(() => record.every(({ id }) => visitor.seen.has(id)), '', PATIENCE).catch(() => {
          const missed = record.filter(({ id }) => !visitor.seen.has(id)).map(({ content, created_at: at }) => `${at} ${content}`);
          assert.deepEqual(missed, [], `${visitor.user} of ${channel} missed`);
        });
      }
    }
    assert.deepEqual(this.#violations, []);
    assert.ok(this.memory() < MOST_MEMORY, `the proxy takes ${this.memory()} bytes`);
  }

  /** All is well since that moment, and nothing was lost until then. */
  async well(moment) {
    await this.recovered(moment);
    await this.agrees();
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
