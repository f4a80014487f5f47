// A browser that keeps nothing, and says so wherever it is asked.
const refuse = () => { throw new DOMException('The operation is insecure.', 'SecurityError'); };
for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore']) {
  Object.defineProperty(window, name, { get: refuse, configurable: true });
}
Object.defineProperty(Document.prototype, 'cookie', { get: refuse, set: refuse, configurable: true });
for (const name of ['persist', 'estimate', 'getDirectory']) StorageManager.prototype[name] = async () => refuse();
