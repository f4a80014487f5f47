// The list of members that a test looks for at run time is what our types declare. The compiler checks it.

import type * as Ours from '../../../src/embed/types/index.js';
import type { members } from './members.mjs';

type All<Facts extends Record<string, true>> = Facts;
type Same<A, B> = [A, B] extends [B, A] ? true : false;
type Listed<Name extends keyof typeof members> = (typeof members)[Name][number];

export type Declared = All<{
  module: Same<Listed<'module'>, keyof typeof Ours>;
  elements: Same<Listed<'elements'>, keyof Ours.WhopElements>;
  session: Same<Listed<'session'>, keyof Ours.ChatSession>;
  element: Same<Listed<'element'>, keyof Ours.ChatElement>;
}>;
