// Webhooks signed by the reference library of Standard Webhooks. Prints the statuses they were answered with.
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';

const require = createRequire(process.env.NODE_PACKAGES + '/');
const { Webhook } = require('standardwebhooks');

const webhook = new Webhook(process.env.SECRET);
const body = JSON.stringify({ type: 'UPDATE', table: 'sip_accounts', schema: 'public', record: { name: 'Résidence ☎' }, old_record: null });

function sign(at, text = body) {
  const id = `msg_${randomUUID()}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': webhook.sign(id, at, text),
  };
}

async function ring(headers, text = body) {
  const answer = await fetch(process.env.WEBHOOK_URL, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text });
  await answer.arrayBuffer();
  return answer.status;
}

const minutes = (count) => new Date(Date.now() + count * 60_000);
const headers = sign(new Date());
const genuine = await ring(headers);
const replays = [];
for (let i = 0; i < 10; i++) replays.push(await ring(headers));

console.log(JSON.stringify({
  genuine,
  replays,
  fourMinutesOld: await ring(sign(minutes(-4))),
  sixMinutesOld: await ring(sign(minutes(-6))),
  empty: await ring(sign(new Date(), ''), ''),
  otherBody: await ring(headers, body.replace('UPDATE', 'DELETE')),
  otherId: await ring({ ...headers, 'webhook-id': `msg_${randomUUID()}` }),
}));
