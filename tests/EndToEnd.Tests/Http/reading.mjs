// What two users read of the first one's rows, with the unmodified client library. Prints one JSON object.
import { createRequire } from 'node:module';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { createClient } = require('@supabase/supabase-js');

const as = (token, language) => createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY, {
  accessToken: async () => token,
  global: { headers: { 'Accept-Language': language } },
  realtime: { transport: require('ws') },
});

async function ok(query) {
  const { data, error } = await query;
  if (error) throw new Error(JSON.stringify(error));
  return data;
}

const tables = [
  'sites', 'buildings', 'units', 'sip_accounts', 'call_rules', 'intercom_activity_logs',
  'sip_account_sync', 'sip_account_sync_view', 'unit_sync', 'unit_sync_view',
];

async function readAs(token) {
  const supabase = as(token, 'fr-FR,fr;q=0.9,en;q=0.8');
  const rows = {};
  for (const table of tables) rows[table] = (await ok(supabase.from(table).select('*'))).length;
  rows.latest_activity = (await ok(supabase.rpc('latest_activity', { p_limit: 20 }))).length;
  rows.own_units = (await ok(supabase.rpc('own_units', { p_offset: 0, p_limit: 1000 }).select('*, sip_accounts(*, sync(*))').order('created_at').order('id'))).length;
  rows.own_sip_accounts = (await ok(supabase.rpc('own_sip_accounts').select('*, sync(*)').order('created_at').order('id'))).length;
  const [stats] = await ok(supabase.rpc('get_intercom_stats', { p_user_id: process.env.OWNER }));
  return { rows, stats };
}

// PostgREST hands a request's headers to the database whatever is asked for. @supabase/lite does so for functions alone, so
// that the view's sentence is always the English one here; Database.Tests has it in both languages.
const [failed] = await ok(as(process.env.OWNER_TOKEN, 'fr').from('sip_account_sync_view').select().eq('account_id', process.env.FAILED));
const explained = {};
for (const language of ['fr-FR,fr;q=0.9,en;q=0.8', 'en-GB,en;q=0.9,fr;q=0.5']) {
  const supabase = as(process.env.OWNER_TOKEN, language);
  const p_language = await ok(supabase.rpc('intercom_language'));
  explained[p_language] = await ok(supabase.rpc('intercom_explanation', { p_code: failed.error_code, p_language }));
}

console.log(JSON.stringify({
  owner: await readAs(process.env.OWNER_TOKEN), stranger: await readAs(process.env.STRANGER_TOKEN), failed, explained,
}));
process.exit(0);
