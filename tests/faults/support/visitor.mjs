// One visitor of a creator's site: opens a session, posts, reads and listens for as long as the test runs, as the widget
// does: honours Retry-After, sends a post again under its key only, connects anew when told to, and reads then what it missed.

import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { assertion } from '../../support/identity.mjs';

/** The widget's own patience. An answer that comes later is none. */
export const DEADLINE = 20_000;
const POST_EVERY = 600;
const READ_EVERY = 1_000;
const RECONNECT_WITHIN = 600;
const PAGE = 50;
/** Some leave while their post is under way, and send it again. */
const LEAVES = { share: 0.1, within: 100 };

/** In every text of a channel, so that one sees where a byte comes from. */
export const markOf = (channel) => `⟦only in ${channel}⟧`;

const somewhere = (most) => Math.random() * most;

export class Visitor {
  /** Texts that were tried to post, and the message's id once that was accepted. */
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
  /** With which code and last words its last websocket was closed, or with which status it was refused. */
  closed = { code: 0, frame: '' };
  #socket;
  #session;
  #isStale = false;
  #anchor;
  #stopped = new AbortController();
  #loops = [];

  constructor(crowd, { user, channel }) {
    Object.assign(this, { crowd, user, channel });
    // Many may ask as one visitor at a time.
    setMaxListeners(0, this.#stopped.signal);
  }

  /** Begins with everything; answers once it listens. */
  async start() {
    this.#loops = [this.#listening(), this.#repeat(POST_EVERY, () => this.#post()), this.#repeat(READ_EVERY, () => this.#read())];
    await this.crowd.until(() => this.connected, `${this.user} listens`);
  }

  async stop() {
    this.#stopped.abort();
    this.#socket?.terminate();
    await Promise.all(this.#loops);
  }

  get isOver() {
    return this.#stopped.signal.aborted;
  }

  async #repeat(every, work) {
    await this.wait(somewhere(every));
    while (!this.isOver) {
      const patience = await work();
      await this.wait(patience ?? every / 2 + somewhere(every));
    }
  }

  /** Waits so long, or until it is stopped. */
  wait(milliseconds) {
    return pause(milliseconds, undefined, { signal: this.#stopped.signal }).catch(() => {});
  }

  /** One request of the proxy's. Answers nothing where the visitor is gone, or left within so many milliseconds. */
  async ask(method, path, { body, token, key, within } = {}) {
    const began = Date.now();
    const leaves = AbortSignal.timeout(within ?? DEADLINE);
    let answer;
    try {
      answer = await fetch(`${this.crowd.proxy.url}${path}`, {
        method,
        headers: {
          origin: this.crowd.site,
          ...(body && { 'content-type': 'application/json' }),
          ...(token && { authorization: `Bearer ${token}` }),
          ...(key && { 'idempotency-key': key }),
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.any([leaves, this.#stopped.signal]),
      });
      const text = await answer.text();
      this.crowd.checkText(this, text, `${method} ${path}`);
      return this.#judge(answer, text, method, path, began);
    } catch (error) {
      const isMeant = this.isOver || (within && leaves.aborted);
      if (!isMeant) this.crowd.violation(`${method} ${path} of ${this.user}: ${error.cause ?? error} after ${Date.now() - began} ms`);
      return undefined;
    }
  }

  #judge(answer, text, method, path, began) {
    const { status } = answer;
    this.#count(status);
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

  #count(status) {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  /** Opens a session, or renews it. */
  async open() {
    const proof = this.#session?.renewal
      ? { renewal: this.#session.renewal }
      : { assertion: await assertion(this.crowd.assertionSecret, this.user) };
    const answer = await this.ask('POST', '/session', { body: { channel_id: this.channel, ...proof } });
    if (answer?.ok) [this.#session, this.#isStale] = [answer.body, false];
    return answer;
  }

  /** As the visitor; a token that is refused is renewed once. */
  async #call(method, path, options) {
    const token = this.#session?.token.token;
    if (!token) return undefined;
    const answer = await this.ask(method, `/api/v1${path}`, { ...options, token });
    if (answer?.status !== 401) return answer;
    if (this.#session.token.token === token) await this.open();
    return this.#session.token.token === token
      ? answer
      : this.ask(method, `/api/v1${path}`, { ...options, token: this.#session.token.token });
  }

  /** What this visitor calls the post of that text. */
  keyOf(content) {
    return `${this.user} ${this.channel} ${content.match(/\d+$/)?.[0]}`;
  }

  /** Posts a text that nobody else has, until it is accepted: always under the same key (S1). */
  async #post() {
    const content = `${markOf(this.channel)} ${this.user} ${this.posts.size + 1}`;
    this.posts.set(content, null);
    this.crowd.postedAt.set(content, Date.now());
    const body = { channel_id: this.channel, content };
    while (!this.isOver) {
      const within = Math.random() < LEAVES.share ? Math.ceil(somewhere(LEAVES.within)) : undefined;
      const answer = await this.#call('POST', '/messages', { body, key: this.keyOf(content), within });
      if (answer?.ok) {
        if (answer.body.content !== content) this.crowd.violation(`${this.user} posted ${content}, and was answered ${answer.body.content}`);
        this.posts.set(content, answer.body.id);
        this.last.posted = Math.max(this.last.posted, answer.began);
        return;
      }
      await this.wait(answer?.patience ?? somewhere(RECONNECT_WITHIN));
    }
  }

  async #read() {
    const answer = await this.#page();
    if (answer?.ok) {
      this.last.read = Math.max(this.last.read, answer.began);
      this.newest = this.crowd.postedAt.get(answer.body.data[0]?.content) ?? 0;
    }
    return answer?.patience;
  }

  /** Asks for the newest page, beside all else. */
  peek() {
    return this.#page();
  }

  #page(after) {
    const position = after ? `&after=${encodeURIComponent(after)}` : '';
    return this.#call('GET', `/messages?channel_id=${this.channel}&direction=desc&first=${PAGE}${position}`);
  }

  async #listening() {
    while (!this.isOver) {
      const needsSession = !this.#session || this.#isStale;
      const patience = needsSession ? (await this.open())?.patience : await this.#connection();
      this.connected = false;
      await this.wait(patience ?? somewhere(RECONNECT_WITHIN));
    }
  }

  /** One connection, until it ends. What was missed is read first: a socket that stays open misses nothing (T1). */
  #connection() {
    const { path, protocols } = this.#session.socket;
    const socket = new WebSocket(`${this.crowd.proxy.url.replace('http', 'ws')}${path}`, protocols, {
      headers: { origin: this.crowd.site },
      handshakeTimeout: DEADLINE,
    });
    this.#socket = socket;
    let frame = '';
    socket.on('message', (data) => {
      frame = String(data);
      this.#hear(frame, socket);
    });
    socket.on('open', () => this.#catchUp(socket));
    return new Promise((resolve) => {
      socket.on('unexpected-response', (request, answer) => {
        this.#count(`socket ${answer.statusCode}`);
        this.closed = { code: answer.statusCode, frame: '' };
        this.#isStale = answer.statusCode === 401 || answer.statusCode === 403;
        request.destroy();
        resolve(Number(answer.headers['retry-after'] ?? 0) * 1_000 || undefined);
      });
      socket.on('error', () => resolve());
      socket.on('close', (code) => {
        this.closed = { code, frame };
        // The ticket's time is over, or access is gone.
        this.#isStale ||= code === 4001 || code === 4003;
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
      if (this.isOver || socket.readyState !== WebSocket.OPEN) return;
      if (!answer?.ok) {
        await this.wait(answer?.patience ?? somewhere(RECONNECT_WITHIN));
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
    // To its author only, and the right one (S2).
    const key = frame.idempotencyKey;
    if (key !== undefined && !(this.posts.has(post?.content) && key === this.keyOf(post.content))) {
      this.crowd.violation(`${this.user} of ${this.channel} heard of the key ${key} with ${post?.content}`);
    }
    if (frame.reconnect) socket.close();
  }
}
