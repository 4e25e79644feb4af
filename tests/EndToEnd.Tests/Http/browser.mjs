// The unmodified FunctionsClient behind a fetch that does what a browser does for a page of another origin (Fetch
// standard, CORS): it asks first, and shows neither answer nor error when it isn't let in. Prints one JSON object.
import { createRequire } from 'node:module';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { FunctionsClient } = require('@supabase/functions-js');

const list = (value) => (value ?? '').split(',').map((part) => part.trim().toLowerCase());
let asked = [];

function browserOf(origin) {
  return async (url, init) => {
    const request = new Request(url, init);
    asked = [...request.headers.keys()].filter((name) => name !== 'content-type' || !request.headers.get(name).startsWith('text/plain')).sort();
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': request.method, 'Access-Control-Request-Headers': asked.join(',') },
    });
    await preflight.arrayBuffer();
    const granted = list(preflight.headers.get('access-control-allow-headers'));
    if (!preflight.ok || preflight.headers.get('access-control-allow-origin') !== origin || !asked.every((name) => granted.includes(name)))
      throw new TypeError('Failed to fetch: refused by the preflight');
    request.headers.set('Origin', origin);
    const answer = await fetch(request);
    if (answer.headers.get('access-control-allow-origin') !== origin) throw new TypeError('Failed to fetch: answer not for this origin');
    return answer;
  };
}

async function invokeFrom(origin, body) {
  const functions = new FunctionsClient(process.env.FUNCTIONS_URL, {
    headers: { Authorization: process.env.AUTHORIZATION, apikey: process.env.SUPABASE_KEY, 'x-client-info': 'dashboard' },
    customFetch: browserOf(origin),
  });
  const { data, error } = await functions.invoke('kamailio-sync', { body });
  return { data, error: error && { name: error.name, status: error.context?.status ?? null, reason: error.context?.message ?? null } };
}

console.log(JSON.stringify({
  allowed: await invokeFrom(process.env.ORIGIN, { action: 'check_status' }),
  asked,
  refused: await invokeFrom(process.env.ORIGIN, { action: 'nonsense' }),
  foreign: await invokeFrom('https://foreign.example', { action: 'check_status' }),
}));
