// What libraries have done to the browser's own: prototype.js, MooTools, zone.js, monitors that wrap whatever is called, and code
// that never heard of symbols, options or shadow roots.

// Seen by every `for … in`.
Object.prototype.augment = function augment(more) { for (const key in more) this[key] = more[key]; return this; };

// prototype.js 1.6
Array.prototype.toJSON = function toJSON() { return `[${this.map((one) => JSON.stringify(one)).join(', ')}]`; };
Array.prototype.entries = Array.prototype.toArray = function toArray() { return [].concat(this); };
Array.prototype.clone = Array.prototype.entries;
Array.prototype.first = function first() { return this[0]; };
Array.prototype.last = function last() { return this[this.length - 1]; };
Array.prototype.reduce = function reduce() { return this.length > 1 ? this : this[0]; };
Array.prototype.flatten = function flatten() { return this.flat(Infinity); };
Array.prototype.include = function include(one) { return this.indexOf(one) >= 0; };
Date.prototype.toJSON = function toJSON() { return `"${this.toISOString()}"`; };
String.prototype.contains = function contains(text) { return this.indexOf(text) > -1; };
Function.prototype.bind = function bind(context, ...first) {
  const method = this;
  return function bound(...more) { return method.apply(context, [...first, ...more]); };
};
Object.keys = function keys(object) { const found = []; for (const key in object) if (Object.prototype.hasOwnProperty.call(object, key)) found.push(key); return found; };
Object.extend = function extend(object, more) { for (const key in more) object[key] = more[key]; return object; };
for (const [name, method] of [
  ['remove', function remove() { this.parentNode.removeChild(this); return this; }],
  ['show', function show() { this.style.display = ''; return this; }],
  ['hide', function hide() { this.style.display = 'none'; return this; }],
  ['update', function update(text) { this.textContent = text; return this; }],
  ['scrollTo', function scrollTo() { window.scrollTo(0, this.offsetTop); return this; }],
  ['select', function select(selector) { return [...this.querySelectorAll(selector)]; }],
]) HTMLElement.prototype[name] = method;

// MooTools 1.4
Array.from = function from(item) { return item === null || item === undefined ? [] : typeof item !== 'string' && typeof item.length === 'number' ? Array.prototype.slice.call(item) : [item]; };
Element.prototype.get = function get(name) { return this.getAttribute(name); };
Element.prototype.set = function set(name, value) { this.setAttribute(name, value); return this; };
window.$ = (id) => document.getElementById(id);
window.$$ = (selector) => [...document.querySelectorAll(selector)];

// zone.js: what is called later is called through a wrapper, and who listens is not who is called.
const wrapped = new WeakMap();
const wrap = (call) => {
  if (typeof call !== 'function') return call;
  if (!wrapped.has(call)) wrapped.set(call, function zoned(...all) { window.calls = (window.calls ?? 0) + 1; return call.apply(this, all); });
  return wrapped.get(call);
};
for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback', 'queueMicrotask']) {
  const original = window[name];
  window[name] = (call, ...rest) => original(wrap(call), ...rest);
}
const { addEventListener: listen, removeEventListener: unlisten } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function addEventListener(name, call, options) { return listen.call(this ?? window, name, wrap(call), options); };
EventTarget.prototype.removeEventListener = function removeEventListener(name, call, options) { return unlisten.call(this ?? window, name, wrap(call), options); };
const NativePromise = Promise;
window.Promise = class ZonedPromise extends NativePromise {
  then(done, failed) { return super.then(wrap(done), wrap(failed)); }
};
for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver']) {
  const Original = window[name];
  window[name] = class extends Original { constructor(call, ...rest) { super(wrap(call), ...rest); } };
}

// Monitors.
const { fetch } = window;
window.fetch = function fetched(...all) { return NativePromise.resolve(fetch.apply(window, all)).then((answer) => answer); };
for (const name of ['log', 'info', 'warn', 'error']) {
  const original = console[name];
  console[name] = (...all) => original.apply(console, all);
}
const { parse, stringify } = JSON;
JSON.parse = (text, reviver) => parse(text, reviver ?? ((key, value) => value));
JSON.stringify = (value, replacer, space) => stringify(value, replacer ?? null, space ?? 1);
const Socket = WebSocket;
window.WebSocket = class extends Socket { send(data) { window.sent = (window.sent ?? 0) + 1; return super.send(data); } };

// Polyfills that are there though nobody needs them.
const { attachShadow } = Element.prototype;
Element.prototype.attachShadow = function shadowed(options) { return attachShadow.call(this, { ...options, delegatesFocus: false }); };
const { define } = CustomElementRegistry.prototype;
CustomElementRegistry.prototype.define = function defined(name, Type, options) { return define.call(this, name, class extends Type {}, options); };
