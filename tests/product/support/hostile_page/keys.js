// Shortcuts as pages have them: they leave those keys alone that somebody types in a field, as far as the page can see that. For
// the page, whatever is pressed in a chat is pressed on the chat's element.
window.heard = [];
const typesIn = (element) => element.matches?.('input, textarea, select, [contenteditable]');
window.listenForKeys = (targets) => {
  for (const target of targets) {
    for (const capture of [true, false]) {
      for (const name of ['keydown', 'keypress', 'keyup']) {
        target.addEventListener(name, (event) => {
          if (typesIn(event.target)) return;
          window.heard.push(`${name} ${event.key}`);
          event.preventDefault();
          if (event.key === '/') document.querySelector('#search')?.focus();
        }, { capture });
      }
    }
  }
};
window.listenForKeys([document, document.documentElement]);
// Whoever listens to the window before the chat is there is the first to hear; only on the way back can they be kept from it.
for (const name of ['keydown', 'keypress', 'keyup']) {
  addEventListener(name, (event) => {
    if (typesIn(event.target)) return;
    window.heard.push(`${name} ${event.key}`);
    event.preventDefault();
  });
}
