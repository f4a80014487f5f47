// What runs inside the page that is measured: it looks at the frames, from outside of what it measures. It reads the
// DOM only after a frame was drawn, when nothing is left to lay out.

/** For `context.addInitScript`. `host`: the selector of the element with the widget's shadow root; none for a page. */
export function probe({ host, rows, scroller, field, send }) {
  const bench = { first: null, interactive: null, arrivals: [], painted: [], longTasks: [], frames: [], blanks: [] };
  window.bench = bench;

  const place = () => (host ? document.querySelector(host)?.shadowRoot : document);
  const all = (selector) => [...(place()?.querySelectorAll(selector) ?? [])];
  const one = (selector) => place()?.querySelector(selector);

  // A message that is posted before a frame is drawn is received after it was.
  const drawn = new MessageChannel();
  drawn.port1.onmessage = () => afterFrame(performance.now());
  const everyFrame = (time) => {
    if (bench.isScrolling) bench.frames.push(time);
    drawn.port2.postMessage(null);
    requestAnimationFrame(everyFrame);
  };
  requestAnimationFrame(everyFrame);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) bench.longTasks.push({ start: entry.startTime, duration: entry.duration });
  }).observe({ type: 'longtask', buffered: true });

  function afterFrame(now) {
    if (bench.first === null && isShown()) bench.first = now;
    if (bench.interactive === null) tryComposer(now);
    if (bench.isLive) lookForNews(now);
    if (bench.isScrolling) lookForBlanks(now);
  }

  /** A message stands on the screen. */
  function isShown() {
    const row = all(rows).at(-1);
    return Boolean(row && row.textContent.trim() && row.getBoundingClientRect().height > 8);
  }

  /** Types something: the composer works once the button for sending comes alive. */
  let typed = '';
  function tryComposer(now) {
    const [area, button] = [one(field), one(send)];
    if (!area || !button || area.disabled) return;
    if (typed && !button.disabled && button.getAttribute('aria-disabled') !== 'true') {
      bench.interactive = now;
      type(area, '');
      return;
    }
    typed = typed === 'x' ? 'xx' : 'x';
    type(area, typed);
  }

  function type(area, text) {
    // React keeps a setter of its own on the element.
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(area, text);
    area.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  }

  const numberOf = (text) => Number(/№ (\d+)/.exec(text)?.[1] ?? 0);

  /** All messages up to the newest that is on the screen have been drawn. */
  function lookForNews(now) {
    const shown = all(rows);
    const view = one(scroller)?.getBoundingClientRect();
    let newest = 0;
    for (const row of shown.length > 80 ? shown.slice(-12) : shown) {
      const number = numberOf(row.textContent);
      if (number > newest && row.getBoundingClientRect().top < view.bottom) newest = number;
    }
    for (let number = newest; number > 0 && bench.painted[number] === undefined; number--) bench.painted[number] = now;
  }

  /** The greatest part of the view that no row covers, in pixels. */
  function lookForBlanks(now) {
    const view = one(scroller).getBoundingClientRect();
    const spans = all(rows)
      .map((row) => row.getBoundingClientRect())
      .filter((rect) => rect.bottom > view.top && rect.top < view.bottom && rect.height > 0)
      .sort((above, below) => above.top - below.top);
    let [covered, blank] = [view.top, 0];
    for (const rect of spans) {
      blank = Math.max(blank, rect.top - covered);
      covered = Math.max(covered, rect.bottom);
    }
    bench.blanks.push(Math.max(blank, view.bottom - covered));
  }

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...all) {
      super(...all);
      this.addEventListener('message', ({ data }) => {
        const number = numberOf(data);
        if (number && bench.arrivals[number] === undefined) bench.arrivals[number] = performance.now();
      });
    }
  };

  /** How far the list is from its newest message, in pixels. */
  bench.distance = () => {
    const view = one(scroller);
    const fromTop = view.scrollHeight - view.clientHeight - view.scrollTop;
    // A list that runs from the bottom upwards counts from there.
    return getComputedStyle(view).flexDirection === 'column-reverse' ? -view.scrollTop : fromTop;
  };
  bench.toOldest = () => { one(scroller).scrollTop = -1e9; };
  bench.toMiddle = () => {
    const view = one(scroller);
    const direction = getComputedStyle(view).flexDirection === 'column-reverse' ? -1 : 1;
    view.scrollTop = (direction * view.scrollHeight) / 2;
    return new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(Math.round(view.scrollTop))));
    });
  };
  bench.box = () => {
    const { x, y, width, height } = one(scroller).getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  };
  /** Elements of the chat, and of them rows. */
  bench.size = () => ({ elements: all('*').length, rows: all(rows).length });
}
