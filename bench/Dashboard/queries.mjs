// What the dashboard's hooks (clients/dashboard/src) ask for, word for word, with the unmodified client library, each many
// times. Prints one JSON object: a query's name, how many rows it answered, and how many milliseconds each time took.
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

// All rows, as the hooks read lists: a hosted project cuts answers off at a thousand.
async function all(page) {
  const rows = [];
  for (;;) {
    const some = await ok(page(rows.length, rows.length + 999));
    rows.push(...some);
    if (some.length === 0 || rows.length < 100) return rows;
  }
}

await ok(supabase.auth.signInWithPassword({ email: process.env.EMAIL, password: process.env.PASSWORD }));
const [site] = await ok(supabase.from('sites').select('*').order('id').limit(1));
const [building] = await ok(supabase.from('buildings').select('*').eq('site_id', site.id));
const [unit] = await ok(supabase.from('units').select('*').eq('building_id', building.id).order('number').limit(1));
const [account] = await ok(supabase.from('sip_accounts').select('*').eq('unit_id', unit.id).order('id').limit(1));
const log = (column, id) => supabase.from('intercom_activity_logs').select().eq(column, id).order('created_at', { ascending: false }).order('id').limit(20);

const pageOf = (from, to) => ({ p_offset: from, p_limit: to - from + 1 });

const queries = {
  'sites with counts': () => all((from, to) =>
    supabase.from('sites').select('*, buildings(count), units(count), sip_accounts(count)').order('name').order('id').range(from, to)),
  'buildings of a site': () => all((from, to) => supabase.from('buildings').select().eq('site_id', site.id).order('name').order('id').range(from, to)),
  'units of a building with accounts and sync': () => all((from, to) =>
    supabase.from('units').select('*, sip_accounts(*, sync(*))').eq('building_id', building.id).order('created_at').order('id').range(from, to)),
  'accounts of a unit with sync': () => all((from, to) =>
    supabase.from('sip_accounts').select('*, sync(*)').eq('unit_id', unit.id).order('created_at').order('id').range(from, to)),
  'log of all sites': () => ok(supabase.rpc('latest_activity', { p_limit: 20 })),
  'log of a site': () => ok(log('site_id', site.id)),
  'log of a unit': () => ok(log('unit_id', unit.id)),
  'get_intercom_stats': () => ok(supabase.rpc('get_intercom_stats')),
  'account, one is changed': () => ok(supabase.from('sip_accounts').update({ display_name: `Hall ${Math.random()}` }).eq('id', account.id).select()),
  'all accounts with sync, every page': () => all((from, to) =>
    supabase.rpc('own_sip_accounts', pageOf(from, to)).select('*, sync(*)').order('created_at').order('id')),
  'all units with accounts and sync, every page': () => all((from, to) =>
    supabase.rpc('own_units', pageOf(from, to)).select('*, sip_accounts(*, sync(*))').order('created_at').order('id')),
};

// They take as long as many of the others together.
const isSlow = (name) => name.endsWith('every page');

const figures = {};
for (const [name, query] of Object.entries(queries)) {
  if (!isSlow(name)) await query();
  const ms = [];
  let rows;
  for (let i = 0; i < (isSlow(name) ? Math.ceil(times / 20) : times); i++) {
    const started = performance.now();
    rows = await query();
    ms.push(performance.now() - started);
  }
  figures[name] = { rows: rows.length, ms, first: rows[0] ?? null };
}

console.log(JSON.stringify(figures));
process.exit(0);
