// The dashboard's own call, with the unmodified client library behind a fetch that asks first as a browser does (Fetch
// standard, CORS). Prints one JSON object.
import { createRequire } from 'node:module';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { createClient } = require('@supabase/supabase-js');
const origin = 'https://dashboard.example';
const list = (value) => (value ?? '').split(',').map((part) => part.trim().toLowerCase());
let asked = [];

async function browserFetch(url, init) {
  const request = new Request(url, init);
  asked = [...request.headers.keys()].sort();
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': request.method, 'Access-Control-Request-Headers': asked.join(',') },
  });
  await preflight.arrayBuffer();
  const granted = list(preflight.headers.get('access-control-allow-headers'));
  if (!preflight.ok || !['*', origin].includes(preflight.headers.get('access-control-allow-origin')) || !asked.every((name) => granted.includes(name)))
    throw new TypeError('Failed to fetch: refused by the preflight');
  request.headers.set('Origin', origin);
  const answer = await fetch(request);
  if (!['*', origin].includes(answer.headers.get('access-control-allow-origin'))) throw new TypeError('Failed to fetch: answer not for this origin');
  return answer;
}

const client = (token) => createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY, {
  accessToken: async () => token, global: { fetch: browserFetch }, realtime: { transport: require('ws') },
});

async function invoke(supabase, body) {
  const { data, error } = await supabase.functions.invoke('kamailio-sync', { body });
  return { data, error: error && { name: error.name, status: error.context?.status ?? null, body: await error.context?.json?.() } };
}

const user = client(process.env.TOKEN);
console.log(JSON.stringify({
  status: await invoke(user, { action: 'check_status' }),
  asked,
  created: await invoke(user, { action: 'create_account', account_id: process.env.ACCOUNT }),
  refused: await invoke(user, { action: 'nonsense' }),
  stranger: await invoke(client(process.env.SUPABASE_KEY), { action: 'check_status' }),
}));
process.exit(0);
