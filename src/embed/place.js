// Where the loader comes from. An entry (`loader.js`, `module.js`) says so before anything else runs.
export const place = {
  /** The proxy's origin, where a page names no other. */
  origin: undefined,
  /** Each asset by its role: a script's `load`, `url` and `integrity` of what is no script, the languages' `url` or `text`. */
  files: {},
};

// import() takes no integrity; a preload does, and the import then uses what was preloaded.
const load = (url, integrity) => {
  const preload = Object.assign(document.createElement('link'), { rel: 'modulepreload', href: url, integrity, crossOrigin: 'anonymous' });
  document.head.append(preload);
  return import(url);
};

/** Each asset as it lies beside the entry, by the table that the build writes here. Bundlers have a table of their own. */
export const filesAt = (base) => Object.fromEntries(Object.entries(__ASSETS__).map(([role, [hash, ending]]) => {
  const url = new URL(`widget-${hash.slice(0, 16)}${ending}`, base).href;
  const integrity = `sha256-${btoa(hash.replace(/../g, (byte) => String.fromCharCode(`0x${byte}`)))}`;
  return [role, { url, integrity, load: () => load(url, integrity) }];
}));

/** The origin of the proxy at that address, or of the one that the loader comes from; or an `error`. */
export const proxyAt = (address = place.origin) => {
  try {
    if (!address) throw new Error('whop-chat: nothing says where your proxy is: data-whop-chat-origin or {origin}');
    const { origin } = new URL(address);
    if (!/^http/.test(origin)) throw new TypeError(address);
    return { origin };
  } catch (error) {
    return { error };
  }
};
