// `dms-list-element`: the visitor's conversations, the last one first.
import css from './lists.css';
import { Frame, make, notice } from './frame.js';
import { isWithheld } from './source.js';

/** Milliseconds between two looks, while the page is visible. */
const EVERY = 20_000;
/** Conversations without a name for which their members are asked, at most. */
const MOST_UNNAMED = 30;

export class Dms extends Frame {
  constructor(host, options, around) {
    super(host, css, 'dms', options, around);
    this.names = new Map();
    this.rows = make('ul', { class: 'list-rows list-scroller', part: 'list' });
    this.box.append(this.rows);
    const { signal } = this.life;
    document.addEventListener('visibilitychange', () => this.load(), { signal });
    addEventListener('online', () => this.load(), { signal });
    this.open();
  }

  open() {
    this.read({ company_id: this.options.companyId ?? '', with_direct_messages: true });
    this.channels = undefined;
    this.isLoading = false;
    this.load();
  }

  async load() {
    clearTimeout(this.timer);
    if (document.visibilityState === 'hidden' || this.isLoading) return;
    this.isLoading = true;
    const { source, source: { signal } } = this;
    try {
      const { companyId } = this.options;
      const { user } = await source.session();
      const company = companyId ? `&company_id=${encodeURIComponent(companyId)}` : '';
      const channels = [];
      for await (const page of source.pages(`/dm_channels?first=50${company}`, signal)) channels.push(...page);
      const moment = ({ last_message_at: last, created_at: made }) => (last ? Date.parse(last) : Number(made) || Date.parse(made) || 0);
      this.channels = channels.map((channel) => ({ ...channel, moment: moment(channel) })).sort((one, other) => other.moment - one.moment);
      this.viewer = user.id;
      this.code = undefined;
      this.draw();
      await this.findNames(source);
      this.answered();
    } catch (error) {
      if (!signal.aborted) this.failed(error);
    }
    if (signal.aborted) return;
    this.isLoading = false;
    this.options.ready?.();
    // Who is refused is so until somebody does something: the page isn't asked again and again who they are.
    if (!this.isRefused) this.timer = setTimeout(() => this.load(), EVERY);
  }

  /** A conversation without a name is called as those are who are in it. */
  async findNames(source) {
    for (const { id, name } of this.channels.slice(0, MOST_UNNAMED)) {
      if (name || this.names.has(id)) continue;
      // Whose members may not be known, or are gone, has none, and is there nonetheless.
      this.names.set(id, await this.nameOf(id, source).catch((error) => {
        if (isWithheld(error)) return '';
        throw error;
      }));
      this.draw();
    }
  }

  async nameOf(id, source) {
    const { signal } = source;
    const { data } = await source.get(`/dm_members?channel_id=${encodeURIComponent(id)}&first=5`, signal);
    const others = data.map((member) => member.user_id).filter((user) => user !== this.viewer);
    const people = await Promise.all(others.slice(0, 3).map((user) => source.get(`/users/${encodeURIComponent(user)}`, signal)));
    return people.map((person) => person.name || person.username).join(', ');
  }

  get isRefused() { return Boolean(this.code) && this.code !== 'UNREACHABLE'; }

  /** The conversations, or why there are none to see. */
  draw() {
    if (this.code && (this.isRefused || !this.channels)) return this.rows.replaceChildren(make('li', { class: 'list-empty' }, this.refusal(() => this.load())));
    if (!this.channels) return;
    const { selectedChannel, emptyState } = this.options;
    const focused = this.root.activeElement?.dataset.channel;
    this.rows.replaceChildren(...this.channels.map(({ id, name, moment }) => {
      const row = make('button', { class: 'list-row', type: 'button', 'data-channel': id, 'aria-current': id === selectedChannel ? 'true' : undefined, onclick: () => this.choose(id) },
        make('span', { class: 'list-line' }, make('bdi', { class: 'list-name', part: 'title' }, name || this.names.get(id) || '…'), moment ? this.timeOf(new Date(moment)) : undefined));
      return make('li', {}, row);
    }));
    if (!this.channels.length) this.rows.append(make('li', { class: 'list-empty' }, notice({ title: emptyState?.title ?? this.words.empty_title, text: emptyState?.description, image: emptyState?.image })));
    if (focused) this.rows.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
  }

  speak() { this.draw(); }

  choose(id) {
    this.options = { ...this.options, selectedChannel: id };
    this.draw();
    this.tell('channelSelected', { id });
  }

  failed(error) {
    super.failed(error);
    this.draw();
  }

  update(options, isRetry) {
    const before = this.options;
    this.options = options;
    this.look();
    if (options.companyId !== before.companyId || options.origin !== before.origin || isRetry) this.open();
    else this.draw();
  }

  remove() {
    clearTimeout(this.timer);
    super.remove();
  }
}
