// Events as Node's EventEmitter has them, which is what pages written for Whop Elements listen with.

export class Emitter {
  static defaultMaxListeners = 10;
  /** By event, in the order in which they are called. A list is never changed, so that who listens may come and go meanwhile. */
  #listeners = new Map();
  #most = Emitter.defaultMaxListeners;

  #add(event, listener, isOnce, isFirst) {
    if (typeof listener !== 'function') throw new TypeError(`whop-chat: what listens to "${String(event)}" must be a function`);
    const before = this.#of(event);
    const added = { listener, isOnce };
    this.#listeners.set(event, isFirst ? [added, ...before] : [...before, added]);
    return this;
  }

  #of(event) { return this.#listeners.get(event) || []; }

  on(event, listener) { return this.#add(event, listener); }
  addListener(event, listener) { return this.#add(event, listener); }
  once(event, listener) { return this.#add(event, listener, true); }
  prependListener(event, listener) { return this.#add(event, listener, false, true); }
  prependOnceListener(event, listener) { return this.#add(event, listener, true, true); }

  off(event, listener) {
    const before = this.#of(event);
    const at = before.findLastIndex((one) => one.listener === listener);
    if (at >= 0) this.#keep(event, before.filter((_, index) => index !== at));
    return this;
  }

  removeListener(event, listener) { return this.off(event, listener); }

  removeAllListeners(event) {
    if (event === undefined) this.#listeners.clear();
    else this.#listeners.delete(event);
    return this;
  }

  #keep(event, listeners) {
    if (listeners.length) this.#listeners.set(event, listeners);
    else this.#listeners.delete(event);
  }

  /** One that fails does not keep it from the others: the page learns of it as of any error. */
  emit(event, ...told) {
    const called = this.#of(event);
    for (const one of called) {
      if (one.isOnce) this.#keep(event, this.#of(event).filter((other) => other !== one));
      try {
        one.listener.apply(this, told);
      } catch (error) {
        reportError(error);
      }
    }
    return called.length > 0;
  }

  eventNames() { return [...this.#listeners.keys()]; }
  listeners(event) { return this.#of(event).map(({ listener }) => listener); }
  rawListeners(event) { return this.listeners(event); }
  listenerCount(event) { return this.#of(event).length; }
  getMaxListeners() { return this.#most; }
  setMaxListeners(most) { this.#most = most; return this; }
}
