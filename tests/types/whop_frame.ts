// What our bridge says and understands is what `@whop/iframe` has. Nothing here runs: the compiler checks it.

import type { createSdk } from '@whop/iframe';
import type { Questions, Tellings } from '../../src/embed/whop_frame/protocol.js';

type Client = ReturnType<typeof createSdk>;
type Handlers = NonNullable<Parameters<typeof createSdk>[0]['onMessage']>;
type Handler<Name extends keyof Handlers> = NonNullable<Handlers[Name]>;

/** Fails to compile where something is not `true`. */
type All<Facts extends Record<string, true>> = Facts;
type Is<Given, Wanted> = [Given] extends [Wanted] ? true : false;

/** What we ask, the package would ask. */
export type Asked = All<{ [Name in keyof Questions]: Is<Questions[Name]['request'], Parameters<Client[Name]>[0]> }>;
/** What the package would be answered, we understand. */
export type Understood = All<{ [Name in keyof Questions]: Is<Awaited<ReturnType<Client[Name]>>, Questions[Name]['answer']> }>;
/** And nothing else. */
export type Answered = All<{ [Name in keyof Questions]: Is<Questions[Name]['answer'], Awaited<ReturnType<Client[Name]>>> }>;
/** What the package would be told, we understand. */
export type Told = All<{ [Name in keyof Tellings]: Is<Parameters<Handler<Name>>[0], Tellings[Name]['request']> }>;
/** What we say to it, the package would say. */
export type Replied = All<{ [Name in keyof Tellings]: Is<Tellings[Name]['answer'], Awaited<ReturnType<Handler<Name>>>> }>;
