// The loader for pages that import it: `import { loadWhopElements } from 'https://chat.example.com/embed/loader.mjs'`
// (ADR 0018).
import { begin } from './begin.js';
import { filesAt } from './place.js';

const { url } = import.meta;

export const { WhopElements, WhopElementError, loadWhopElements } = begin(__IS_PROXYS__ ? new URL(url).origin : undefined, filesAt(url));
