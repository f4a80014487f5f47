// One chat in one element of the page, from the question who the visitor is until it is taken away.
import { advise, emojiNames, lazy, painter, program, rest, style } from './files.js';
import { inWhop } from './in_whop.js';
import { place } from './place.js';
import { ask, isWhops } from './session.js';
import { ENGLISH, isRtl, textIn, wordsOf } from './words.js';

const signing = lazy('signIn');
export const themes = lazy('appearance');
const whopFrame = lazy('whopFrame');

// Who comes back from Whop brings a sealed code in the page's address, where it must not stay. It counts once.
let handed;
const takeHanded = () => {
  const brought = /^#whop-chat=(.+)/.exec(location.hash);
  if (!brought) return;
  history.replaceState(history.state, '', location.href.split('#')[0]);
  try {
    handed = { sign_in: brought[1], sign_in_verifier: localStorage['whop-chat.verifier'] };
  } catch { /* Without storage there is no way to go on, but to sign in again. */ }
};

/** All that are on the page. */
const widgets = new Set();

// What a widget was opened with, and can't change.
const OPENED_WITH = ['channel', 'origin', 'locale', 'emptyState'];

/** There is nothing more to come than that. */
export const tellFailure = (host, { error, ready }) => {
  host.dispatchEvent(new CustomEvent('failed', { detail: { code: error ? 'MISCONFIGURED' : 'UNKNOWN_ERROR' } }));
  ready?.();
};

/**
 * `options`: `channel`, `origin` (the proxy's), `assertion` or `token` (a function that answers one) where the page says
 * who the visitor is, `locale`, `style`, `theme`, `appearance`, `post` (the message to begin with), `emptyState`, `features`,
 * `disableNavigation`, `ready` (is called when there is something to see), `appId` and `hostOrigin` where the page is an app of
 * Whop's, `error` where they can't be read.
 */
export class Widget {
  constructor(host, options) {
    this.host = host;
    this.root = host.shadowRoot || host.attachShadow({ mode: 'open' });
    this.options = options;
    this.listening = new AbortController();
    const { signal } = this.listening;
    // What is wrong with the program another visitor doesn't mend.
    host.addEventListener('failed', ({ detail }) => { this.isRefused = detail.code !== 'UNKNOWN_ERROR'; }, { signal });
    // Before there is anything to click.
    this.watch().catch(() => {});
    this.words = ENGLISH;
    widgets.add(this);
    this.open();
  }

  async watch() {
    const { watchClicks } = await painter();
    if (this.isWatched) return;
    this.isWatched = true;
    watchClicks(this, this.listening.signal);
    advise('advise', this.host, this.options);
  }

  open() {
    const { options } = this;
    this.life = {};
    takeHanded();
    const brought = isWhops(options) ? handed : undefined;
    if (brought) handed = undefined;
    try {
      if (options.error) throw options.error;
      const first = (this.asked = ask(options, brought).then((first) => (this.first = first)));
      const sheet = style();
      // Together with the session, so that nothing is seen in other colours first.
      this.dress().catch(console.error);
      const painting = painter();
      this.speak();
      this.mount(first);
      this.enterWhop().catch(console.error);
      const { life } = this;
      // All is asked for, so there is time.
      const dates = painting.then(({ datesIn }) => datesIn(options.locale));
      // Where this fails, the widget says so, or its own loading does.
      this.shown = Promise.all([painting, first, sheet, dates]).then(([{ show }, { status, body }, sheet, date]) => {
        const html = status === 200 && JSON.parse(body).html;
        if (!html || this.life !== life || this.mounted) return;
        show(this, html, sheet, date);
        options.ready?.();
      }).catch(() => {});
    } catch (error) {
      this.stop(error, 'chat_failed');
      this.speak();
    }
  }

  /** Has what is said ready, in the visitor's language. */
  async speak() {
    const { life, options: { locale } } = this;
    const text = await textIn(locale).catch(() => undefined);
    if (this.life !== life) return;
    this.words = text ? wordsOf(text) : ENGLISH;
    this.failed?.();
  }

  async mount(first) {
    const { life, options: { locale } } = this;
    try {
      const [glue, sheet, strings] = await Promise.all([program(), style(), textIn(locale)]);
      // Who is painted to reads while the rest is on its way. Where the rest is there first, nothing needs to be painted.
      await Promise.race([this.shown, rest().catch(() => this.shown)]);
      if (this.life !== life) return;
      if (!this.mounted) {
        this.wear(sheet);
        this.mounted = glue.mount(this.host, {
          ...this.options, strings, direction: this.direction(), post: this.options.post || this.linked, emojiNames, first, settled: this.first,
        });
        this.look();
        this.account().catch(console.error);
      }
      // What is painted can be read already. That one can write must not wait for it to be drawn again.
      await Promise.all([rest(), this.watch(), this.painted && new Promise((resolve) => setTimeout(resolve))]);
      if (this.life !== life) return;
      this.painted?.abort();
      this.mounted.complete();
      this.look();
      this.options.ready?.();
      // It is drawn a moment later: so what was pressed has to wait.
      if (this.pressed) setTimeout(async () => { const { press } = await painter(); if (this.life === life) press(this); });
    } catch (error) {
      if (this.life !== life) return;
      this.stop(error, 'chat_failed', () => {
        this.failed = undefined;
        this.mount(first);
      });
    }
  }

  /** Signing in with Whop (ADR 0014): nobody else waits for it. */
  async account() {
    const { life } = this;
    const { signIn } = await this.asked;
    if (!signIn) return;
    const { show } = await signing();
    if (this.life === life) show(this.host, signIn, this.options.origin, again, this.words);
  }

  direction() {
    return (this.runs ||= isRtl(this.host, this.options.locale) ? 'rtl' : 'ltr');
  }

  /** As a guest of the Whop page around this one (docs/inside-whop.md): nothing else waits for it. */
  async enterWhop() {
    const { life, host, options: { appId, hostOrigin, channel, post } } = this;
    const around = inWhop(appId, hostOrigin);
    if (!around) return;
    const { enter } = await whopFrame();
    if (this.life !== life) return;
    this.leaveWhop = enter(host, {
      ...around,
      experienceId: /^exp_/.test(channel) ? channel : undefined,
      isPlaced: Boolean(post),
      onTheme: (theme) => { this.around = theme; this.look(); },
      onMessage: (id) => {
        this.linked = id;
        this.mounted?.jump_to(id);
      },
    });
  }

  wear(sheet) {
    const worn = this.root.adoptedStyleSheets;
    if (!worn.includes(sheet)) this.root.adoptedStyleSheets = [sheet, ...worn];
  }

  /** How the page wants it, also when it changes its mind. */
  look() {
    const chat = this.root.querySelector('.chat');
    if (!chat) return;
    const { style, theme } = this.options;
    const set = (name, value, ...values) => {
      const known = values.includes(value) ? value : values[0];
      if (chat.dataset[name] !== known) chat.dataset[name] = known;
    };
    set('style', style, 'imessage', 'discord');
    // As Whop's around, unless the page has chosen itself.
    set('theme', /^(light|dark)$/.test(theme) ? theme : this.around?.appearance, 'system', 'light', 'dark');
    const direction = this.direction();
    if (direction !== (chat.dir || 'ltr')) chat.dir = direction;
    this.dress().catch(console.error);
  }

  /** The page runs the other way now, or may do so. */
  turn() {
    this.runs = undefined;
    this.look();
  }

  /** What the page says of it, with Whop's colours where it says nothing. */
  get appearance() {
    const { around: { appearance: _, ...colors } = {}, options: { appearance } } = this;
    return { ...appearance, theme: { ...colors, ...appearance?.theme } };
  }

  /** Colours and the like: only who wants others than the usual ones waits for them. */
  async dress() {
    const { life } = this;
    const { theme, ...more } = this.appearance;
    const names = Object.keys({ ...theme, ...more }).filter((name) => name !== 'appearance');
    if ((!names.length && !this.dressed) || !place.files.appearance) return;
    this.dressed = true;
    const { apply } = await themes();
    if (this.life === life) apply(this.root, this.appearance);
  }

  /** `isRetry`: the visitor may be known by now. */
  update(options, isRetry) {
    const before = this.options;
    this.options = options;
    // The visitor may be another by what the page says of them.
    const isAnother = isRetry || ['assertion', 'token'].some((name) => options[name] !== before[name]);
    if (OPENED_WITH.some((name) => JSON.stringify(options[name]) !== JSON.stringify(before[name])) || (isAnother && this.isRefused)) {
      this.close();
      this.open();
      return;
    }
    this.look();
    if (options.post && options.post !== before.post) this.mounted?.jump_to(options.post);
  }

  /** Says that there is nothing more to come, unless one tries `again` where there is something to see already. */
  stop(error, why, again) {
    if (error) console.error(error);
    const { life, root } = this;
    // Said anew when more is known: the visitor's language, or what was painted.
    this.failed = async () => {
      const text = this.words[why];
      const { card, line } = await painter().catch(() => ({ card: () => root.replaceChildren(Object.assign(document.createElement('p'), { textContent: text })) }));
      if (this.life !== life) return;
      if (again && (this.painted || this.mounted)) {
        line(this, again);
        this.above?.();
      } else card(this, text);
    };
    this.failed();
    tellFailure(this.host, this.options);
  }

  close() {
    const { mounted } = this;
    this.isRefused = false;
    this.leaveWhop?.();
    this.leaveWhop = this.around = this.linked = undefined;
    this.life = this.mounted = this.painted = this.pressed = this.failed = this.first = this.runs = undefined;
    // A widget whose wasm has trapped can't be asked to leave.
    try { mounted?.unmount(); } catch (error) { console.error(error); }
    if (!mounted) this.root.replaceChildren();
  }

  remove() {
    widgets.delete(this);
    this.listening.abort();
    this.close();
  }
}

// Anew, for who has signed in or out: one after the other, since the code that is handed over counts once.
const again = async (code) => {
  handed = code;
  for (const widget of [...widgets]) {
    if (!isWhops(widget.options) || !widgets.has(widget)) continue;
    widget.close();
    widget.open();
    await widget.asked;
  }
};

/** Some element of the page runs from another side than before. */
export const turned = () => {
  for (const widget of widgets) widget.turn();
};

/** Instead of going blank, every widget of a program that has trapped says so (E11). */
export const watchForTraps = () => {
  const trapped = (error) => {
    if (!(error instanceof WebAssembly.RuntimeError) || !/wasm/.test(error.stack)) return;
    // A page may have programs of its own.
    const isOurs = ({ url }) => url && error.stack.includes(url);
    if (!['wasm', 'rest', 'glue'].some((role) => isOurs(place.files[role]))) return;
    for (const widget of widgets) widget.stop(undefined, 'chat_stopped');
  };
  addEventListener('error', (event) => trapped(event.error));
  addEventListener('unhandledrejection', (event) => trapped(event.reason));
};
