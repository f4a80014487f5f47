// E15: what is mounted and unmounted two hundred times leaves nothing behind.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServers } from '../support/servers.mjs';
import { launch, onCreatorSite } from './support/browser.mjs';

let servers, browser;

/** A quick machine mounts oftener than one person may come back. */
const UNLIMITED = { WHOP_CHAT_REQUESTS_PER_USER: '0', WHOP_CHAT_REQUESTS_PER_ADDRESS: '0' };

before(async () => {
  [servers, browser] = await Promise.all([startServers({ messages: 20, env: UNLIMITED }), launch()]);
});

after(async () => {
  await browser?.close();
  await servers?.stop();
});

/** Keeps count, inside the page, of what a widget could leave behind and no tool of the browser tells. */
function keepCount() {
  const count = { sockets: new Set(), timers: new Set(), intervals: new Set(), observers: new Set(), memories: [] };
  window.count = count;
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...all) {
      super(...all);
      count.sockets.add(this);
      this.addEventListener('close', () => count.sockets.delete(this));
    }
  };
  const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
  window.setTimeout = (work, ...rest) => {
    const id = setTimeout((...given) => {
      count.timers.delete(id);
      work(...given);
    }, ...rest);
    count.timers.add(id);
    return id;
  };
  window.clearTimeout = (id) => {
    count.timers.delete(id);
    clearTimeout(id);
  };
  window.setInterval = (...all) => {
    const id = setInterval(...all);
    count.intervals.add(id);
    return id;
  };
  window.clearInterval = (id) => {
    count.intervals.delete(id);
    clearInterval(id);
  };
  for (const name of ['ResizeObserver', 'IntersectionObserver']) {
    const Observer = window[name];
    window[name] = class extends Observer {
      observe(...all) {
        count.observers.add(this);
        super.observe(...all);
      }
      disconnect() {
        count.observers.delete(this);
        super.disconnect();
      }
    };
  }
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...all) => {
      const made = await original.apply(WebAssembly, all);
      const { exports } = made.instance ?? made;
      // A release names its exports by one letter.
      count.memories.push(...Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
      return made;
    };
  }
}

/** Mounts and unmounts so many times, each time until the history is there. */
function comeAndGo(times) {
  const widget = (window.widget ??= document.querySelector('[data-whop-chat-channel-id]'));
  const place = (window.place ??= widget.parentNode);
  const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const until = async (condition, what) => {
    const deadline = performance.now() + 20_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`${what}: not in time`);
      await drawn();
    }
  };
  return (async () => {
    for (let time = 0; time < times; time++) {
      const root = () => widget.shadowRoot;
      place.append(widget);
      const isThere = () => root()?.querySelector('textarea') && root().querySelectorAll('[role="article"]').length > 0;
      await until(() => isThere() && window.count.sockets.size > 0, `mount ${time}`);
      widget.remove();
      await until(() => root().querySelectorAll('*').length === 0, `unmount ${time}`);
    }
    await until(() => window.count.sockets.size === 0, 'the end of the last socket');
  })();
}

async function measure(cdp, page) {
  // What finalizers let go of is collected the next time.
  for (let time = 0; time < 3; time++) await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const metric = (name) => metrics.find((metric) => metric.name === name).value;
  const counted = await page.evaluate(() => ({
    sockets: window.count.sockets.size,
    timers: window.count.timers.size,
    intervals: window.count.intervals.size,
    observers: window.count.observers.size,
    memory: window.count.memories.map((memory) => memory.buffer.byteLength),
  }));
  return {
    listeners: metric('JSEventListeners'),
    nodes: metric('Nodes'),
    documents: metric('Documents'),
    heap: metric('JSHeapUsedSize'),
    ...counted,
  };
}

test('E15: two hundred mounts and unmounts leave no listener, node, socket, timer or memory', async (t) => {
  const { page, chat, problems, context } = await onCreatorSite(browser, servers, {
    user: 'user_ada',
    channel: 'chat_feed_general',
    prepare: (context) => context.addInitScript(keepCount),
  });
  await chat.composer.waitFor();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  await page.evaluate(comeAndGo, 100);
  const after100 = await measure(cdp, page);
  await page.evaluate(comeAndGo, 100);
  const after200 = await measure(cdp, page);
  t.diagnostic(`after 100: ${JSON.stringify(after100)}`);
  t.diagnostic(`after 200: ${JSON.stringify(after200)}`);
  for (const name of ['sockets', 'timers', 'intervals', 'observers']) assert.equal(after200[name], 0, name);
  for (const name of ['listeners', 'nodes', 'documents']) {
    assert.ok(after200[name] <= after100[name], `${name}: ${after100[name]} after 100, ${after200[name]} after 200`);
  }
  assert.equal(after200.memory.length, 1, 'one wasm instance serves all mounts');
  assert.deepEqual(after200.memory, after100.memory, 'wasm memory');
  assert.ok(after200.heap < after100.heap * 1.02 + 200_000, `heap: ${after100.heap} after 100, ${after200.heap} after 200`);
  assert.deepEqual(problems, []);
});
