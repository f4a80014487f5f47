// A line to the Whop page that frames this one, or to Whop's mobile app, whose web view shows it. Nobody else is heard, and
// nobody else can hear. Answers may come late or never: whoever asks has a patience, and nothing waits for longer.
import { ANSWERS, TAG, TELLINGS, WHOP, isRecord } from './protocol.js';

/** @typedef {import('./protocol.js').Questions} Questions */
/** @typedef {import('./protocol.js').Tellings} Tellings */

/** What the mobile app's messages have for an origin. No page can have it. */
const MOBILE_APP = 'com.whop.whopapp';
/** Who needs longer than 50 ms says so, and may take this long, in milliseconds. */
const PROCESSING = 15_000;
const PATIENCE = 5_000;
/** Behind a question's name, in the message that says that an answer will come. */
const SUFFIX = ':processing';

/** Whop did not answer in time, or not what it was asked. */
export class NotAnswered extends Error {}

/**
 * How the mobile app is spoken to; nothing where this page is not in its web view.
 * @returns {((text: string) => void) | undefined}
 */
function mobileApp() {
  const { ReactNativeWebView, webkit } = /** @type {any} */ (window);
  const app = [webkit?.messageHandlers?.SwiftWebView, ReactNativeWebView].find((one) => typeof one?.postMessage === 'function');
  return app && ((text) => app.postMessage(text));
}

const randomId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36)).join('');

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @typedef {{ read: (value: unknown) => unknown, resolve: (value: any) => void, reject: (reason: Error) => void, stop: () => void, wait: () => void }} Waiting
 * @typedef {ReturnType<typeof openLine>} Line
 */

/**
 * @param {object} options
 * @param {string} options.appId Whose app this page is.
 * @param {string[]} options.origins Who may be around it: exact origins.
 * @param {{ [Name in keyof Tellings]: (request: Tellings[Name]['request']) => Tellings[Name]['answer'] }} options.told
 *   What is done about what Whop tells.
 */
export function openLine({ appId, origins, told }) {
  const app = mobileApp();
  /** @type {Map<string, Waiting>} */
  const waiting = new Map();
  const closed = new AbortController();
  const around = location.ancestorOrigins?.[0];
  // Firefox doesn't tell. Then all of them are spoken to, and the browser sees to it that nobody else hears.
  let hosts = around ? origins.filter((origin) => origin === around) : origins;
  let isHeard = false;

  /**
   * @param {string} event
   * @param {unknown} data
   */
  const post = (event, data) => {
    const message = { libId: TAG, event, data, senderAppId: appId, receiverAppId: WHOP };
    if (app) app(JSON.stringify(message));
    else for (const origin of hosts) window.parent.postMessage(message, origin);
  };

  /** @param {MessageEvent<unknown>} event */
  const isWhops = ({ source, origin }) => (app ? origin === MOBILE_APP : source === window.parent && hosts.includes(origin));

  /**
   * @param {string} event
   * @param {unknown} data
   */
  const answered = (event, data) => {
    const isSlow = event.endsWith(SUFFIX);
    const question = waiting.get(isSlow ? event.slice(0, -SUFFIX.length) : event);
    if (!question) return false;
    if (isSlow) question.wait();
    else {
      const answer = question.read(data);
      question.stop();
      if (answer === undefined) question.reject(new NotAnswered(`whop-chat: Whop refused ${event.split(':')[1]}`));
      else question.resolve(answer);
    }
    return true;
  };

  /**
   * @template {keyof Tellings} Name
   * @param {Name} name
   * @param {string} event
   * @param {unknown} data
   */
  const heard = (name, event, data) => {
    const request = TELLINGS[name](data);
    if (request === undefined) return false;
    post(event, told[name](request));
    return true;
  };

  /** @param {MessageEvent<unknown>} event */
  const listen = (event) => {
    if (!isWhops(event)) return;
    const message = app && typeof event.data === 'string' ? parsed(event.data) : event.data;
    if (!isRecord(message) || message.libId !== TAG || typeof message.event !== 'string') return;
    if (message.senderAppId !== WHOP || message.receiverAppId !== appId) return;
    const [sender, name = '', id, ...more] = message.event.split(':');
    const isTelling = sender === WHOP && id && !more.length && Object.hasOwn(TELLINGS, name);
    const isUnderstood = isTelling
      ? heard(/** @type {keyof Tellings} */ (name), message.event, message.data)
      : sender === appId && answered(message.event, message.data);
    if (!isUnderstood) return;
    isHeard = true;
    // Of several that it might be, it is this one.
    if (!app) hosts = [event.origin];
  };
  window.addEventListener('message', listen, { signal: closed.signal });

  return {
    /** Whether this is the mobile app. */
    isApp: Boolean(app),
    /** Whether Whop was ever heard. */
    isHeard: () => isHeard,
    /** No longer than the line is open. */
    signal: closed.signal,

    /**
     * Asks Whop. Fails with `NotAnswered` where no answer comes in time, or one that makes no sense.
     * @template {keyof Questions} Name
     * @param {Name} name
     * @param {Questions[Name]['request']} request
     * @param {{ patience?: number, again?: number[] }} [options] `again`: after how many milliseconds the same is asked again, under
     *   the same id, because nobody may have listened yet.
     * @returns {Promise<NonNullable<Questions[Name]['answer']>>}
     */
    ask: (name, request, { patience = PATIENCE, again = [] } = {}) => new Promise((resolve, reject) => {
      const event = `${appId}:${name}:${randomId()}`;
      /** @type {ReturnType<typeof setTimeout>[]} */
      let timers = [];
      const stop = () => {
        timers.forEach(clearTimeout);
        waiting.delete(event);
      };
      const giveUp = () => {
        stop();
        reject(new NotAnswered(`whop-chat: Whop did not answer ${name}`));
      };
      const wait = () => {
        timers.forEach(clearTimeout);
        timers = [setTimeout(giveUp, PROCESSING)];
      };
      if (closed.signal.aborted) return giveUp();
      timers = [setTimeout(giveUp, patience), ...again.map((pause) => setTimeout(() => post(event, request), pause))];
      waiting.set(event, { read: ANSWERS[name], resolve, reject, stop, wait });
      post(event, request);
    }),

    /** Hears nothing any more, and waits for nothing. */
    close() {
      closed.abort();
      for (const { stop, reject } of [...waiting.values()]) {
        stop();
        reject(new NotAnswered('whop-chat: the line to Whop was closed'));
      }
    },
  };
}
