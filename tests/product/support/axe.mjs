// axe-core, on the widget as it is in the page.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Looks at the widget, all of it: what is wrong, with the elements that it is wrong with. */
export async function check(page, state) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    // What fades in is judged once it is there. What is taken away meanwhile ends its fading with an error.
    const { shadowRoot } = document.querySelector('[data-whop-chat-channel-id]');
    await Promise.allSettled(shadowRoot.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished));
    const { violations } = await window.axe.run('[data-whop-chat-channel-id]', { resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.slice(0, 4).map(({ html, failureSummary }) => `${html.slice(0, 200)}\n${failureSummary}`),
    }));
  });
  assert.deepEqual(violations, [], state);
}
