// What a reader would notice, and what the server would.

/** Every page of messages that the widget asks for. */
export function pagesOf(page) {
  const pages = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (request.method() === 'GET' && url.pathname === '/api/v1/messages') pages.push(url.search);
  });
  return pages;
}

/** Looks at the list in every frame: how many rows there are, how many elements, and whether a part of it is blank. */
export function watchFrames(page) {
  return page.evaluate(() => {
    const { shadowRoot } = document.querySelector('[data-whop-chat-channel-id]');
    const seen = (window.seen = { frames: 0, rows: 0, elements: 0, blank: [] });
    const look = () => {
      const scroller = shadowRoot.querySelector('.scroller');
      const view = scroller.getBoundingClientRect();
      const items = [...scroller.querySelectorAll('.item')];
      seen.frames += 1;
      seen.rows = Math.max(seen.rows, items.length);
      seen.elements = Math.max(seen.elements, shadowRoot.querySelectorAll('*').length);
      let reached = Math.max(view.top, scroller.querySelector('.before').getBoundingClientRect().bottom) + 1;
      for (const item of items) {
        const { top, bottom } = item.getBoundingClientRect();
        if (top <= reached) reached = Math.max(reached, bottom + 1);
      }
      const foot = scroller.hasAttribute('data-more') ? 109 : 13;
      if (reached < view.bottom - foot) seen.blank.push(`${Math.round(view.bottom - reached)} px in frame ${seen.frames}`);
    };
    // Observers of sizes mend what a layout changed before the frame is painted: what counts is what is there after it.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = look;
    const frame = () => {
      port2.postMessage(undefined);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}
