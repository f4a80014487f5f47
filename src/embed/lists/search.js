// `search-element`: finds words in the messages of a channel, or of all channels of a company. Whop's API can't search, so
// the messages are read from the newest on and compared here; what is found is shown as it is found.
import css from './lists.css';
import { Frame, make } from './frame.js';
import { found, plainOf, wordsIn } from './matching.js';
import { isWithheld } from './source.js';

/** Whatever the page says of all elements. */
const DIALOG = 'all:initial;position:fixed;inset:0;margin:auto;border-radius:12px;overflow:hidden;width:min(560px,100vw - 32px);height:min(640px,100vh - 32px);'.replaceAll(';', '!important;');
/** Those that have it: from then on the page may change it. */
const dressed = new WeakSet();
/** Milliseconds after the last letter. */
const PAUSE = 250;
const PAGE = 50;
/** Messages of a channel that are read before one is asked whether to go on. */
const AT_ONCE = 500;

export class Search extends Frame {
  constructor(host, options, around) {
    super(host, css, 'search', options, around);
    this.field = make('input', { class: 'list-field', part: 'field', type: 'search', enterkeyhint: 'search', autocomplete: 'off', spellcheck: 'false', dir: 'auto' });
    this.status = make('p', { class: 'list-status', role: 'status' });
    this.results = make('ul', { class: 'list-rows' });
    this.more = make('div', { class: 'list-more' });
    this.closing = make('button', { class: 'plain', type: 'button', onclick: () => this.tell('close') });
    this.box.append(
      make('form', { class: 'list-head', part: 'search', role: 'search', onsubmit: (event) => { event.preventDefault(); this.ask(0); } }, this.field, this.closing),
      this.status,
      make('div', { class: 'list-scroller', part: 'list' }, this.results, this.more),
    );
    this.field.addEventListener('input', () => this.ask(PAUSE));
    this.box.addEventListener('keydown', (event) => this.pressed(event));
    // A page's own dialog is the page's affair.
    this.dialog = host.closest('dialog.whop-chat-modal');
    // It closes with the list, unless the page wants to keep that.
    this.dialog?.addEventListener('cancel', (event) => { event.preventDefault(); this.tell('close'); }, { signal: this.life.signal });
    this.raise();
    this.open();
    options.ready?.();
    this.field.focus({ preventScroll: true });
  }

  /** The dialog above the page, if it is in one. */
  raise() {
    const { dialog } = this;
    if (!dialog || dialog.matches(':modal')) return;
    if (!dressed.has(dialog)) {
      dressed.add(dialog);
      const { style } = dialog;
      style.removeProperty('display');
      const own = [...style].map((name) => [name, style.getPropertyValue(name)]);
      style.cssText = DIALOG;
      for (const [name, value] of own) style.setProperty(name, value, 'important');
    }
    // It may have been taken away while it was open, and is no modal one any more.
    dialog.open = false;
    dialog.showModal();
  }

  open() {
    const { channelId, companyId } = this.options;
    this.asking?.abort();
    this.read(channelId ? { channel_id: channelId } : { company_id: companyId ?? '' });
    this.clear();
    if (this.field.value) this.ask(0);
  }

  speak() {
    const { dialog, words: { find, cancel } } = this;
    // The page may have named it.
    const isNamed = dialog?.hasAttribute('aria-labelledby') || dialog?.getAttribute('aria-label') !== this.field.getAttribute('aria-label');
    if (!isNamed) dialog?.setAttribute('aria-label', find);
    this.field.placeholder = find;
    for (const one of [this.field, this.results]) one.setAttribute('aria-label', find);
    this.closing.textContent = cancel;
    if (this.code) this.refuse();
    else if (this.field.value) this.ask(0);
  }

  clear() {
    this.results.replaceChildren();
    this.more.replaceChildren();
    this.say('');
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      // Or the dialog would be asked to close, too.
      if (this.dialog) event.preventDefault();
      return this.tell('close');
    }
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
    this.code = undefined;
    this.clear();
    if (!words.length) return;
    try {
      const readers = (await this.channels(signal)).map(({ id, name }) => ({ id, name, pages: this.pagesOf(id, signal) }));
      await this.readOn(readers, words, signal);
    } catch (error) {
      this.failed(error, signal);
    }
  }

  async channels(signal) {
    const { channelId } = this.options;
    if (channelId) return [{ id: channelId }];
    const channels = [];
    // The page's, or else the proxy's own.
    const { company_id: company } = await this.source.session();
    for await (const page of this.source.pages(`/chat_channels?company_id=${encodeURIComponent(company)}&first=${PAGE}`, signal)) {
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
        const { value: page, done } = await reader.pages.next().catch((error) => {
          if (!isWithheld(error)) throw error;
          reader.refusal = error;
          return { done: true };
        });
        if (signal.aborted) return;
        this.answered();
        if (done) left = left.filter((one) => one !== reader);
        else for (const message of page) this.show(message, reader, words);
      }
    }
    // One of several channels may be withheld, but not all of them.
    if (readers.length && readers.every(({ refusal }) => refusal)) throw readers[0].refusal;
    const { length } = this.results.children;
    this.say(length ? '' : this.words.nothing_found);
    if (left.length) this.more.append(make('button', { class: 'plain', type: 'button', onclick: () => this.readOn(left, words, signal).catch((error) => this.failed(error, signal)) }, this.words.find_more));
  }

  show(message, { id, name }, words) {
    if (!message.content || message.message_type === 'system') return;
    const pieces = found(plainOf(message.content), words);
    if (!pieces) return;
    const excerpt = make('span', { class: 'list-text', part: 'text', dir: 'auto' }, ...pieces.map(([piece, isFound]) => (isFound ? make('mark', {}, piece) : piece)));
    const time = this.timeOf(new Date(message.created_at));
    const who = make('bdi', { class: 'list-name', part: 'author' }, message.user?.name || message.user?.username || '');
    const where = name && make('bdi', { class: 'list-place', part: 'title' }, name);
    const row = make('button', { class: 'list-row', part: 'message', type: 'button', onclick: () => this.tell('resultClick', { messageId: message.id, channelId: message.channel_id ?? id }) }, make('span', { class: 'list-line' }, who, where || undefined, time), excerpt);
    this.results.append(make('li', {}, row));
  }

  say(text) { this.status.textContent = text; }

  failed(error, signal) {
    if (signal.aborted) return;
    super.failed(error);
    this.refuse();
  }

  refuse() {
    this.say('');
    this.more.replaceChildren(this.refusal(() => this.ask(0)));
  }

  update(options, isRetry) {
    const before = this.options;
    this.options = options;
    this.raise();
    this.look();
    if (['channelId', 'companyId', 'origin'].some((name) => options[name] !== before[name]) || isRetry) this.open();
  }

  remove() {
    this.asking?.abort();
    clearTimeout(this.timer);
    super.remove();
  }
}
