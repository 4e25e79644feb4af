// What the dashboard's hooks ask for, with the unmodified client library, each many times. Prints one JSON object: a query's
// name, how many rows or what count it answered, and how many milliseconds each time took.
import { createRequire } from 'node:module';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { createClient } = require('@supabase/supabase-js');
const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY, { realtime: { transport: require('ws') } });
const times = Number(process.env.TIMES);

async function ok(query) {
  const { data, error } = await query;
  if (error) throw new Error(JSON.stringify(error));
  return data;
}

await ok(supabase.auth.signInWithPassword({ email: process.env.EMAIL, password: process.env.PASSWORD }));
const [site] = await ok(supabase.from('sites').select('*').order('id').limit(1));
const [building] = await ok(supabase.from('buildings').select('*').eq('site_id', site.id));
const [unit] = await ok(supabase.from('units').select('*').eq('building_id', building.id).order('number').limit(1));

const queries = {
  'sites with counts': () => supabase.from('sites').select('*, buildings(count), units(count)'),
  'buildings of a site': () => supabase.from('buildings').select('*').eq('site_id', site.id),
  'units of a building with accounts': () => supabase.from('units').select('*, sip_accounts(*)').eq('building_id', building.id),
  'accounts of a unit': () => supabase.from('sip_accounts').select('*').eq('unit_id', unit.id),
  'accounts of a unit with sync': () => supabase.from('sip_accounts').select('*, sync(*)').eq('unit_id', unit.id),
  'log of a site': () => supabase.from('intercom_activity_logs').select('*').eq('site_id', site.id).order('created_at', { ascending: false }).limit(50),
  'get_intercom_stats': () => supabase.rpc('get_intercom_stats', { p_user_id: null }),
  'accounts, first page of all': () => supabase.from('sip_accounts').select('*').order('username').range(0, 49),
  'accounts, one is changed': () => supabase.from('sip_accounts').update({ display_name: `Hall ${Math.random()}` }).eq('unit_id', unit.id).select(),
};

const figures = {};
for (const [name, query] of Object.entries(queries)) {
  await ok(query());
  const ms = [];
  let rows;
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    rows = await ok(query());
    ms.push(performance.now() - started);
  }
  figures[name] = { rows: rows.length, ms, first: rows[0] ?? null };
}

console.log(JSON.stringify(figures));
process.exit(0);
