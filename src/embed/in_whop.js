// Whether Whop may be around this page. A part of the loader: what is done about it then is an asset of its own, `whop_frame.js`.

/** As in `@whop/iframe`. Not each of Whop's subdomains: below `apps.whop.com` there are apps of others. */
const WHOP = ['https://whop.com', 'https://dash.whop.com'];

/**
 * The app that this page is and the origins that may be around it, where Whop is one of them.
 * @param {string | undefined} appId
 * @param {string | undefined} others Origins besides Whop's own, separated by spaces or commas.
 * @returns {{ appId: string, origins: string[] } | undefined}
 */
export function inWhop(appId, others) {
  if (!appId) return undefined;
  const origins = [...WHOP, ...(others?.match(/[^\s,]+/g) ?? [])];
  const { ReactNativeWebView, webkit, parent } = /** @type {any} */ (window);
  // In the mobile app nothing frames the page.
  if (ReactNativeWebView || webkit?.messageHandlers?.SwiftWebView) return { appId, origins };
  if (parent === window) return undefined;
  const around = location.ancestorOrigins?.[0];
  // Firefox doesn't tell. That nobody else hears is up to who speaks.
  return !around || origins.includes(around) ? { appId, origins } : undefined;
}
