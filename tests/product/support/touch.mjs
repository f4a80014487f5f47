// How large what can be pressed is for a finger, by asking the browser what it hits.

/** In the page, for the widget's root: each control that one sees, and how far around its middle a finger hits it. */
export function controls(root) {
  const tree = root.getRootNode();
  const MOST = 60;
  // What a finger hits beyond a control's edges may be out of sight.
  const EDGE = 8;
  const found = [];
  for (const control of root.querySelectorAll('button, a[href], [role="button"], [role="menuitem"], textarea, input, summary')) {
    // A link or a spoiler among words is as high as they are (WCAG 2.5.8).
    if (control.matches('.text a, .spoiler')) continue;
    const scroller = control.closest('.scroller');
    if (!scroller) control.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    const box = control.getBoundingClientRect();
    const view = scroller?.getBoundingClientRect();
    if (view && (box.top < view.top + EDGE || box.bottom > view.bottom - EDGE)) continue;
    if (box.width === 0 || box.height === 0 || !control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const hits = (dx, dy) => {
      const hit = tree.elementFromPoint(x + dx, y + dy);
      return hit !== null && (hit === control || control.contains(hit));
    };
    const name = `${control.className || control.localName} ${JSON.stringify((control.getAttribute('aria-label') ?? control.textContent).trim().slice(0, 40))}`;
    if (!hits(0, 0)) {
      const by = tree.elementFromPoint(x, y);
      found.push({ name, covered: by ? by.className || by.localName : `nothing at ${Math.round(x)}, ${Math.round(y)}` });
      continue;
    }
    const reach = (dx, dy) => {
      let far = 0;
      while (far < MOST && hits(dx * (far + 0.5), dy * (far + 0.5))) far += 0.5;
      return far;
    };
    found.push({ name, width: reach(-1, 0) + reach(1, 0), height: reach(0, -1) + reach(0, 1) });
  }
  return found;
}
