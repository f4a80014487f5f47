// `dms-list-element`: the visitor's conversations, the last one first.
import css from './lists.css';
import { Frame, make, notice } from './frame.js';
import { Refused, Source } from './source.js';

/** Milliseconds between two looks, while the page is visible. */
const EVERY = 20_000;
/** Conversations without a name for which their members are asked, at most. */
const MOST_UNNAMED = 30;

export class Dms extends Frame {
  constructor(host, options, around) {
    super(host, css, 'dms', options, around);
    this.names = new Map();
    this.rows = make('ul', { class: 'list-rows list-scroller' });
    this.box.append(this.rows);
    const { signal } = this.life;
    document.addEventListener('visibilitychange', () => this.load(), { signal });
    addEventListener('online', () => this.load(), { signal });
    this.open();
    this.load();
  }

  open() {
    this.source = new Source(this.options, { company_id: this.options.companyId, with_direct_messages: true });
  }

  async load() {
    clearTimeout(this.timer);
    if (document.visibilityState === 'hidden' || this.isLoading) return;
    this.isLoading = true;
    const { signal } = this.life;
    try {
      const { companyId } = this.options;
      const { user } = await this.source.session(signal);
      const company = companyId ? `&company_id=${encodeURIComponent(companyId)}` : '';
      const channels = [];
      for await (const page of this.source.pages(`/dm_channels?first=50${company}`, signal)) channels.push(...page);
      const moment = ({ last_message_at: last, created_at: made }) => (last ? Date.parse(last) : Number(made) || Date.parse(made) || 0);
      this.channels = channels.map((channel) => ({ ...channel, moment: moment(channel) })).sort((one, other) => other.moment - one.moment);
      this.viewer = user.id;
      this.draw();
      await this.findNames(signal);
    } catch (error) {
      if (!signal.aborted) this.failed(error);
    } finally {
      this.isLoading = false;
      if (!signal.aborted) {
        this.options.ready?.();
        this.timer = setTimeout(() => this.load(), EVERY);
      }
    }
  }

  /** A conversation without a name is called as those are who are in it. */
  async findNames(signal) {
    for (const { id, name } of this.channels.slice(0, MOST_UNNAMED)) {
      if (name || this.names.has(id)) continue;
      const { data } = await this.source.get(`/dm_members?channel_id=${encodeURIComponent(id)}&first=5`, signal);
      const others = data.map((member) => member.user_id).filter((user) => user !== this.viewer);
      const people = await Promise.all(others.slice(0, 3).map((user) => this.source.get(`/users/${encodeURIComponent(user)}`, signal)));
      this.names.set(id, people.map((person) => person.name || person.username).join(', '));
      this.draw();
    }
  }

  draw() {
    const { selectedChannel, emptyState, locale } = this.options;
    const focused = this.root.activeElement?.dataset.channel;
    this.rows.replaceChildren(...this.channels.map(({ id, name, moment }) => {
      const date = new Date(moment);
      const isToday = date.toDateString() === new Date().toDateString();
      const shown = new Intl.DateTimeFormat(locale, isToday ? { timeStyle: 'short' } : { dateStyle: 'medium' }).format(date);
      const row = make('button', { class: 'list-row', type: 'button', 'data-channel': id, 'aria-current': id === selectedChannel ? 'true' : undefined, onclick: () => this.choose(id) },
        make('span', { class: 'list-line' }, make('bdi', { class: 'list-name' }, name || this.names.get(id) || '…'), moment ? make('time', { datetime: date.toISOString() }, shown) : undefined));
      return make('li', {}, row);
    }));
    if (!this.channels.length) this.rows.append(make('li', { class: 'list-empty' }, notice({ title: emptyState?.title ?? this.words.empty_title, text: emptyState?.description, image: emptyState?.image })));
    if (focused) this.rows.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
  }

  choose(id) {
    this.options = { ...this.options, selectedChannel: id };
    this.draw();
    this.tell('channelSelected', { id });
  }

  failed(error) {
    const code = error instanceof Refused ? error.code : 'UNREACHABLE';
    this.tell('failed', { code });
    if (this.channels && code === 'UNREACHABLE') return;
    const { words } = this;
    const said = { SIGNED_OUT: words.signed_out_title, NO_ACCESS: words.no_access_title, MISCONFIGURED: words.misconfigured_title };
    this.rows.replaceChildren(make('li', { class: 'list-empty' }, notice({ title: said[code] ?? words.unreachable_title }, { label: words.try_again, run: () => this.load() })));
  }

  update(options, isRetry) {
    const before = this.options;
    this.options = options;
    this.look(options);
    if (options.companyId !== before.companyId || isRetry) {
      this.open();
      this.load();
    } else if (this.channels) this.draw();
  }

  remove() {
    clearTimeout(this.timer);
    super.remove();
  }
}
