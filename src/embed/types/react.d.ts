// `<whop-chat>` in JSX, where React's types are.

import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { WhopChatAttributes, WhopChatElement } from './index.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'whop-chat': DetailedHTMLProps<HTMLAttributes<WhopChatElement>, WhopChatElement> & WhopChatAttributes;
    }
  }
}
