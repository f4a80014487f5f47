// What is said where the widget itself can't.

const notice = (name, text, label, act) => {
  const box = Object.assign(document.createElement(name), { textContent: `${text} ` });
  const button = Object.assign(document.createElement('button'), { textContent: label, type: 'button', className: 'plain' });
  button.addEventListener('click', act);
  box.append(button);
  return box;
};

/** Instead of everything. */
export const card = (root, text, { reload }) => {
  const box = notice('p', text, reload, () => location.reload());
  box.setAttribute('role', 'alert');
  root.replaceChildren(box);
};

/** What is painted stays readable. */
export const line = (root, { live_failed, retry }, again) => {
  const place = root.querySelector('.connection');
  place.dataset.state = 'offline';
  place.replaceChildren(notice('span', live_failed, retry, again));
};
