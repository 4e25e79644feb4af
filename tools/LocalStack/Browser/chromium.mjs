// What every script that drives Chromium shares: how it is started, and how it is told what to do. Commands come in on
// standard input, one JSON object per line; {answer} or {error} goes out for each, in their order, and {event} in
// between. The end of standard input, however it came, ends the browser.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { chromium } = require('playwright-core');

export const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

/** Nothing outside this machine is reachable: `resolver` says which names exist besides. */
export const launch = (executable, resolver, more = []) => chromium.launch({
  executablePath: executable,
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', ...more, `--host-resolver-rules=${resolver}`,
  ],
});

/** What a page writes to its console, for the log of a test that fails. */
export function listen(page) {
  page.on('console', (message) => process.stderr.write(`page: ${message.text()}\n`));
  page.on('pageerror', (error) => process.stderr.write(`page: ${error.stack}\n`));
  page.on('crash', () => say({ event: { name: 'crash' } }));
}

/** Carries out commands by their name in `do`, one at a time, until standard input ends. */
export async function serve(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    try {
      say({ answer: (await commands[command.do](command)) ?? null });
    } catch (error) {
      // Playwright paints its messages, and XML has no place for that: a report with one failure would be lost.
      say({ error: stripVTControlCharacters(error.stack) });
    }
  }
}
