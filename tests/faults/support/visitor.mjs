// One visitor of a creator's site: opens a session, posts, reads and listens for as long as the test runs, as the widget
// does: honours Retry-After, never sends a post twice, connects anew when told to, and reads then what it missed.

import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { assertion } from '../../support/identity.mjs';

/** The proxy's own limit is 25 s for a visitor's call; a session needs several of Whop's. */
const DEADLINE = 30_000;
const POST_EVERY = 700;
const READ_EVERY = 1_500;
const RECONNECT_WITHIN = 600;
const PAGE = 50;

/** In every text of a channel, so that one sees where a byte comes from. */
export const markOf = (channel) => `⟦only in ${channel}⟧`;

const somewhere = (most) => Math.random() * most;

export class Visitor {
  /** Texts that were tried to post, and the message's id where that was accepted. */
  posts = new Map();
  /** Ids of messages that were heard live, or read after a connection. */
  seen = new Set();
  /** When it last did so with success, counted from when it began. */
  last = { posted: 0, read: 0, heard: 0 };
  /** When the newest message that it read was posted. */
  newest = 0;
  /** Every answer's status, and how often it came. */
  statuses = new Map();
  connected = false;
  #socket;
  #session;
  #isStale = false;
  #anchor;
  #stopped = new AbortController();
  #loops = [];

  constructor(crowd, { user, channel }) {
    Object.assign(this, { crowd, user, channel });
  }

  /** Begins with everything; answers once it listens. */
  async start() {
    this.#loops = [this.#listening(), this.#repeat(POST_EVERY, () => this.post()), this.#repeat(READ_EVERY, () => this.#read())];
    await this.crowd.until(() => this.connected, `${this.user} listens`);
  }

  async stop() {
    this.#stopped.abort();
    this.#socket?.terminate();
    await Promise.all(this.#loops);
  }

  get #over() {
    return this.#stopped.signal.aborted;
  }

  async #repeat(every, work) {
    await this.#wait(somewhere(every));
    while (!this.#over) {
      const patience = await work();
      await this.#wait(patience ?? every / 2 + somewhere(every));
    }
  }

  #wait(milliseconds) {
    return pause(milliseconds, undefined, { signal: this.#stopped.signal }).catch(() => {});
  }

  /** One request of the proxy's. Answers nothing where the visitor is gone. */
  async ask(method, path, { body, token } = {}) {
    const began = Date.now();
    let answer;
    try {
      answer = await fetch(`${this.crowd.proxy.url}${path}`, {
        method,
        headers: {
          origin: this.crowd.site,
          ...(body && { 'content-type': 'application/json' }),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.any([AbortSignal.timeout(DEADLINE), this.#stopped.signal]),
      });
      const text = await answer.text();
      this.crowd.checkText(this, text, `${method} ${path}`);
      return this.#judge(answer, text, method, path, began);
    } catch (error) {
      if (!this.#over) this.crowd.violation(`${method} ${path} of ${this.user}: ${error.cause ?? error} after ${Date.now() - began} ms`);
      return undefined;
    }
  }

  #judge(answer, text, method, path, began) {
    const { status } = answer;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const what = `${method} ${path}: ${status} ${text.slice(0, 120)}`;
    let body;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch {
      this.crowd.violation(`${what}: no JSON`);
    }
    const retryAfter = Number(answer.headers.get('retry-after') ?? NaN);
    if (status >= 400 && !(body?.error?.type && body.error.message)) this.crowd.violation(`${what}: not in Whop's shape`);
    if ((status === 429 || status === 503) && !(retryAfter >= 1 && retryAfter <= 60)) this.crowd.violation(`${what}: no Retry-After`);
    return { status, ok: answer.ok, body, began, patience: retryAfter > 0 ? retryAfter * 1_000 : undefined };
  }

  async #open() {
    const proof = this.#session?.renewal
      ? { renewal: this.#session.renewal }
      : { assertion: await assertion(this.crowd.assertionSecret, this.user) };
    const answer = await this.ask('POST', '/session', { body: { channel_id: this.channel, ...proof } });
    if (answer?.ok) [this.#session, this.#isStale] = [answer.body, false];
    return answer;
  }

  /** As the visitor; a token that is refused is renewed once. */
  async #call(method, path, body) {
    const token = this.#session?.token.token;
    if (!token) return undefined;
    const answer = await this.ask(method, `/api/v1${path}`, { body, token });
    if (answer?.status !== 401) return answer;
    if (this.#session.token.token === token) await this.#open();
    return this.#session.token.token === token
      ? answer
      : this.ask(method, `/api/v1${path}`, { body, token: this.#session.token.token });
  }

  /** Posts a text that nobody else has, once. Answers how long to wait, where that was said. */
  async post() {
    const content = `${markOf(this.channel)} ${this.user} ${this.posts.size + 1}`;
    this.posts.set(content, null);
    this.crowd.postedAt.set(content, Date.now());
    const answer = await this.#call('POST', '/messages', { channel_id: this.channel, content });
    if (answer?.ok) {
      this.posts.set(content, answer.body.id);
      this.last.posted = Math.max(this.last.posted, answer.began);
    }
    return answer?.patience;
  }

  async #read() {
    const answer = await this.#page();
    if (answer?.ok) {
      this.last.read = Math.max(this.last.read, answer.began);
      this.newest = this.crowd.postedAt.get(answer.body.data[0]?.content) ?? 0;
    }
    return answer?.patience;
  }

  /** Asks for the newest page, beside all else; the answer's status. */
  async peek() {
    return (await this.#page())?.status;
  }

  #page(after) {
    const position = after ? `&after=${encodeURIComponent(after)}` : '';
    return this.#call('GET', `/messages?channel_id=${this.channel}&direction=desc&first=${PAGE}${position}`);
  }

  async #listening() {
    while (!this.#over) {
      const needsSession = !this.#session || this.#isStale;
      const patience = needsSession ? (await this.#open())?.patience : await this.#connection();
      this.connected = false;
      await this.#wait(patience ?? somewhere(RECONNECT_WITHIN));
    }
  }

  /** One connection, until it ends. What was missed is read first: a socket that stays open misses nothing. */
  #connection() {
    const { path, protocols } = this.#session.socket;
    const socket = new WebSocket(`${this.crowd.proxy.url.replace('http', 'ws')}${path}`, protocols, {
      headers: { origin: this.crowd.site },
      handshakeTimeout: DEADLINE,
    });
    this.#socket = socket;
    socket.on('message', (data) => this.#hear(String(data), socket));
    socket.on('open', () => this.#catchUp(socket));
    return new Promise((resolve) => {
      socket.on('unexpected-response', (request, answer) => {
        this.statuses.set(`socket ${answer.statusCode}`, (this.statuses.get(`socket ${answer.statusCode}`) ?? 0) + 1);
        this.#isStale = answer.statusCode === 401;
        request.destroy();
        resolve(Number(answer.headers['retry-after'] ?? 0) * 1_000 || undefined);
      });
      socket.on('error', () => resolve());
      socket.on('close', (code) => {
        // The ticket's time is over.
        this.#isStale ||= code === 4001;
        resolve();
      });
    });
  }

  async #catchUp(socket) {
    const anchor = this.#anchor;
    const read = [];
    let after;
    for (;;) {
      const answer = await this.#page(after);
      if (this.#over || socket.readyState !== WebSocket.OPEN) return;
      if (!answer?.ok) {
        await this.#wait(answer?.patience ?? somewhere(RECONNECT_WITHIN));
        continue;
      }
      const { data, page_info: info } = answer.body;
      read.push(...data.map(({ id }) => id));
      after = info?.end_cursor;
      if (!info?.has_next_page || data.some(({ id }) => id === anchor)) break;
    }
    for (const id of read) this.seen.add(id);
    this.#anchor = read[0] ?? anchor;
    this.connected = true;
  }

  #hear(text, socket) {
    this.crowd.checkText(this, text, 'a frame');
    const frame = JSON.parse(text);
    const post = frame.feedEntity?.dmsPost;
    if (post) {
      if (post.feedId !== this.channel) this.crowd.violation(`${this.user} of ${this.channel} heard of ${post.feedId}`);
      this.seen.add(post.entityId);
      if (this.connected) this.last.heard = Math.max(this.last.heard, this.crowd.postedAt.get(post.content) ?? 0);
    }
    if (frame.reconnect) socket.close();
  }
}
