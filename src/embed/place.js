// Where the loader comes from. An entry (`loader.js`, `module.js`) says so before anything else runs.
export const place = {
  /** The proxy's origin, where a page names no other. */
  origin: undefined,
  /** Each asset by its role: `{url, integrity}`, or `{load}` where a bundler imports it. */
  files: {},
};
