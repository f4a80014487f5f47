// `search-element`: finds words in the messages of a channel, or of all channels of a company. Whop's API can't search, so
// the messages are read from the newest on and compared here; what is found is shown as it is found.
import css from './lists.css';
import { Frame, make, notice } from './frame.js';
import { found, plainOf, wordsIn } from './matching.js';
import { Refused, Source } from './source.js';

/** Milliseconds after the last letter. */
const PAUSE = 250;
const PAGE = 50;
/** Messages of a channel that are read before one is asked whether to go on. */
const AT_ONCE = 500;

export class Search extends Frame {
  constructor(host, options, around) {
    super(host, css, 'search', options, around);
    this.open();
    const { words } = this;
    this.field = make('input', { class: 'list-field', type: 'search', enterkeyhint: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: words.find, 'aria-label': words.find, dir: 'auto' });
    this.status = make('p', { class: 'list-status', role: 'status' });
    this.results = make('ul', { class: 'list-rows', 'aria-label': words.find });
    this.more = make('div', { class: 'list-more' });
    const closing = make('button', { class: 'plain', type: 'button', onclick: () => this.tell('close') }, words.cancel);
    this.box.append(
      make('form', { class: 'list-head', role: 'search', onsubmit: (event) => { event.preventDefault(); this.ask(0); } }, this.field, closing),
      this.status,
      make('div', { class: 'list-scroller' }, this.results, this.more),
    );
    this.field.addEventListener('input', () => this.ask(PAUSE));
    this.box.addEventListener('keydown', (event) => this.pressed(event));
    options.ready?.();
    this.field.focus({ preventScroll: true });
  }

  open() {
    const { channelId, companyId } = this.options;
    this.source = new Source(this.options, channelId ? { channel_id: channelId } : { company_id: companyId });
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === 'Escape') return this.tell('close');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const rows = [this.field, ...this.results.querySelectorAll('button')];
    const next = rows[rows.indexOf(this.root.activeElement) + step];
    if (next) { event.preventDefault(); next.focus(); }
  }

  ask(after) {
    this.asking?.abort();
    clearTimeout(this.timer);
    const asking = (this.asking = new AbortController());
    this.timer = setTimeout(() => this.find(wordsIn(this.field.value), asking.signal), after);
  }

  async find(words, signal) {
    this.results.replaceChildren();
    this.more.replaceChildren();
    this.say('');
    if (!words.length) return;
    try {
      const readers = (await this.channels(signal)).map(({ id, name }) => ({ id, name, pages: this.pagesOf(id, signal) }));
      await this.readOn(readers, words, signal);
    } catch (error) {
      this.failed(error, signal);
    }
  }

  async channels(signal) {
    const { channelId, companyId } = this.options;
    if (channelId) return [{ id: channelId }];
    const channels = [];
    for await (const page of this.source.pages(`/chat_channels?company_id=${encodeURIComponent(companyId)}&first=${PAGE}`, signal)) {
      channels.push(...page.map(({ id, experience }) => ({ id, name: experience?.name })));
    }
    return channels;
  }

  pagesOf(channel, signal) {
    return this.source.pages(`/messages?channel_id=${encodeURIComponent(channel)}&direction=desc&first=${PAGE}`, signal);
  }

  /** A page of each channel in turn, as far as one looks without being asked. */
  async readOn(readers, words, signal) {
    this.say(this.words.finding_back);
    this.more.replaceChildren();
    let left = readers;
    for (let read = 0; left.length && read < AT_ONCE; read += PAGE) {
      for (const reader of [...left]) {
        const { value: page, done } = await reader.pages.next();
        if (signal.aborted) return;
        if (done) left = left.filter((one) => one !== reader);
        else for (const message of page) this.show(message, reader, words);
      }
    }
    const { length } = this.results.children;
    this.say(length ? '' : this.words.nothing_found);
    if (left.length) this.more.append(make('button', { class: 'plain', type: 'button', onclick: () => this.readOn(left, words, signal).catch((error) => this.failed(error, signal)) }, this.words.find_more));
  }

  show(message, { id, name }, words) {
    if (!message.content || message.message_type === 'system') return;
    const pieces = found(plainOf(message.content), words);
    if (!pieces) return;
    const excerpt = make('span', { class: 'list-text', dir: 'auto' }, ...pieces.map(([piece, isFound]) => (isFound ? make('mark', {}, piece) : piece)));
    const moment = new Date(message.created_at);
    const time = make('time', { datetime: message.created_at }, this.dates.format(moment));
    const who = make('bdi', { class: 'list-name' }, message.user?.name || message.user?.username || '');
    const where = name && make('bdi', { class: 'list-place' }, name);
    const row = make('button', { class: 'list-row', type: 'button', onclick: () => this.tell('resultClick', { messageId: message.id, channelId: message.channel_id ?? id }) }, make('span', { class: 'list-line' }, who, where || undefined, time), excerpt);
    this.results.append(make('li', {}, row));
  }

  get dates() {
    return (this.format ||= new Intl.DateTimeFormat(this.options.locale, { dateStyle: 'medium', timeStyle: 'short' }));
  }

  say(text) { this.status.textContent = text; }

  failed(error, signal) {
    if (signal.aborted) return;
    const code = error instanceof Refused ? error.code : 'UNREACHABLE';
    this.tell('failed', { code });
    const { words } = this;
    const said = { SIGNED_OUT: words.signed_out_title, NO_ACCESS: words.no_access_title, NOT_FOUND: words.unknown_title, MISCONFIGURED: words.misconfigured_title };
    this.say('');
    this.more.replaceChildren(notice({ title: said[code] ?? words.unreachable_title }, { label: words.try_again, run: () => this.ask(0) }));
  }

  update(options, isRetry) {
    const before = this.options;
    this.options = options;
    this.look(options);
    if (options.channelId !== before.channelId || options.companyId !== before.companyId || isRetry) {
      this.open();
      if (this.field.value) this.ask(0);
    }
  }

  remove() {
    this.asking?.abort();
    clearTimeout(this.timer);
    super.remove();
  }
}
