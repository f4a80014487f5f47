// The one script that a page embeds. It finds the chat's elements, asks for the session and paints the newest messages
// as soon as it is there, and fetches the widget once. No inline code, no style attributes (E7).
import { filesAt } from './place.js';
import { start } from './start.js';

const script = document.currentScript || document.querySelector('script[data-whop-chat-origin],script[src*="/embed/loader.js"]');
if (script?.src) {
  // A copy of the package is not where the proxy is.
  start(script.dataset.whopChatOrigin || (__IS_PROXYS__ ? new URL(script.src).origin : undefined), filesAt(script.src));
} else console.error('whop-chat: include the loader by a script tag with a src');
