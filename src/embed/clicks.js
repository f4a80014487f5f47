// What a visitor clicks in a chat, told to the page before anything comes of it: `linkClick`, `attachmentClick`,
// `profileClick` and `experienceClick`. What the page prevents does not happen.
import { keepKeys } from './keys.js';

const tell = (host, name, detail) => host.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));

/** What the widget knows of the message in which something is; nothing before it is there. */
const messageOf = (element, { mounted }) => {
  const row = element.closest('[data-row]')?.dataset.row;
  return row && mounted?.message(Number(row));
};

const clicked = (event, widget) => {
  const { host, options } = widget;
  const { target } = event;
  const isMain = event.type === 'click';
  const prevent = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  const link = target.closest('a[href]');
  if (link) {
    const message = link.closest('.attachments') && messageOf(link, widget);
    if (!message) {
      const goes = tell(host, 'linkClick', { url: link.href });
      if (!goes || options.disableNavigation) prevent();
    } else if (isMain) {
      const { id, attachments } = message;
      const opens = tell(host, 'attachmentClick', { messageId: id, attachments });
      if (!opens || options.features?.previewAttachments === false) prevent();
    }
    return;
  }
  if (!isMain) return;
  const mentioned = target.closest('.mention')?.dataset.value;
  if (mentioned?.startsWith('exp_')) tell(host, 'experienceClick', { id: mentioned });
  else if (mentioned || target.closest('.avatar, .name')) {
    const id = mentioned || messageOf(target, widget)?.author;
    if (id) tell(host, 'profileClick', { id });
  }
};

/** Until the signal: before the widget hears of a click, and before the page hears of a key. */
export const watchClicks = (widget, signal) => {
  keepKeys(widget.root, signal);
  for (const name of ['click', 'auxclick']) {
    widget.root.addEventListener(name, (event) => clicked(event, widget), { capture: true, signal });
  }
};
