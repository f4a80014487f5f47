// A chat as somebody uses it for a while, whatever page it is on.

import { asUser, post } from './whop.mjs';

let count = 0;
/** Words that nobody has said before. */
export const once = (text) => `${text} ${(count += 1)}`;

/** Reads, writes, hears of what others write, reacts, opens a menu, looks for words, and closes what was opened. */
export async function use({ page, chat }, { sandbox }, channel) {
  await chat.log.getByRole('article').first().waitFor();
  const own = once('Written on a hard page');
  await chat.composer.click();
  await page.keyboard.type(own);
  await page.keyboard.press('Enter');
  await chat.message(own).waitFor();
  const others = once('Said by somebody else');
  const { id } = await post(sandbox, 'user_bob', channel, others);
  const row = chat.message(others);
  await row.waitFor();
  await asUser(sandbox, 'user_chen', 'POST', '/reactions', { resource_id: id, emoji: ':fire:' });
  await row.getByRole('button', { name: '🔥 1' }).click();
  await row.getByRole('button', { name: '🔥 2, you reacted' }).waitFor();
  await row.hover();
  await row.getByRole('button', { name: 'Add reaction' }).first().click();
  await chat.place.getByRole('menuitem').first().waitFor();
  await page.keyboard.press('Escape');
  await chat.place.getByRole('menuitem').first().waitFor({ state: 'detached' });
  await row.hover();
  await row.getByRole('button', { name: 'Reply' }).first().click();
  const answer = once('An answer');
  await page.keyboard.type(answer);
  await page.keyboard.press('Enter');
  await chat.message(answer).waitFor();
  await chat.place.getByRole('button', { name: 'Search messages' }).click();
  await page.keyboard.type(others);
  await chat.place.locator('.find-count').getByText('1').first().waitFor();
  await page.keyboard.press('Escape');
  await chat.composer.waitFor();
}
