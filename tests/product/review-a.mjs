import { startServers, launch, onCreatorSite, asUser, post, open, state, sleep, SHOT } from './review-lib.mjs';
const CH = 'chat_feed_quiet';
const servers = await startServers({ messages: 60 }); const b = await launch();
try {
  const s = servers.sandbox;
  const say = (u, t, m) => post(s, u, CH, t, m);
  await say('user_bob', 'zebra one with ||zebrasecret|| hidden');
  await say('user_bob', 'link [zebralabel](https://zebrahost.example/zebrapath) and https://zebraraw.example/x');
  await say('user_bob', '```js\nconst zebracode = /a.*(b|c)+$/;\n```\n and `zebrainline`');
  await say('user_bob', 'regex [a-z]+ .* (x|y)$ \\d "quoted zebraq" end');
  await say('user_noor', 'مرحبا بالجميع، هذه رسالة باللغة العربية مع كلمة film في الوسط. سَلَام');
  await say('user_bob', '今日は天気がいいですね。가방 かぎ がっこう');
  await say('user_bob', '🎉 party 👩‍👩‍👧 family 👍🏽 thumbs ❤️ heart :fire:');
  await say('user_bob', 'long message\n' + Array.from({ length: 60 }, (_, i) => `line ${i}`).join('\n\n') + '\n\nneedleatend');
  await say('user_bob', 'huge ' + 'lorem ipsum dolor '.repeat(540) + ' needlecollapsed');
  const r = await say('user_bob', 'reply target xylophone');
  await say('user_ada', 'own reply to it', { replying_to_message_id: r.id });
  await say('user_bob', 'Which zebrapoll film?', { poll: { options: [{ id: '1', text: 'Portra zebraopt' }, { id: '2', text: 'Tri-X' }] } });
  await say('user_ada', 'Hello @bob how are you C++ a+b=c <b>zebrahtml</b> 100%');
  for (let i = 0; i < 14; i++) await say(i % 3 ? 'user_chen' : 'user_marcus', `filler ${i}`);
  const v = await onCreatorSite(b, servers, { user: 'user_ada', channel: CH });
  const f = await open(v);
  const q = async (t, wait = 1500) => { await f.fill(t); await sleep(wait); const st = await state(v.page); console.log(JSON.stringify(t.slice(0, 40)), '=>', JSON.stringify(st)); return st; };
  for (const t of ['', '   ', '"', '""', '“ ”', 'zebra', 'zebrasecret', 'zebralabel', 'zebrahost', 'zebraraw', 'zebracode', '.*', '[a-z]+', '\\d', '(', '"quoted zebraq"', 'سلام', 'film', '天気', 'かき', '가', '🎉', '👍', '❤', ':fire:', 'fire', '🔥', 'bob', 'ada', '@bob', 'xylophone', 'zebraopt', 'C++', 'zebrahtml', '100%', 'nothingatall', 'nothingatall2']) await q(t, 1300);
  for (const t of ['needleatend', 'needlecollapsed']) { await q(t, 2500); await v.page.screenshot({ path: `${SHOT}/a-${t}.png` }); }
  await f.fill('x'.repeat(5000)); await sleep(500); console.log('len', (await f.inputValue()).length, JSON.stringify(await state(v.page)));
  console.log('problems', v.problems);
} finally { await b.close(); await servers.stop(); }
