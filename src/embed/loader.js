// The one script that a page embeds. It finds the chat's elements, asks for the session and paints the newest messages
// as soon as it is there, and fetches the widget once. No inline code, no style attributes (E7).
import { place } from './place.js';
import { start } from './start.js';

const script = document.currentScript || document.querySelector('script[src*="/embed/loader.js"]');
if (script?.src) {
  start(() => {
    const base = new URL('.', script.src);
    place.origin = base.origin;
    // Written here by the build.
    for (const [role, { file, integrity }] of Object.entries(__ASSETS__)) {
      place.files[role] = { url: new URL(file, base).href, integrity };
    }
  });
} else console.error('whop-chat: the loader must be included by a script tag with a src');
