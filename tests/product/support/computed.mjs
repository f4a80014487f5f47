// What the browser has reckoned for everything that the chat draws.

/**
 * Runs in the page: where each element stands, and of one of each kind its computed styles, with those of what stands before and
 * after its content.
 */
function computed() {
  const table = [];
  const kinds = new Set();
  const add = (name, element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    if (pseudo && style.content === 'none') return;
    const values = {};
    for (const property of style) values[property] = style.getPropertyValue(property);
    table.push([name, values]);
  };
  const walk = (root, path) => {
    [...root.children].forEach((element, at) => {
      const kind = `${element.localName}.${[...element.classList].join('.')}`;
      const name = `${path} > ${kind}:${at}`;
      const { x, y, width, height } = element.getBoundingClientRect();
      table.push([`${name} (place)`, { x, y, width, height }]);
      if (!kinds.has(kind)) {
        kinds.add(kind);
        for (const pseudo of [undefined, '::before', '::after', ...(element.localName === 'textarea' ? ['::placeholder'] : [])]) add(`${name}${pseudo ?? ''}`, element, pseudo);
      }
      if (element.shadowRoot) walk(element.shadowRoot, `${name} (root)`);
      walk(element, name);
    });
  };
  // The chat's own element and the one around everything are boxes, and nothing more.
  const { shadowRoot } = document.querySelector('#place').firstElementChild;
  walk(shadowRoot.querySelector('.root') ?? shadowRoot, '');
  return table;
}

/** Once nothing moves any more, nothing is pointed at and nothing has the focus. */
export async function computedStyles(page) {
  await page.mouse.move(1_190, 990);
  await page.evaluate(async () => {
    const roots = [document.querySelector('#place').firstElementChild.shadowRoot];
    for (const root of roots) for (const element of root.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
    const moving = () => roots.flatMap((root) => root.getAnimations()).filter((one) => one.effect.getTiming().iterations !== Infinity);
    await Promise.allSettled(moving().map((one) => one.finished));
  });
  return page.evaluate(computed);
}

/** Where two such tables are not the same, as lines; `but`: properties that may differ. */
export function differences(one, other, but = []) {
  const lines = [];
  const names = (table) => table.map(([name]) => name);
  const [before, after] = [names(one), names(other)];
  if (before.join('\n') !== after.join('\n')) {
    const missing = before.filter((name) => !after.includes(name));
    const added = after.filter((name) => !before.includes(name));
    lines.push(...missing.map((name) => `${name} is missing`), ...added.map((name) => `${name} is new`));
  }
  const others = new Map(other);
  for (const [name, values] of one) {
    const there = others.get(name);
    for (const [property, value] of Object.entries(there ? values : {})) {
      if (value !== there[property] && !but.includes(property)) lines.push(`${name}: ${property} is ${there[property]} instead of ${value}`);
    }
  }
  return lines;
}
