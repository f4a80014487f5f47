// What each type of element shows, in the host that it was given. `show` answers `update` and `remove`.
import { lazy, style } from './files.js';
import { proxyAt } from './place.js';
import { tellFailure, themes, Widget } from './widget.js';
import { isRtl, textIn } from './words.js';

/** What a page's options, a session's and an element's say to a widget. */
const optionsOf = ({ options }, session, ready) => {
  const { whopElements } = session;
  const { appearance, locale, origin } = whopElements.options;
  return {
    ...proxyAt(origin), appearance, locale, ready,
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

const lists = lazy('lists');

/** Lists are not part of a chat: their script comes when one is shown. */
const list = (name) => (host, element, session, ready) => {
  let shown;
  let isGone = false;
  const options = () => {
    const { locale, ...more } = optionsOf(element, session, ready);
    return { ...more, ...element.options, locale, isRtl: isRtl(host, locale) };
  };
  Promise.all([lists(), style(), textIn(options().locale)]).then(([lists, sheet]) => {
    if (!isGone) shown = new lists[name](host, options(), { sheet, textIn, themes });
  }).catch((error) => {
    if (isGone) return;
    console.error(error);
    tellFailure(host, options());
    // A dialog that nothing opens would be in the way of the next one.
    host.closest('dialog.whop-chat-modal') && host.dispatchEvent(new CustomEvent('close'));
  });
  return {
    update: (isRetry) => shown?.update(options(), isRetry),
    remove: () => { isGone = true; shown?.remove(); },
  };
};

export const kinds = {
  'chat-element': {
    events: ['profileClick', 'linkClick', 'messageSent', 'messageDeleted', 'experienceClick', 'attachmentClick'],
    // Whop's elements don't tell of these.
    own: ['messagesRead', 'unreadChanged'],
    show: (host, element, session, ready) => {
      const options = () => {
        const known = optionsOf(element, session, ready);
        if (!known.channel) known.error ||= new Error('whop-chat: a chat-element needs a channelId');
        return known;
      };
      const widget = new Widget(host, options());
      return {
        update: (isRetry) => widget.update(options(), isRetry),
        remove: () => widget.remove(),
      };
    },
  },
  'dms-list-element': { events: ['channelSelected'], show: list('Dms') },
  'search-element': { events: ['close', 'resultClick'], endsBy: ['close', 'resultClick'], show: list('Search') },
};
