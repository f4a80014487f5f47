// A real Chromium, and the two places where visitors meet the chat.

import { chromium } from 'playwright-core';

/** Chromium's own traffic is switched off: tests run without a network. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** Starts the browser, with more flags than usual. */
export function launch(...flags) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, ...flags] });
}

/** A page of its own context, which collects what went wrong in it. `prepare`: what is done with the context first. */
async function newPage(browser, { prepare, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-US', ...options });
  await prepare?.(context);
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // A refused request is logged by the browser itself; tests that refuse one look at what the widget made of it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text());
  });
  return { context, page, problems };
}

/** A visitor of the creator's own site. */
export async function onCreatorSite(browser, { sandbox }, { user, channel, query = '', options, prepare } = {}) {
  const visitor = await newPage(browser, { ...options, prepare });
  await visitor.page.goto(`${sandbox.creatorSite}/?user=${user}&channel=${channel}${query}`);
  return { ...visitor, chat: new Chat(visitor.page) };
}

/** A visitor of whop.com, where the app shows the chat in an iframe. */
export async function insideWhop(browser, { sandbox }, { user, experience, options, prepare } = {}) {
  const visitor = await newPage(browser, { ...options, prepare });
  await visitor.page.goto(`${sandbox.api}/?user=${user}&experience=${experience}`);
  return { ...visitor, chat: new Chat(visitor.page.frameLocator('iframe')) };
}

/** The widget as a person uses it: by roles and visible text. */
export class Chat {
  constructor(place) {
    this.place = place;
    this.log = place.getByRole('log');
    this.composer = place.getByRole('textbox', { name: 'Message' });
  }

  /** The row of the message that says that. */
  message(text) {
    return this.log.getByRole('article').filter({ has: this.place.getByText(text, { exact: true }) });
  }

  /** Types a message and presses Enter. */
  async say(text) {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** What all messages say, from the oldest. */
  async texts() {
    return this.log.getByRole('article').locator('.text').allInnerTexts();
  }
}
