// A real Chromium, slowed down as asked for, and what it holds.

import { readFile } from 'node:fs/promises';
import { launch } from '../../product/support/browser.mjs';
import { until } from '../../support/until.mjs';
import { probe } from './probe.mjs';

/** A phone of the middle class on a slow connection. */
export const SLOW = { cpu: 4, latency: 150, down: 1_600_000, up: 750_000 };

/** A page in a browser of its own, so that nothing is cached and the memory is its own. */
export async function open(subject, { slow } = {}) {
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-US' });
  await context.addInitScript(probe, subject.selectors);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const traffic = await watchTraffic(cdp);
  if (slow) {
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: slow.cpu });
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: slow.latency,
      downloadThroughput: slow.down / 8,
      uploadThroughput: slow.up / 8,
    });
  }
  return { browser, page, cdp, traffic };
}

/** Bytes on the wire by what they are for. */
async function watchTraffic(cdp) {
  const kinds = new Map();
  const bytes = { code: 0, data: 0, images: 0, page: 0 };
  await cdp.send('Network.enable');
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    const { pathname } = new URL(response.url);
    const isCode = type === 'Script' || pathname.startsWith('/embed/') || pathname.startsWith('/peer/');
    if (isCode) kinds.set(requestId, 'code');
    else if (type === 'Image' || type === 'Media') kinds.set(requestId, 'images');
    else if (type === 'Fetch' || type === 'XHR') kinds.set(requestId, 'data');
    else kinds.set(requestId, 'page');
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    if (kind) bytes[kind] += encodedDataLength;
  });
  return bytes;
}

/** Waits until the page says so. */
export function eventually(page, what, condition, patience = 60_000) {
  return until(() => page.evaluate(condition), what, patience);
}

/** Memory of the page's process in megabytes, wasm and all, as the system counts it: shared pages by their share. */
export async function memory({ browser, cdp }) {
  await cdp.send('HeapProfiler.collectGarbage');
  const root = await browser.newBrowserCDPSession();
  const { processInfo } = await root.send('SystemInfo.getProcessInfo');
  const sizes = await Promise.all(processInfo.filter(({ type }) => type === 'renderer').map(async ({ id }) => {
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
  }));
  // A spare renderer waits beside the page's.
  return Math.max(0, ...sizes);
}
