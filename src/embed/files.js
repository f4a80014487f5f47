// What the widget is made of: fetched once for all widgets of a page (E10), and anew the next time if that failed.
import { place } from './place.js';

/** The same promise for all who ask, until it fails. */
export const once = (start) => {
  let running;
  return () => (running ||= start().catch((error) => { running = undefined; throw error; }));
};

const answered = async ({ url, integrity }) => {
  const response = await fetch(url, { integrity });
  if (!response.ok) throw new Error(`whop-chat: ${url} answered ${response.status}. Reload the page.`);
  return response;
};
const fetched = (role) => answered(place.files[role]);

const imported = (role) => place.files[role].load();

/** Scripts that are asked for where they are needed: nobody else waits for them. */
export const lazy = (role) => once(() => imported(role));

/** What paints, and says what is seldom said. */
export const painter = lazy('painter');

/** What a page's developer reads in the console: nothing is lost where that can't be had. */
export const advise = (name, ...about) => painter().then((advice) => advice[name](...about), () => {});

/** The style sheet of all widgets. */
export const style = once(async () => {
  const response = await fetched('css');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await response.text());
  return sheet;
});

/** The widget's program, running. */
export const program = once(async () => {
  const wasm = fetched('wasm');
  wasm.catch(() => {}); // Told below, unless another file's failure is told first.
  const [glue] = await Promise.all([imported('glue'), style()]);
  await glue.default({ module_or_path: wasm });
  return glue;
});

/** The other half of it, without which one can write already. Fetched when the first half is there, so as not to hold it up. */
export const rest = once(async () => {
  const imports = (await program()).shared();
  const response = await fetched('rest');
  // A server that calls it something else is no reason to go without.
  if (response.headers.get('content-type') === 'application/wasm') return WebAssembly.instantiateStreaming(response, imports);
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
});

const texts = {};

/**
 * What the widget says in a language. It becomes text and attributes, and nothing that runs: so one hash in the name of all
 * languages' files is enough (ADR 0016).
 */
export const strings = (language) => {
  texts[language] ||= once(async () => {
    const { url, text } = place.files.strings;
    return text ? text(language) : (await answered({ url: url.replace('*', language) })).text();
  });
  return texts[language]();
};

const names = once(async () => (await fetched('emoji')).text());

/** Asked for by the first message that has an emoji by a name that is not built in. */
export const emojiNames = () => names().catch((error) => {
  console.warn(`whop-chat: rare emoji are shown by their names. ${error.message}`);
});
