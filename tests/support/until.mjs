// Waiting for conditions, never for durations.

import { setTimeout as pause } from 'node:timers/promises';

const USUAL_PATIENCE = 15_000;

/** Answers the condition's first truthy value. The pauses only keep the machine from spinning. */
export async function until(condition, what = 'the condition', patience = USUAL_PATIENCE) {
  const deadline = Date.now() + patience;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${patience} ms`, { cause: last });
    }
    await pause(10);
  }
}
