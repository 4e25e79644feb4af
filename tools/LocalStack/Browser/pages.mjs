// People at pages: each page is a browser profile of its own. {do: "start", executable} comes first, then
// {do: "open", page, …} and {do: …, page, …}. Every step waits until it can be done, as a person would.
import { launch, listen, serve } from './chromium.mjs';
import { answerInstead, loseAnswers, standInForRealtime, watchMore } from './network.mjs';

const patience = 15_000;
const pages = new Map();
let browser;

/** Something on the page by what people call it; `within` names a group or region around it. */
function find(command) {
  const { role, name, label, text, within } = command;
  const page = pages.get(command.page).page;
  const around = within ? page.getByRole(within.role, { name: within.name, exact: true }) : page;
  if (role) return around.getByRole(role, { name, exact: true }).first();
  if (label) return around.getByLabel(label, { exact: true }).first();
  return around.getByText(text).first();
}

/** Time runs ahead at the page, a second in every fifth of one, until something is done: polls and pauses come sooner. */
async function hurry(page, something) {
  let done = false;
  const waiting = something.finally(() => (done = true));
  while (!done) {
    await page.clock.fastForward(1_000);
    await Promise.race([waiting, new Promise((resume) => setTimeout(resume, 200))]);
  }
  return waiting;
}

/** Searches a snapshot of the page's heap, which begins with a collection of everything unused. */
async function remembers(page, text) {
  const session = await page.context().newCDPSession(page);
  let snapshot = '';
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => (snapshot += chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return snapshot.includes(text);
}

/** As a camera does it: from what the screen shows. At a page of its own, for the one that shows it may let no script in. */
async function readCode(picture) {
  const screen = (await picture.screenshot()).toString('base64');
  const reader = await browser.newPage();
  try {
    await reader.addScriptTag({ path: `${process.env.NODE_PACKAGES}/node_modules/jsqr/dist/jsQR.js` });
    const text = await reader.evaluate(async (png) => {
      const shown = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
      const paint = new OffscreenCanvas(shown.width, shown.height).getContext('2d');
      paint.drawImage(shown, 0, 0);
      return jsQR(paint.getImageData(0, 0, shown.width, shown.height).data, shown.width, shown.height)?.data;
    }, screen);
    if (!text) throw new Error('There is no QR code in the picture that anybody could read.');
    return text;
  } finally {
    await reader.close();
  }
}

await serve({
  async start({ executable }) {
    browser = await launch(executable, 'MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost');
    return browser.version();
  },
  async open({ page: id, url, width, height, colorScheme, locale, realtime }) {
    const context = await browser.newContext({ locale, timezoneId: 'Europe/Paris', viewport: { width, height }, colorScheme });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    await page.clock.install();
    listen(page);
    if (realtime) await watchMore(page, realtime);
    const requests = [];
    page.on('request', (request) => requests.push(request));
    pages.set(id, { page, requests, realtime: realtime ? await standInForRealtime(page, realtime) : null });
    await page.goto(url);
  },
  async close({ page: id }) {
    await pages.get(id).page.context().close();
    pages.delete(id);
  },
  goTo: ({ page: id, url }) => pages.get(id).page.goto(url).then(() => null),
  reload: ({ page: id }) => pages.get(id).page.reload().then(() => null),
  click: (command) => find(command).click(),
  clickTwice: (command) => find(command).evaluate((button) => { button.click(); button.click(); }),
  // The second goes past a button that was disabled meanwhile.
  submitTwice: (command) => find(command).evaluate((button) => { button.click(); button.form.requestSubmit(); }),
  fill: (command) => find(command).fill(command.value),
  select: (command) => find(command).selectOption({ label: command.value }).then(() => null),
  see: (command) => find(command).waitFor({ state: 'visible' }),
  seeHurried: (command) => hurry(pages.get(command.page).page, find(command).waitFor({ state: 'visible' })),
  passTime: ({ page: id, milliseconds }) => pages.get(id).page.clock.fastForward(milliseconds),
  seeGone: (command) => find(command).waitFor({ state: 'hidden' }),
  read: (command) => find(command).innerText(),
  readCode: (command) => readCode(find(command)),
  count: (command) => pages.get(command.page).page.getByText(command.text).count(),
  countRequests: ({ page: id, method, path }) => pages.get(id).requests
    .filter((request) => request.method() === method && new URL(request.url()).pathname.endsWith(path)).length,
  evaluate: ({ page: id, script }) => pages.get(id).page.evaluate(script),
  picture: ({ page: id, path }) => pages.get(id).page.screenshot({ path, fullPage: true }).then(() => null),
  loseAnswers: ({ page: id, method, path, times, silent }) => loseAnswers(pages.get(id).page, method, path, times, silent),
  answerInstead: ({ page: id, method, path, status }) => answerInstead(pages.get(id).page, method, path, status),
  remembers: ({ page: id, text }) => remembers(pages.get(id).page, text),
  realtimeTells: ({ page: id, table }) => pages.get(id).realtime.tell(table),
});
await browser?.close();
