// Signing in with Whop (ADR 0014), on pages that pass neither an assertion nor a token URL. The loader loads it where the
// proxy says that one can sign in or out; nobody else has to wait for it.
import css from './sign_in.css';

const VERIFIER = 'whop-chat.verifier';
const OUT = 'M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3M12 6.5l3.5 3.5-3.5 3.5M15 10H8';
const SVG = 'http://www.w3.org/2000/svg';

const written = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const verifier = written(crypto.getRandomValues(new Uint8Array(32)));
// Made before anybody clicks: a window that opens later than the click is blocked.
const challenge = crypto.subtle?.digest('SHA-256', new TextEncoder().encode(verifier)).then(written);

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

let popup;
let proxy;
let reopen;
let offered = false;

// Whatever fails here, the window that was opened can still say what came of it.
const stored = (change) => { try { change(localStorage); } catch { /* Storage is blocked. */ } };

const begin = (hash) => {
  const address = (display) =>
    `${proxy}/oauth/start?${new URLSearchParams({ return_to: location.href.split('#')[0], challenge: hash, display })}`;
  // For when the visitor comes back in the page's own place.
  stored((storage) => storage.setItem(VERIFIER, verifier));
  popup = open(address('popup'), 'whop-chat-sign-in', 'popup,width=480,height=720');
  if (!popup) location.assign(address('page'));
};

const end = async () => {
  const answer = await fetch(`${proxy}/oauth/end`, { method: 'POST', credentials: 'include' }).catch(() => ({}));
  if (answer.ok) reopen();
  else console.warn(`whop-chat: ${proxy}/oauth/end did not answer, so the visitor is still signed in.`);
};

addEventListener('message', ({ source, origin, data }) => {
  if (!popup || source !== popup || origin !== proxy || typeof data !== 'string' || !data.startsWith('whop-chat=')) return;
  popup.close();
  popup = undefined;
  reopen({ sign_in: data.slice('whop-chat='.length), sign_in_verifier: verifier });
});
// Somebody has signed in in another window of this site, perhaps the one that was opened here.
addEventListener('storage', ({ key, newValue }) => {
  if (offered && key === VERIFIER && newValue === null) reopen();
});

const icon = (path) => {
  const [svg, line] = ['svg', 'path'].map((name) => document.createElementNS(SVG, name));
  line.setAttribute('d', path);
  for (const [name, value] of Object.entries({ class: 'icon', viewBox: '0 0 20 20', 'aria-hidden': 'true' })) svg.setAttribute(name, value);
  svg.append(line);
  return svg;
};

/** Lets the visitor of that widget sign in (`state` is "offered") or out ("signed-in"). `again` opens the session anew; `words` say it. */
export async function show(element, state, origin, again, words) {
  [proxy, reopen, offered] = [origin, again, state === 'offered'];
  const hash = await challenge;
  const root = element.shadowRoot;
  const chat = root.querySelector('.chat');
  if (!chat) return;
  if (!hash) return console.warn('whop-chat: visitors can sign in with Whop on pages that are served with https only.');
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const button = Object.assign(document.createElement('button'), { type: 'button', className: offered ? 'solid' : 'round' });
  if (offered) button.append(words.sign_in);
  else {
    stored((storage) => storage.removeItem(VERIFIER));
    button.append(icon(OUT));
    button.title = words.sign_out;
    button.setAttribute('aria-label', words.sign_out);
    element.addEventListener('tokenRefreshError', () => show(element, 'offered', origin, again, words), { once: true });
  }
  button.addEventListener('click', () => (state === 'offered' ? begin(hash) : end()));
  const box = Object.assign(document.createElement('div'), { className: 'account' });
  box.dataset.state = state;
  box.append(button);
  chat.querySelector('.account')?.remove();
  chat.append(box);
}
