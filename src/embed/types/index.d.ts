/**
 * The types of `whop-chat`. What Whop Elements has is here by the same name, so that a page that is written against
 * `@whop/embedded-components-vanilla-js` compiles against this; what is ours alone says so.
 */

/** The languages in which an element can speak. */
export type I18nSupportedLocale = 'en' | 'es' | 'zh' | 'nl' | 'pt' | 'de' | 'it' | 'fr' | 'ja' | 'pl' | 'tr';

/** CSS properties and their values. */
export type CSSProps = Record<string, string>;
/** Classes, each with what it sets. */
export type Classes = Record<string, CSSProps>;
/** Custom properties, which override the usual ones. */
export type Variables = Record<`--${string}`, string>;
/** The colours that buttons, links and one's own messages can have. */
export type AccentColor =
  | 'ruby' | 'blue' | 'red' | 'yellow' | 'green' | 'gray' | 'tomato' | 'crimson' | 'pink' | 'plum' | 'purple' | 'violet' | 'iris' | 'cyan'
  | 'teal' | 'jade' | 'grass' | 'brown' | 'orange' | 'indigo' | 'sky' | 'mint' | 'amber' | 'lime' | 'lemon' | 'magenta' | 'gold' | 'bronze';

/** The colours of an element. */
export type Theme = {
  /** Light or dark. Where nothing is said, it is as the visitor has set it. */
  appearance?: 'light' | 'dark';
  /** What can be pressed. */
  accentColor?: AccentColor;
  /** What is neutral; `auto` takes the gray that suits the accent. */
  grayColor?: 'gray' | 'mauve' | 'slate' | 'sage' | 'olive' | 'sand' | 'auto';
  /** What went wrong, and what can't be undone. */
  dangerColor?: 'ruby' | 'red' | 'tomato';
  /** What to be careful with. */
  warningColor?: 'yellow' | 'amber';
  /** What went well. */
  successColor?: 'green' | 'teal' | 'jade' | 'grass';
  /** What is good to know. */
  infoColor?: 'sky' | 'blue';
};

/** How elements look. */
export type Appearance = {
  variables?: Variables | null;
  classes?: Classes | null;
  theme?: Theme | null;
};

/** Ours: a theme may also say by name that it is as the visitor has set it. */
export type ThemeInput = Omit<Theme, 'appearance'> & { appearance?: Theme['appearance'] | 'system' };

/** Events and what is called for each. */
export type ListenerSignature<L> = { [E in keyof L]: (...args: any[]) => any };

/** Events as Node's `EventEmitter` has them. A listener that throws does not keep an event from the others. */
export interface TypedEmitter<L extends ListenerSignature<L>> {
  addListener<U extends keyof L>(event: U, listener: L[U]): this;
  prependListener<U extends keyof L>(event: U, listener: L[U]): this;
  prependOnceListener<U extends keyof L>(event: U, listener: L[U]): this;
  removeListener<U extends keyof L>(event: U, listener: L[U]): this;
  removeAllListeners(event?: keyof L): this;
  once<U extends keyof L>(event: U, listener: L[U]): this;
  on<U extends keyof L>(event: U, listener: L[U]): this;
  off<U extends keyof L>(event: U, listener: L[U]): this;
  emit<U extends keyof L>(event: U, ...args: Parameters<L[U]>): boolean;
  eventNames<U extends keyof L>(): U[];
  listenerCount(type: keyof L): number;
  listeners<U extends keyof L>(type: U): L[U][];
  rawListeners<U extends keyof L>(type: U): L[U][];
  getMaxListeners(): number;
  setMaxListeners(most: number): this;
}

/**
 * What went wrong. Whop has `UNKNOWN_ERROR` only.
 * - `SIGNED_OUT`: nobody knows who the visitor is.
 * - `NO_ACCESS`: the visitor may not see it.
 * - `NOT_FOUND`: there is no such channel.
 * - `MISCONFIGURED`: the page or the proxy says something that can't be.
 * - `UNREACHABLE`: the proxy does not answer.
 * - `UNKNOWN_ERROR`: anything else.
 */
export type WhopElementErrorCode = 'SIGNED_OUT' | 'NO_ACCESS' | 'NOT_FOUND' | 'MISCONFIGURED' | 'UNREACHABLE' | 'UNKNOWN_ERROR';

/** What the event `error` of an element brings. */
export declare class WhopElementError extends Error {
  readonly code: WhopElementErrorCode;
  constructor(code: WhopElementErrorCode, message?: string);
}

/** What all elements have in common. */
export interface WhopElement<
  ElementOptions,
  ElementEvents extends ListenerSignature<ElementEvents> & { snapshot: (snapshot: ElementSnapshot) => void },
  ElementSnapshot,
> extends TypedEmitter<ElementEvents> {
  /** What the element was given. */
  options: ElementOptions;
  /** `ready` as soon as there is something to see. */
  readonly state: 'loading' | 'ready';
  /** Shows the element in an empty container: an element, or the `#id` of one. It may be mounted again after `unmount`. */
  mount: (container: HTMLElement | `#${string}`) => void;
  /** Takes it away, with all that it started. */
  unmount: () => void;
  /** Changes the options that are given; the others stay. */
  updateOptions: (options: Partial<ElementOptions>) => void;
  /** The state; the same object until it changes. */
  getSnapshot: () => ElementSnapshot;
}

/** What is shown where there is nothing to show. */
export interface EmptyStateOptions {
  image?: { url: string; width?: number; height?: number };
  title?: string;
  description?: string;
}

/** The state of any element. */
export interface ElementSnapshot {
  state: 'loading' | 'ready';
}

/** The events that every element tells of. */
export interface CommonElementEvents<Element, Options> {
  /** Something went wrong: a {@link WhopElementError}. */
  error: (error: unknown) => void;
  /** There is something to see. */
  ready: (element: Element) => void;
  /** `updateOptions` was called. */
  optionsUpdated: (options: Options) => void;
  /** The state has changed. */
  snapshot: (snapshot: ElementSnapshot) => void;
}

/** The events of an element's own, as `onEvent` is told of them. */
export type ElementEvent<Events, Names extends keyof Events> = {
  [Name in Names]: (Events[Name] extends (event: infer Event) => unknown ? Event : never) & { type: Name };
}[Names];

/** A file of a message on which the visitor has clicked. */
export interface AttachmentClickEventAttachment {
  id: string;
  url: string;
  contentType?: string;
  filename?: string;
  width?: number;
  height?: number;
}

/** What a chat tells of. */
export interface ChatElementEvents extends CommonElementEvents<ChatElement, ChatElementOptions> {
  /** On somebody's name, picture or mention. */
  profileClick: (ev: CustomEvent<{ id: string }>) => void;
  /** On a link; `preventDefault()` keeps it from being followed. */
  linkClick: (ev: CustomEvent<{ url: string }>) => void;
  /** The visitor has sent a message, and Whop has it. */
  messageSent: (ev: CustomEvent<{ id: string; content: string; channelId: string }>) => void;
  /** The visitor has deleted a message. */
  messageDeleted: (ev: CustomEvent<{ id: string }>) => void;
  /** On a mention of an experience. */
  experienceClick: (ev: CustomEvent<{ id: string }>) => void;
  /** On a file of a message; `preventDefault()` keeps it from being shown. */
  attachmentClick: (ev: CustomEvent<{ messageId: string; attachments: AttachmentClickEventAttachment[] }>) => void;
}

/** A chat's own events. */
export type ChatElementEvent = ElementEvent<
  ChatElementEvents,
  'profileClick' | 'linkClick' | 'messageSent' | 'messageDeleted' | 'experienceClick' | 'attachmentClick'
>;

/** What a chat is given. */
export interface ChatElementOptions {
  /** The channel, the conversation or the support chat. */
  channelId: string;
  /** The message to begin with, or to go to. */
  deeplinkToPostId?: string;
  /** Links are left to the page, which hears of them by `linkClick`. Default: false. */
  disableNavigation?: boolean;
  /** Instead of our own words for a channel without messages. */
  emptyState?: EmptyStateOptions;
  /** Bubbles or rows. Default: `imessage`. */
  style?: 'imessage' | 'discord';
  /** What can be done; all of it by default. */
  features?: {
    banUser?: boolean;
    muteUser?: boolean;
    previewAttachments?: boolean;
    mentionExperiences?: boolean;
  };
  /** The same as the event `ready`. */
  onReady?: (element: ChatElement) => void;
  /** Is told of each of the element's own events. */
  onEvent?: (event: ChatElementEvent) => void;
}

/** A chat's state. */
export interface ChatElementSnapshot extends ElementSnapshot {}
/** A channel, to read and to write in. */
export type ChatElement = WhopElement<ChatElementOptions, ChatElementEvents, ChatElementSnapshot>;

/** What a list of conversations tells of. */
export interface DmsListElementEvents extends CommonElementEvents<DmsListElement, DmsListElementOptions> {
  /** The visitor has chosen one. */
  channelSelected: (ev: CustomEvent<{ id: string }>) => void;
}

/** Its own events. */
export type DmsListElementEvent = ElementEvent<DmsListElementEvents, 'channelSelected'>;

/** What it is given. */
export interface DmsListElementOptions {
  /** Of that company only. */
  companyId?: string;
  /** The one that is open. */
  selectedChannel?: string;
  /** Instead of our own words where there are none. */
  emptyState?: EmptyStateOptions;
  /** The same as the event `ready`. */
  onReady?: (element: DmsListElement) => void;
  /** Is told of each of the element's own events. */
  onEvent?: (event: DmsListElementEvent) => void;
}

/** Its state. */
export interface DmsListElementSnapshot extends ElementSnapshot {}
/** The visitor's conversations. */
export type DmsListElement = WhopElement<DmsListElementOptions, DmsListElementEvents, DmsListElementSnapshot>;

/** What a search tells of. What the page prevents keeps the element mounted. */
export interface SearchElementEvents extends CommonElementEvents<SearchElement, SearchElementOptions> {
  /** The visitor has closed it. */
  close: (ev: CustomEvent) => void;
  /** The visitor has chosen a message. */
  resultClick: (ev: CustomEvent<{ messageId: string; channelId: string }>) => void;
}

/** What it is given. */
export interface SearchElementOptions {
  /** Where to search: all of that company, … */
  companyId?: string;
  /** … or one channel. */
  channelId?: string;
  /** The same as the event `ready`. */
  onReady?: (element: SearchElement) => void;
  /** The same as the event `close`. */
  onClose?: (ev: CustomEvent) => void;
  /** The same as the event `resultClick`. */
  onResultClick?: (ev: CustomEvent<{ messageId: string; channelId: string }>) => void;
}

/** Its state. */
export interface SearchElementSnapshot extends ElementSnapshot {}
/** A search for messages. */
export type SearchElement = WhopElement<SearchElementOptions, SearchElementEvents, SearchElementSnapshot>;

/** A dialog over the page. */
export interface ModalContainer {
  modalContainer: HTMLElement;
  mount: () => void;
  close: () => void;
}

/** Who the visitor is; null where nobody is signed in. */
export type Token = string | Promise<string | null> | null;
/** Asks who the visitor is. */
export type GetToken = (options: { abortSignal: AbortSignal }) => Token;

/** What a session is given. */
export interface ChatSessionOptions {
  /**
   * A function is asked again before a token ends, and when it was refused. What is no function is not asked again:
   * `updateOptions({token})` brings the next one.
   */
  token: Token | GetToken;
}

/** What a session has. */
export interface ExpandedChatSessionOptions extends ChatSessionOptions {}

/** What a session tells of. */
export interface ChatSessionEvents {
  /** The first token is there. */
  ready: () => void;
  /** `updateOptions` was called. */
  optionsUpdated: (options: ExpandedChatSessionOptions) => void;
  /** Another token is there. */
  tokenRefreshed: (token: string) => void;
  /** The page did not answer who the visitor is. */
  tokenRefreshError: (error: unknown) => void;
  /** Something went wrong. */
  error: (error: unknown) => void;
}

/** Each type of element, with what it is given. */
export type ChatSessionElements = {
  'chat-element': [ChatElementOptions, ChatElement];
  'dms-list-element': [DmsListElementOptions, DmsListElement];
  'search-element': [SearchElementOptions, SearchElement];
};

/** A visitor, and the elements that are shown to them. */
export interface ChatSession extends TypedEmitter<ChatSessionEvents> {
  /** Ours: what the session was given. */
  readonly options: ExpandedChatSessionOptions;
  /** Changes the token. */
  updateOptions: (options: Partial<ChatSessionOptions>) => void;
  /** Ends it, and unmounts all its elements. */
  destroy: () => void;
  /** Makes an element, to be mounted. */
  createElement<T extends keyof ChatSessionElements>(type: T | { type: T }, options: ChatSessionElements[T][0]): ChatSessionElements[T][1];
  /** Opens a search over the page. Undefined where one is open already, unless that is forced to close. */
  showSearchModal<Force extends boolean = false>(
    options: SearchElementOptions | ((modal: ModalContainer) => SearchElementOptions),
    force?: Force,
  ): Force extends true ? ModalContainer : ModalContainer | undefined;
}

/** Which of Whop's worlds: the proxy decides that here. */
export type WhopElementsEnvironment = 'production' | 'sandbox';

/** What all elements of a page share. */
export type WhopElementsOptions = {
  /** How they look. */
  appearance?: Appearance;
  /** In which language they speak. Default: `en`. */
  locale?: I18nSupportedLocale;
  /** Is taken, and changes nothing. */
  environment?: WhopElementsEnvironment;
  /** Ours: where your proxy is, like `https://chat.example.com`. Not needed where the script comes from the proxy. */
  origin?: string;
};

/** The same, as it may be given. */
export type WhopElementsInput = Omit<WhopElementsOptions, 'appearance'> & {
  appearance?: Omit<Appearance, 'theme'> & { theme?: ThemeInput | null };
};

/** `window.WhopElements`. */
export type WhopElementsConstructor = {
  new (options?: WhopElementsInput): WhopElements;
};

/** What it tells of. */
export interface WhopElementsEvents {
  /** `updateOptions` was called. */
  optionsUpdated: (options: WhopElementsOptions) => void;
}

/** Where all begins. */
export interface WhopElements extends TypedEmitter<WhopElementsEvents> {
  /** What all elements share. */
  options: WhopElementsOptions;
  /** Changes it, for the elements that are there, too. */
  updateOptions: (options: Partial<WhopElementsInput>) => void;
  /** Begins a session for a visitor. */
  createChatSession: (options: ChatSessionOptions) => ChatSession;
  /** Throws: payouts need Whop's own script. */
  createPayoutsSession: (options?: unknown) => never;
  /** Throws: wallets need Whop's own script. */
  createWalletSession: (options?: unknown) => never;
}

export declare const WhopElements: WhopElementsConstructor;

/** A new {@link WhopElements}; null on a server. */
export declare const loadWhopElements: (options?: WhopElementsInput) => Promise<WhopElements | null>;

/** Ours: what `<whop-chat>` takes; of any other element, with `data-whop-chat-` before it. */
export interface WhopChatAttributes {
  /** The channel, … */
  'channel-id'?: string;
  /** … or the experience that shows it. */
  'experience-id'?: string;
  /** Where your proxy is. Not needed where the script comes from the proxy. */
  origin?: string;
  /** Who the visitor is, signed by your backend. It counts once. */
  assertion?: string;
  /** Where to ask who the visitor is: `{"token": "…"}`. */
  'token-url'?: string;
  theme?: 'light' | 'dark' | 'system';
  accent?: AccentColor;
  /** Bubbles or rows; `data-whop-chat-style` on any other element. */
  'chat-style'?: 'imessage' | 'discord';
  locale?: string;
  /** The message to begin with. */
  post?: string;
  /** A button that opens the chat; what it says, or nothing. */
  launcher?: string | boolean;
  'z-index'?: string | number;
}

/** Ours: `<whop-chat>`. */
export interface WhopChatElement extends HTMLElement {}

declare global {
  interface HTMLElementTagNameMap {
    'whop-chat': WhopChatElement;
  }
}
