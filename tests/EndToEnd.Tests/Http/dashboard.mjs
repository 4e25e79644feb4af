// What the dashboard's hooks do, with the unmodified client library. Prints one JSON object.
import { createRequire } from 'node:module';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { createClient } = require('@supabase/supabase-js');
const { FunctionsClient } = require('@supabase/functions-js');

const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY, { realtime: { transport: require('ws') } });

async function ok(query) {
  const { data, error } = await query;
  if (error) throw new Error(JSON.stringify(error));
  return data;
}

const login = { email: process.env.EMAIL, password: process.env.PASSWORD };
await ok(supabase.auth.signUp(login));
const { session, user } = await ok(supabase.auth.signInWithPassword(login));

const site = await ok(supabase.from('sites').insert({ name: 'Villa Rose', address: '2 rue', type: 'villa', timezone: 'Europe/Paris' }).select().single());
const building = await ok(supabase.from('buildings').insert({ site_id: site.id, name: 'B', floor_count: 3 }).select().single());
const unit = await ok(supabase.from('units').insert({ building_id: building.id, number: '12 bis' }).select().single());
const account = await ok(supabase.from('sip_accounts').insert({ unit_id: unit.id, type: 'mobile' }).select().single());

const sites = await ok(supabase.from('sites').select('*, buildings(count), units(count)'));
const units = await ok(supabase.from('units').select('*, sip_accounts(*)').eq('building_id', building.id));
const stats = await ok(supabase.rpc('get_intercom_stats', { p_user_id: user.id }));

const functions = new FunctionsClient(process.env.FUNCTIONS_URL, {
  headers: { Authorization: `Bearer ${session.access_token}`, apikey: process.env.SUPABASE_KEY, 'x-client-info': 'dashboard' },
});
const created = await ok(functions.invoke('kamailio-sync', { body: { action: 'create_account', account_id: account.id } }));
const status = await ok(functions.invoke('kamailio-sync', { body: { action: 'check_status' } }));
const refused = await functions.invoke('kamailio-sync', { body: { action: 'nonsense' } });
const deleted = await ok(functions.invoke('kamailio-sync', { body: { action: 'delete_account', account_id: account.id } }));

console.log(JSON.stringify({
  user: user.id, site, sites, units, stats, account, created, status, deleted, refused: await refused.error.context.json(),
}));
process.exit(0);
