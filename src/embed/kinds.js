// What each type of element shows, in the host that it was given. `show` answers `update` and `remove`.
import { place } from './place.js';
import { Widget } from './widget.js';

/** What a page's options, a session's and an element's say to a widget. */
const optionsOf = ({ options }, session, ready) => {
  const { whopElements } = session;
  const { appearance, locale, origin } = whopElements.options;
  return {
    origin: origin ? new URL(origin).origin : place.origin,
    appearance, locale, ready,
    channel: options.channelId,
    token: session.tokens ||= (asked) => session.token(asked),
    theme: appearance?.theme?.appearance,
    style: options.style,
    post: options.deeplinkToPostId,
    emptyState: options.emptyState,
    features: options.features,
    disableNavigation: options.disableNavigation,
  };
};

export const kinds = {
  'chat-element': {
    events: ['profileClick', 'linkClick', 'messageSent', 'messageDeleted', 'experienceClick', 'attachmentClick'],
    show: (host, element, session, ready) => {
      const widget = new Widget(host, optionsOf(element, session, ready));
      return {
        update: (isRetry) => widget.update(optionsOf(element, session, ready), isRetry),
        remove: () => widget.remove(),
      };
    },
  },
};
