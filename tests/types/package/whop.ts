// What our types say is what Whop's say, and more. Nothing here runs: the compiler checks it.

import type * as Whop from '@whop/embedded-components-vanilla-js/types';
import type * as Ours from '../../../src/embed/types/index.js';

/** Fails to compile where something is not `true`. */
type All<Facts extends Record<string, true>> = Facts;
type Is<Given, Wanted> = [Given] extends [Wanted] ? true : false;
type Same<A, B> = [A, B] extends [B, A] ? true : false;
/** Whose keys are the same, optional ones among them. */
type SameKeys<A, B> = Same<keyof A, keyof B>;

/** Where Whop's are wanted, ours can be given: to Whop's React components, for one. */
export type Given = All<{
  elements: Is<Ours.WhopElements, Whop.WhopElements>;
  constructor: Is<Ours.WhopElementsConstructor, Whop.WhopElementsConstructor>;
  session: Is<Ours.ChatSession, Whop.ChatSession>;
  chat: Is<Ours.ChatElement, Whop.ChatElement>;
  list: Is<Ours.DmsListElement, Whop.DmsListElement>;
  search: Is<Ours.SearchElement, Whop.SearchElement>;
  options: Is<Ours.WhopElementsOptions, Whop.WhopElementsOptions>;
  chatEvent: Is<Ours.ChatElementEvent, Whop.ChatElementEvent>;
  listEvent: Is<Ours.DmsListElementEvent, Whop.DmsListElementEvent>;
}>;

/** What Whop takes, ours take. */
export type Taken = All<{
  options: Is<Whop.WhopElementsOptions, Ours.WhopElementsOptions>;
  session: Same<Whop.ChatSessionOptions, Ours.ChatSessionOptions>;
  appearance: Same<Whop.Appearance, Ours.Appearance>;
  locale: Same<Whop.I18nSupportedLocale, Ours.I18nSupportedLocale>;
  chatSnapshot: Same<Whop.ChatElementSnapshot, Ours.ChatElementSnapshot>;
  chatEvent: Is<Whop.ChatElementEvent, Ours.ChatElementEvent>;
  listEvent: Is<Whop.DmsListElementEvent, Ours.DmsListElementEvent>;
  error: Is<Whop.WhopElementErrorCode, Ours.WhopElementErrorCode>;
}>;

/** Nothing is missing, and nothing is there that we don't tell of. */
export type Named = All<{
  elements: SameKeys<Whop.WhopElements, Ours.WhopElements>;
  session: SameKeys<Whop.ChatSession, Omit<Ours.ChatSession, 'options'>>;
  sessionEvents: SameKeys<Whop.ChatSessionEvents, Ours.ChatSessionEvents>;
  types: SameKeys<Whop.ChatSessionElements, Ours.ChatSessionElements>;
  options: SameKeys<Whop.WhopElementsOptions, Omit<Ours.WhopElementsOptions, 'origin'>>;
  chat: SameKeys<Whop.ChatElement, Ours.ChatElement>;
  chatOptions: SameKeys<Whop.ChatElementOptions, Ours.ChatElementOptions>;
  listOptions: SameKeys<Whop.DmsListElementOptions, Ours.DmsListElementOptions>;
  searchOptions: SameKeys<Whop.SearchElementOptions, Ours.SearchElementOptions>;
}>;
