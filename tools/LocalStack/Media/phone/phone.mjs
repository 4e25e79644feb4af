// A resident's phone: headless Chromium on a page that registers with JsSIP and answers calls. {do: "open", …} comes
// first, then {do: "call", name, arguments} for a function of the page.
import { execFileSync } from 'node:child_process';
import { launch, listen, say, serve } from '../../Browser/chromium.mjs';

let browser;
let page;

// Every name but the server's is unknown, and the page itself comes from here. Its origin is https, or there would be
// no microphone (secure contexts).
async function open({ executable, wsServer, address }) {
  browser = await launch(executable, `MAP ${wsServer} ${address}, MAP * ~NOTFOUND`, [
    '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
    '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection',
  ]);
  const context = await browser.newContext({ permissions: ['microphone', 'local-network-access'] });
  page = await context.newPage();
  listen(page);
  await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Phone</title>' }));
  await page.exposeFunction('report', (event) => say({ event }));
  await page.goto('https://phone.example/');
  await page.addScriptTag({ content: bundle('page.js') });
  return browser.version();
}

// As the PWA's build does; JsSIP comes as CommonJS only.
function bundle(script) {
  return execFileSync(
    `${process.env.NODE_PACKAGES}/node_modules/@esbuild/linux-x64/bin/esbuild`,
    [`${import.meta.dirname}/${script}`, '--bundle', '--format=iife', '--platform=browser', '--log-level=error'],
    { env: { NODE_PATH: `${process.env.NODE_PACKAGES}/node_modules` }, encoding: 'utf8', maxBuffer: 1 << 24 },
  );
}

await serve({
  open,
  call: ({ name, arguments: values }) => page.evaluate(([f, all]) => window.phone[f](...all), [name, values]),
});
await browser?.close();
