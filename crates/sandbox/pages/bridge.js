// whop.com's side of the bridge that `@whop/iframe` speaks: an app in the frame asks, this page answers, and tells the app what changes
// around it. What the app asks for that a page on a desk has nothing for (a haptic, a purchase) is said below the channels.

const WHOP = 'app_whop';
const TAG = 'typed-transport';
/** Who is slower than this says that an answer will come. */
const SLOW = 50;
/** So many lines are kept of what the app asked for. */
const MOST_LINES = 50;

const frame = document.querySelector('iframe');
const theme = document.querySelector('#theme');
const back = document.querySelector('#back');
const forward = document.querySelector('#forward');
const log = document.querySelector('#asked');
const { appId, appOrigin, companyRoute, experienceRoute, experienceId, userId } = frame.dataset;
const darkness = matchMedia('(prefers-color-scheme: dark)');

function note(text) {
  const line = document.createElement('li');
  line.textContent = text;
  log.append(line);
  while (log.children.length > MOST_LINES) log.firstElementChild.remove();
  line.scrollIntoView({ block: 'nearest' });
}

function send(event, data) {
  frame.contentWindow.postMessage({ libId: TAG, event, data, senderAppId: WHOP, receiverAppId: appId }, appOrigin);
}

/** Tells the app something that it didn't ask for. */
function tell(name, data) {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  send(`${WHOP}:${name}:${id}`, data);
}

function colours() {
  const appearance = theme.value === 'system' ? (darkness.matches ? 'dark' : 'light') : theme.value;
  return {
    appearance, accentColor: 'blue', grayColor: 'gray', dangerColor: 'red', infoColor: 'sky', successColor: 'green', warningColor: 'amber',
  };
}

/** This page's address with the place in the app where its visitor is. */
function hrefOf(path) {
  const here = new URL(location.href);
  if (path === undefined) here.searchParams.delete('path');
  else here.searchParams.set('path', path);
  return here.href;
}

/** What is wrong with a request is told in the developer tools; as from whop.com, no answer comes. */
function must(condition, what) {
  if (!condition) throw new TypeError(what);
}

const isText = (value) => typeof value === 'string';
const isOneOf = (value, ...values) => values.includes(value);

async function notifications(method, experience, notification) {
  const query = new URLSearchParams({ user: userId, experience, ...(notification !== undefined && { notification }) });
  const answer = await fetch(`/_host/notifications?${query}`, { method });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
  return answer.json();
}

/** What an app may ask. */
const ANSWERS = {
  ping(request) {
    must(request === 'ping', 'ping takes "ping"');
    return 'pong';
  },
  getTopLevelUrlData() {
    return { companyRoute, experienceRoute, experienceId, viewType: 'app', baseHref: hrefOf(), fullHref: location.href };
  },
  openExternalUrl(request) {
    must(isText(request?.url), 'openExternalUrl takes a url');
    const url = new URL(request.url);
    must(isOneOf(url.protocol, 'http:', 'https:', 'mailto:'), 'openExternalUrl opens http, https and mailto only');
    note(`openExternalUrl ${url.href}`);
    if (request.newTab) open(url.href, '_blank', 'noopener');
    // Once the app has its answer.
    else setTimeout(() => location.assign(url.href));
    return 'ok';
  },
  onHrefChange(request) {
    must(isText(request?.href), 'onHrefChange takes a href');
    const { origin, pathname, search, hash } = new URL(request.href);
    must(origin === appOrigin, "onHrefChange takes an address of the app's origin");
    history.replaceState(history.state, '', hrefOf(pathname + search + hash));
    return 'ok';
  },
  inAppPurchase(request) {
    must(isText(request?.planId), 'inAppPurchase takes a planId');
    note(`inAppPurchase ${request.planId}`);
    return { status: 'error', error: 'The sandbox sells nothing' };
  },
  closeApp(request) {
    must(request === null, 'closeApp takes null');
    note('closeApp');
    return 'ok';
  },
  openHelpChat(request) {
    must(request === null, 'openHelpChat takes null');
    note('openHelpChat');
    return 'ok';
  },
  getColorTheme: colours,
  async earliestUnreadNotification(request) {
    must(isText(request?.experienceId), 'earliestUnreadNotification takes an experienceId');
    const { earliest_unread_id: externalId } = await notifications('GET', request.experienceId);
    return externalId === null ? null : { externalId };
  },
  async markExperienceRead(request) {
    must(isText(request?.experienceId), 'markExperienceRead takes an experienceId');
    await notifications('POST', request.experienceId, request.notificationExternalId);
    note(`markExperienceRead ${request.experienceId}`);
    return 'ok';
  },
  performHaptic(request) {
    must(isOneOf(request?.type, 'selection', 'impact', 'notification'), 'performHaptic takes a type');
    must(isOneOf(request.style, 'light', 'medium', 'heavy'), 'performHaptic takes a style');
    note(`performHaptic ${request.type} ${request.style}`);
    return 'ok';
  },
  onNavigationStackChange(request) {
    must(Array.isArray(request?.stack) && Number.isInteger(request.currentIndex), 'onNavigationStackChange takes a stack and a currentIndex');
    back.disabled = request.currentIndex <= 0;
    forward.disabled = request.currentIndex >= request.stack.length - 1;
    return 'ok';
  },
};

/** Whether the app was greeted: not before it has said something, because nobody may have listened. */
let isGreeted = false;

addEventListener('message', async ({ source, origin, data }) => {
  const isBridge = data?.libId === TAG && isText(data.event) && data.receiverAppId === WHOP && data.senderAppId === appId;
  if (source !== frame.contentWindow || origin !== appOrigin || !isBridge) return;
  const [sender, name, , type] = data.event.split(':');
  if (sender === WHOP) {
    if (type === undefined && data.data === 'app_pong') note('The app answers');
    return;
  }
  if (sender !== appId || !Object.hasOwn(ANSWERS, name)) return;
  if (!isGreeted) tell('appPing', 'app_ping');
  isGreeted = true;
  const slow = setTimeout(() => send(`${data.event}:processing`, {}), SLOW);
  try {
    send(data.event, await ANSWERS[name](data.data));
  } catch (error) {
    note(`${name}: ${error.message}`);
  } finally {
    clearTimeout(slow);
  }
});

const tellTheme = () => tell('onColorThemeChange', colours());
theme.addEventListener('change', tellTheme);
darkness.addEventListener('change', tellTheme);
back.addEventListener('click', () => tell('navigateBack'));
forward.addEventListener('click', () => tell('navigateForward'));
