/** The parts that `classes` can dress, as `::part()` names them: `crates/markup/src/parts.rs` says which elements they are. */
export const PARTS = [
  'chat', 'header', 'title', 'status', 'list', 'day', 'message', 'own-message', 'bubble', 'own-bubble', 'avatar', 'author', 'badge', 'time',
  'text', 'quote', 'poll', 'answer', 'reactions', 'reaction', 'attachments', 'card', 'tools', 'unread', 'jump', 'typing', 'notice',
  'composer', 'field', 'send', 'pins', 'search',
];
