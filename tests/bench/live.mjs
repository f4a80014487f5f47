// A thousand messages at 200 a second: how long after its frame has arrived is a message on the screen?

import { eventually, open } from './support/chromium.mjs';
import { percentile, round, summary } from './support/statistics.mjs';

const COUNT = 1_000;
const PER_SECOND = 200;

export async function measure(subjects, { sandbox }, runs) {
  const seen = new Map(subjects.map((subject) => [subject, []]));
  for (let run = 0; run < runs; run++) {
    for (const subject of subjects) {
      // What earlier runs have said would be taken for news.
      await sandbox.control('reset');
      seen.get(subject).push(await once(subject, sandbox));
    }
  }
  return [...seen].map(([subject, all]) => {
    const of = (name) => summary(all.map((one) => one[name]));
    return {
      subject: subject.name,
      'arrival → frame p50 (ms)': of('p50'),
      'p95 (ms)': of('p95'),
      'never shown': of('lost'),
      'long tasks': of('longTasks'),
      'longest (ms)': of('longest'),
      'still follows': `${all.filter((one) => one.follows).length} of ${all.length}`,
    };
  });
}

async function once(subject, sandbox) {
  const visit = await open(subject);
  try {
    const { page } = visit;
    await page.goto(subject.address(), { waitUntil: 'networkidle' });
    await eventually(page, 'a composer that works', () => window.bench.interactive !== null);
    await page.evaluate(() => {
      window.bench.longTasks.length = 0;
      window.bench.isLive = true;
    });
    await sandbox.control('flood', { count: COUNT, per_second: PER_SECOND, numbered: true });
    const result = await settled(page);
    const delays = result.delays.filter((delay) => delay !== null);
    return {
      p50: percentile(delays, 0.5) ?? NaN,
      p95: percentile(delays, 0.95) ?? NaN,
      lost: COUNT - delays.length,
      longTasks: result.longTasks.length,
      longest: round(Math.max(0, ...result.longTasks)),
      follows: result.distance < 30 && result.shownLast,
    };
  } finally {
    await visit.browser.close();
  }
}

/** Once the last message is on the screen, or for half a second nothing has changed any more. */
async function settled(page) {
  return page.evaluate((count) => new Promise((resolve) => {
    const { bench } = window;
    let [known, since] = [-1, 0];
    const look = (now) => {
      const shown = bench.painted.length;
      if (shown !== known) [known, since] = [shown, now];
      const arrived = bench.arrivals.length > count;
      if (!(bench.painted[count] || (arrived && now - since > 500) || now - since > 10_000)) return requestAnimationFrame(look);
      const delays = [];
      for (let number = 1; number <= count; number++) {
        const delay = bench.painted[number] - bench.arrivals[number];
        delays.push(Number.isFinite(delay) ? delay : null);
      }
      resolve({
        delays,
        longTasks: bench.longTasks.map(({ duration }) => duration),
        distance: bench.distance(),
        shownLast: bench.painted[count] !== undefined,
      });
    };
    requestAnimationFrame(look);
  }), COUNT);
}
