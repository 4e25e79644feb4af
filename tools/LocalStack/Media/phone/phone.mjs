// A resident's phone: headless Chromium on a page that registers with JsSIP and answers calls. Commands come in on
// standard input, one JSON object per line: {do: "open", …} first, then {do: "call", name, arguments} for a function of
// the page. Out go {answer} or {error} in their order, and in between {event} for what happens. The end of standard
// input, however it came, ends the browser.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { chromium } = require('playwright-core');

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
let browser;
let page;

// Nothing outside this machine is reachable: every name but the server's is unknown, and the page itself comes from
// here. Its origin is https, or there would be no microphone (secure contexts).
async function open({ executable, wsServer, address }) {
  browser = await chromium.launch({
    executablePath: executable,
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection',
      `--host-resolver-rules=MAP ${wsServer} ${address}, MAP * ~NOTFOUND`,
    ],
  });
  const context = await browser.newContext({ permissions: ['microphone', 'local-network-access'] });
  page = await context.newPage();
  page.on('console', (message) => process.stderr.write(`page: ${message.text()}\n`));
  page.on('pageerror', (error) => process.stderr.write(`page: ${error.stack}\n`));
  page.on('crash', () => say({ event: { name: 'crash' } }));
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

const commands = {
  open,
  call: ({ name, arguments: values }) => page.evaluate(([f, all]) => window.phone[f](...all), [name, values]),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    say({ answer: (await commands[command.do](command)) ?? null });
  } catch (error) {
    say({ error: error.stack });
  }
}
await browser?.close();
