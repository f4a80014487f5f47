// From the navigation to the first message on the screen, and to a composer that works.

import { eventually, memory, open, SLOW } from './support/chromium.mjs';
import { round, summary } from './support/statistics.mjs';

/** All subjects in turn, so that what else the machine does hits all alike. */
export async function measure(subjects, runs) {
  const rows = [];
  for (const [network, slow] of [['unthrottled', null], ['throttled', SLOW]]) {
    const seen = new Map(subjects.map((subject) => [subject, []]));
    for (let run = 0; run < runs; run++) {
      for (const subject of subjects) seen.get(subject).push(await once(subject, slow));
    }
    for (const [subject, all] of seen) {
      const of = (name) => summary(all.map((one) => one[name]));
      rows.push({
        subject: subject.name,
        network,
        'first message (ms)': of('first'),
        'code arrived (ms)': of('arrived'),
        'interactive (ms)': of('interactive'),
        'code (kB)': of('code').median,
        'data (kB)': of('data').median,
        'memory (MB PSS)': of('memory').median,
        elements: of('elements').median,
      });
    }
  }
  return rows;
}

async function once(subject, slow) {
  const visit = await open(subject, { slow });
  try {
    const { page, traffic } = visit;
    await page.goto(subject.address(), { waitUntil: 'commit' });
    await eventually(page, 'a composer that works', () => window.bench?.interactive !== null && window.bench?.first !== null);
    await page.waitForLoadState('networkidle');
    const { first, interactive, arrived, elements } = await page.evaluate(() => {
      const { first, interactive, size } = window.bench;
      // The widget's wasm, or the page's script: the last byte of what it needs to work.
      const code = performance.getEntriesByType('resource').filter(({ name }) => /\.wasm$|\/peer\/(app|bare)\.js$/.test(name));
      const arrived = code.at(-1)?.responseEnd ?? null;
      // A composer before the first message is of no use to anybody.
      return { first, interactive: Math.max(first, interactive), arrived, elements: size().elements };
    });
    return {
      first,
      interactive,
      arrived,
      elements,
      code: round(traffic.code / 1000),
      data: round(traffic.data / 1000),
      memory: await memory(visit),
    };
  } finally {
    await visit.browser.close();
  }
}
