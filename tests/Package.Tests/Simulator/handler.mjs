// A custom handler that does what BEHAVIOUR says, most of it wrong.
import { createServer } from 'node:http';

const behaviour = process.env.BEHAVIOUR;
const ports = { 'listens where ASPNETCORE_URLS says': new URL(process.env.ASPNETCORE_URLS).port };
const json = { 'content-type': 'application/json' };
const timers = {
  'empty 200': [200, {}, ''],
  '204': [204, {}, ''],
  'text': [200, { 'content-type': 'text/plain' }, 'done'],
  'JSON that is called text': [200, { 'content-type': 'text/plain' }, '{}'],
  'a JSON array': [200, json, '[]'],
  'broken JSON': [200, json, '{'],
  '500': [500, json, '{}'],
};

if (behaviour === 'ends at the start') process.exit(1);
if (behaviour !== 'never listens')
  createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url === '/') return response.end();
    if (behaviour === 'never answers') return;
    if (behaviour === 'exits 0 over a request') process.exit(0);
    if (behaviour === 'crashes over a request') process.kill(process.pid, 'SIGKILL');
    if (request.url === '/tick' && behaviour in timers) {
      const [status, headers, text] = timers[behaviour];
      response.writeHead(status, headers);
      return response.end(text);
    }
    response.writeHead(200, json);
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  }).listen(Number(ports[behaviour] ?? process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
else setInterval(() => {}, 1000);
