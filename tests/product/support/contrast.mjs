// Runs in the page: what is written in which colour on which ground.

/**
 * The contrast of every text and symbol in an element, or, with 'rings', of every focus ring, as WCAG 2.2 counts it
 * (1.4.3, 1.4.11). A poll's bars are grounds of their own; what stands on a picture is counted as if that were white.
 */
export function contrasts(root, what = 'texts') {
  // As it is once it has come, but for what never comes to rest.
  for (const animation of root.getRootNode().getAnimations()) {
    if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
  }
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const known = new Map();
  /** [red, green, blue, alpha] of any colour that CSS knows. */
  function colour(text) {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [red, green, blue, alpha / 255]);
    }
    return known.get(text);
  }
  const over = (top, below) => [0, 1, 2].map((part) => top[part] * top[3] + below[part] * (1 - top[3]));
  const light = (parts) => {
    const [red, green, blue] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const up = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;
  function ancestors(element) {
    const all = [];
    for (let one = element; one; one = up(one)) {
      all.unshift(one);
      // What is in the top layer stands on its own backdrop, over anything.
      if (one.matches('dialog[open]')) break;
    }
    return all;
  }
  /** The ground below an element, and what a colour of its becomes there. */
  function painted(element, colours, overlay) {
    let ground = [255, 255, 255];
    const groups = [];
    for (const one of ancestors(element)) {
      const style = getComputedStyle(one);
      const opacity = Number(style.opacity);
      if (opacity < 1) groups.push([opacity, ground]);
      ground = over(colour(style.backgroundColor), ground);
      if (one.matches('.picture')) ground = [255, 255, 255];
      if (overlay && one === overlay.parentElement) ground = over(colour(getComputedStyle(overlay).backgroundColor), ground);
    }
    const through = (parts) => groups.reduceRight((shown, [opacity, below]) => over([...shown, opacity], below), parts);
    return { ground: through(ground), shown: colours.map((text) => through(over(colour(text), ground))) };
  }
  const isSeen = (element) => {
    const style = getComputedStyle(element);
    if (style.visibility === 'hidden' || style.display === 'none') return false;
    for (const one of ancestors(element)) {
      const style = getComputedStyle(one);
      if (style.opacity === '0' || (style.clipPath !== 'none' && style.position === 'absolute')) return false;
    }
    return element.getClientRects().length > 0;
  };
  const hex = (parts) => `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
  const named = (element) => {
    const names = [];
    for (const one of ancestors(element).slice(-6)) if (one.classList?.length) names.push([...one.classList].join('.'));
    return `${names.join(' ')} ${element.localName === 'a' ? 'link ' : ''}${element.localName}`;
  };
  const pairs = [];
  function add(element, text, shownColour, least) {
    const answer = element.closest('.answer');
    for (const overlay of [null, answer?.querySelector('.answer-bar')]) {
      if (overlay === undefined || (overlay && overlay.getBoundingClientRect().width < 1)) continue;
      const { ground, shown: [shown] } = painted(element, [shownColour], overlay);
      pairs.push({ what: named(element), text: text.slice(0, 40), colour: hex(shown), ground: hex(ground), ratio: ratio(shown, ground), least });
    }
  }
  const all = [root, ...root.querySelectorAll('*')];
  if (what === 'rings') {
    for (const element of all.filter((one) => one.matches('button, a, [tabindex]') && isSeen(one) && !one.matches(':disabled'))) {
      element.focus({ preventScroll: true, focusVisible: true });
      if (!element.matches(':focus')) continue;
      const style = getComputedStyle(element);
      if (style.outlineStyle === 'none') {
        pairs.push({ what: named(element), text: 'no ring', colour: '', ground: '', ratio: 0, least: 3 });
        continue;
      }
      // Inside where it is drawn inside, else on what is around.
      add(parseFloat(style.outlineOffset) < 0 ? element : up(element), element.textContent, style.outlineColor, 3);
    }
    return pairs;
  }
  for (const element of all) {
    if (!isSeen(element)) continue;
    const style = getComputedStyle(element);
    if (element.matches('svg.icon')) {
      if (!element.closest(':disabled')) add(element, element.closest('button')?.ariaLabel ?? '', style.stroke === 'none' ? style.fill : style.stroke, 3);
    } else if (element.matches('textarea')) {
      add(element, element.value, style.color, 4.5);
      add(element, element.placeholder, getComputedStyle(element, '::placeholder').color, 4.5);
    } else {
      const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(' ').trim();
      // Emoji have their own colours.
      const isWritten = text && !/^[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f\s]+$/u.test(text);
      const isHidden = element.closest('.spoiler:not(.shown)');
      const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      if (isWritten && !isHidden && !element.closest('button:disabled, [hidden]')) add(element, text, style.color, isLarge ? 3 : 4.5);
    }
  }
  return pairs;
}
