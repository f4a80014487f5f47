// Five seconds of scrolling upwards through a long history: are the frames on time, and is there always something to
// read on them?

import { eventually, memory, open } from './support/chromium.mjs';
import { percentile, round } from './support/statistics.mjs';

const SECONDS = 5;
/** Pixels a second: a hard flick. */
const SPEED = 4_000;
/** A gap between two rows is no blank. */
const BLANK = 72;
/** Loading the history may take so long; what is there then is what is measured. */
const PATIENCE = 120_000;

/** `wanted`: how many messages are loaded before the scrolling; 0 for none but the newest page. */
export async function measure(subjects, wanted) {
  const rows = [];
  for (const subject of subjects) rows.push(await once(subject, wanted));
  return rows;
}

async function once(subject, wanted) {
  const visit = await open(subject);
  try {
    const { page, cdp } = visit;
    let loaded = 50;
    page.on('response', (response) => {
      if (response.url().includes('/messages?') && response.request().method() === 'GET') {
        loaded += Number(new URL(response.url()).searchParams.get('first') ?? 50);
      }
    });
    await page.goto(subject.address(wanted || 50), { waitUntil: 'commit' });
    await eventually(page, 'a first message', () => window.bench?.first !== null, PATIENCE);
    await eventually(page, 'a composer that works', () => window.bench.interactive !== null, PATIENCE);
    if (subject.pages) await load(page, wanted, () => loaded);
    if (wanted) await page.evaluate(() => window.bench.toMiddle());
    const { x, y } = await page.evaluate(() => window.bench.box());
    await page.evaluate(() => { window.bench.isScrolling = true; });
    await cdp.send('Input.synthesizeScrollGesture', {
      x, y, yDistance: SECONDS * SPEED, speed: SPEED, gestureSourceType: 'mouse',
    });
    const seen = await page.evaluate(() => {
      const { bench } = window;
      bench.isScrolling = false;
      return { frames: bench.frames, blanks: bench.blanks, size: bench.size() };
    });
    const times = seen.frames.slice(1).map((time, at) => time - seen.frames[at]);
    const blank = seen.blanks.filter((pixels) => pixels > BLANK);
    return {
      subject: subject.name,
      'messages loaded': wanted ? Math.min(wanted, loaded) : 'as one scrolls',
      'frame p50 (ms)': round(percentile(times, 0.5)),
      'p95 (ms)': round(percentile(times, 0.95)),
      'longest (ms)': round(Math.max(...times)),
      frames: times.length,
      'with blanks': blank.length,
      'largest blank (px)': Math.round(Math.max(0, ...blank)),
      'memory (MB PSS)': round(await memory(visit)),
      elements: seen.size.elements,
      rows: seen.size.rows,
    };
  } finally {
    await visit.browser.close();
  }
}

/** Keeps at the oldest message until enough have come. */
async function load(page, wanted, loaded) {
  const deadline = Date.now() + PATIENCE;
  while (loaded() < wanted && Date.now() < deadline) {
    await page.evaluate(() => new Promise((resolve) => {
      window.bench.toOldest();
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    }));
  }
}
