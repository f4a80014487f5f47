// What a list reads: the proxy's routes, with a session of its own.

/** Somebody has to do something before it can go on; `code` as a widget's `failed` says it. */
export class Refused extends Error {
  /** `path`: what was asked for, where it was not the session itself. */
  constructor(code, path) {
    super(code);
    Object.assign(this, { code, path });
  }
}

/** Whether this one thing is not for the visitor, or is gone: the others may be there nonetheless. */
export const isWithheld = ({ code, path }) => Boolean(path) && ['NO_ACCESS', 'NOT_FOUND'].includes(code);

const CODES = { 401: 'SIGNED_OUT', 403: 'NO_ACCESS', 404: 'NOT_FOUND', 429: 'UNREACHABLE' };

const pause = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, seconds * 1000);
  signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

export class Source {
  #life = new AbortController();
  #session;
  #renewal;

  /** `body`: what the session is for. */
  constructor({ origin, token, assertion }, body) {
    Object.assign(this, { origin, token, assertion, body });
  }

  /** Ends with it. */
  get signal() { return this.#life.signal; }

  async #open() {
    const { signal } = this;
    const renewal = this.#renewal;
    let { assertion } = this;
    this.#renewal = this.assertion = undefined;
    if (!renewal && !assertion && this.token) assertion = (await this.token({ abortSignal: signal })) ?? null;
    const answer = await fetch(`${this.origin}/session`, {
      method: 'POST',
      signal,
      credentials: assertion || renewal || this.token ? 'same-origin' : 'include',
      body: JSON.stringify({ ...this.body, assertion, renewal: renewal || undefined, with_messages: false }),
    });
    if (answer.status === 401 && renewal) return this.#open();
    const session = await this.#read(answer);
    this.#renewal = session.renewal;
    return session;
  }

  async #read(answer, path) {
    if (answer.ok) return answer.json();
    throw new Refused(CODES[answer.status] ?? (answer.status < 500 ? 'MISCONFIGURED' : 'UNREACHABLE'), path);
  }

  /** The present session; one for all who ask. It is opened even if who asked first has lost interest. */
  session() {
    this.#session ||= this.#open().catch((error) => { this.#session = undefined; throw error; });
    return this.#session;
  }

  /** Reads a route of Whop's; a token that has ended is replaced once, and who has to wait waits. */
  async get(path, signal, isRepeated) {
    const session = this.session();
    const { token } = await session;
    const answer = await fetch(`${this.origin}/api/v1${path}`, { signal, headers: { authorization: `Bearer ${token.token ?? token}` } });
    if (answer.status === 401 && !isRepeated) {
      if (this.#session === session) this.#session = undefined;
      return this.get(path, signal, true);
    }
    if (answer.status === 429 && !isRepeated) {
      await pause(Math.min(Number(answer.headers.get('retry-after')) || 2, 30), signal);
      return this.get(path, signal, true);
    }
    return this.#read(answer, path);
  }

  /** The pages of a list, from the first. */
  async * pages(path, signal) {
    for (let after = ''; after !== undefined;) {
      const { data, page_info: page } = await this.get(`${path}${after && `&after=${encodeURIComponent(after)}`}`, signal);
      yield data;
      after = (page?.has_next_page && page.end_cursor) || undefined;
    }
  }

  close() { this.#life.abort(); }
}
