// What is said where the widget itself can't. A part of the painter.

const notice = (name, text, label, act) => {
  const box = Object.assign(document.createElement(name), { textContent: `${text} ` });
  const button = Object.assign(document.createElement('button'), { textContent: label, type: 'button', className: 'plain' });
  button.addEventListener('click', act);
  box.append(button);
  return box;
};

// The chat's own style sheet may be what didn't come. The browser's own colours are readable in the light and in the dark.
const CARD = 'box-sizing:border-box;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:16px;min-block-size:160px;block-size:100%;margin:0;padding:48px 24px;background:Canvas;color:CanvasText;font:15px/1.5 system-ui,sans-serif;text-align:center;text-wrap:balance';
const BUTTON = 'padding:9px 20px;border:1px solid GrayText;border-radius:999px;background:none;color:inherit;font:inherit;font-weight:600;cursor:pointer';

/** Instead of everything. */
export const card = ({ root, words: { reload }, options: { theme } }, text) => {
  const box = notice('p', text, reload, () => location.reload());
  box.setAttribute('role', 'alert');
  box.style.cssText = CARD;
  box.style.colorScheme = /^(light|dark)$/.test(theme) ? theme : 'light dark';
  box.lastChild.style.cssText = BUTTON;
  root.replaceChildren(box);
};

/** What is painted stays readable. */
export const line = ({ root, words: { live_failed, retry } }, again) => {
  const place = root.querySelector('.connection');
  place.dataset.state = 'offline';
  place.replaceChildren(notice('span', live_failed, retry, again));
};
