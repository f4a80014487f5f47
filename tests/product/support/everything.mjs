// A channel in which something of everything is said.

import { asUser, post } from './whop.mjs';

/** Ids whose tints are all eight that there are. */
const TINTED = Array.from({ length: 24 }, (_, index) => `user_tint_${index}`);

/** What only frames tell, of a message that no server knows. `id` orders it among the others. */
export async function showLive(sandbox, channel, id, user, content, more = {}, name = user) {
  const at = Date.now();
  await sandbox.control('sockets/frame', { frame: { feedEntity: { dmsPost: {
    entityId: id, createdAt: at, updatedAt: at, Deleted: false, feedId: channel, feedType: 'chat_feed', userId: user,
    isEdited: false, content, messageType: 'REGULAR', postReactionCounts: [],
    user: { id: user, username: user.slice(5), name }, ...more,
  } }, createdAt: at } });
}

/** A picture of the sandbox's, as a frame names it. */
export function picture(sandbox, name, width = 480, height = 320) {
  return {
    id: `file_${name}`, originalUrl: `${sandbox.api}/files/card_${name}/content`, fileName: `${name}.png`,
    contentType: 'image/png', byteSize: 48_000, image: { width, height, blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj' },
  };
}

/** Says it over REST, so that whoever comes later finds it, too. */
export async function sayEverything(sandbox, channel) {
  const say = (user, content, more) => post(sandbox, user, channel, content, more);
  const pin = (user, message) => asUser(sandbox, user, 'PATCH', `/messages/${message.id}`, { is_pinned: true });
  const react = (user, message, emoji) => asUser(sandbox, user, 'POST', '/reactions', { resource_id: message.id, emoji });
  const rules = await say('user_olivia', '# Welcome\n\nBe **kind**, read the *pinned* posts, ask ~~anything~~ everything.\n\n1. Say hello\n2. Show a picture\n   - of film\n\n- [x] read this\n- [ ] post');
  await pin('user_olivia', rules);
  const code = await say('user_marcus', 'Try `make roll`:\n\n```js\nconst roll = { film: "HP5", iso: 400 }; // a line that is longer than any bubble and has to scroll by itself\n```\n\n> what somebody said\n\nor ||the secret|| way, [the manual](https://example.com/manual) @ada @everyone');
  await pin('user_marcus', code);
  await say('user_ada', 'An own one with `code`, a [link](https://example.com/own), ||a spoiler|| and @bob\n\n```\nfixed 4 min\n```\n\n> quoted');
  const reply = await say('user_bob', 'Thanks, that works.', { replying_to_message_id: code.id });
  await react('user_ada', reply, ':fire:');
  await react('user_chen', reply, ':heart:');
  await say('user_ada', 'Same here', { replying_to_message_id: reply.id });
  const poll = await say('user_fatima', 'Which film next?', { poll: { options: [{ id: '1', text: 'Portra 400' }, { id: '2', text: 'Tri-X' }, { id: '3', text: 'A much longer answer that has to go over more than one line in a narrow place' }] } });
  await asUser(sandbox, 'user_ada', 'POST', '/reactions', { resource_id: poll.id, poll_option_id: '1' }).catch(() => {});
  await say('user_ada', 'And for me?', { poll: { options: [{ id: '1', text: 'Yes' }, { id: '2', text: 'No' }] } });
  await say('user_sofia', '| film | iso |\n|:--|--:|\n| HP5 | 400 |\n| FP4 | 125 |\n\nsee https://example.com/film/hp5-in-hc110');
  await say('user_noor', 'مرحبا بالجميع، هذه رسالة باللغة العربية مع كلمة film في الوسط.');
  await say('user_chen', '🎉🔥');
  const edited = await say('user_tomasz', 'frist');
  await asUser(sandbox, 'user_tomasz', 'PATCH', `/messages/${edited.id}`, { content: 'first, with a correction' });
  return { rules, code, reply, poll };
}

/** Says, to whoever listens now, what REST can't. */
export async function showEverything(sandbox, channel) {
  for (const [index, user] of TINTED.entries()) await showLive(sandbox, channel, `zz_${index}`, user, `tint ${index}`);
  await showLive(sandbox, channel, 'zz_bot', 'user_bot', 'beep', { messageType: 'AUTOMATED' });
  await showLive(sandbox, channel, 'zz_system', 'user_olivia', 'Olivia renamed the channel', { messageType: 'SYSTEM' });
  const files = ['one', 'two', 'three', 'four', 'five'].map((name) => picture(sandbox, name));
  const notes = { id: 'notes', originalUrl: `${sandbox.api}/files/notes/content`, fileName: 'development-notes.pdf', contentType: 'application/pdf', byteSize: 1_234_567 };
  await showLive(sandbox, channel, 'zz_files', 'user_marcus', 'a gallery', { isPosterAdmin: true, files: [...files, notes] }, 'Marcus Okafor');
  const links = [
    { url: 'https://example.com/guide', title: 'A guide to film', description: 'What it is, why one would want it, and how to begin without spending a fortune.', image: `${sandbox.api}/files/card_guide/content`, favicon: `${sandbox.api}/files/icon_guide/content` },
    { url: 'https://example.com/later', processing: true },
  ];
  await showLive(sandbox, channel, 'zz_links', 'user_sofia', 'https://example.com/guide https://example.com/later', { links }, 'Sofia');
}
