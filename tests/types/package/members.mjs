// The members of what our types declare, for the test that looks for each of them at run time.

const emitter = /** @type {const} */ ([
  'addListener', 'emit', 'eventNames', 'getMaxListeners', 'listenerCount', 'listeners', 'off', 'on', 'once', 'prependListener',
  'prependOnceListener', 'rawListeners', 'removeAllListeners', 'removeListener', 'setMaxListeners',
]);

export const members = /** @type {const} */ ({
  module: ['WhopElementError', 'WhopElements', 'loadWhopElements'],
  elements: [...emitter, 'createChatSession', 'createPayoutsSession', 'createWalletSession', 'options', 'updateOptions'],
  session: [...emitter, 'createElement', 'destroy', 'options', 'showSearchModal', 'updateOptions'],
  element: [...emitter, 'getSnapshot', 'mount', 'options', 'state', 'unmount', 'updateOptions'],
});
