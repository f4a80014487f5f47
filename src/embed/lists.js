// Lists beside a chat: what can be searched, and with whom one talks. An asset of its own.
export { Dms } from './lists/dms.js';
export { Search } from './lists/search.js';
