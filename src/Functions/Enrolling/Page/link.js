'use strict';
const byId = id => document.getElementById(id);
const outcomes = ['working', 'incomplete', 'dead', 'often', 'lost'];
const show = shown => outcomes.forEach(id => { byId(id).hidden = id !== shown; });

// Behind the '#': it has not been sent to anybody yet.
const secret = location.hash.slice(1);

async function redeem() {
  byId('redeem').disabled = true;
  show('working');
  try {
    const answer = await fetch(location.pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret }),
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
    if (answer.ok) return done(await answer.json());
    if (answer.status === 404) return end('dead');
    show(answer.status === 429 ? 'often' : 'lost');
  } catch {
    // Whether it was redeemed isn't known: trying again tells.
    show('lost');
  }
  byId('redeem').disabled = false;
}

function end(outcome) {
  show(outcome);
  byId('ready').hidden = true;
  history.replaceState(null, '', location.pathname);
}

function done(configuration) {
  end(null);
  const { warnings, ...kept } = configuration;
  for (const field of ['uri', 'password', 'wsServers']) byId(field).textContent = kept[field];
  byId('json').textContent = JSON.stringify(kept, null, 2);
  byId('warnings').replaceChildren(...warnings.map(text => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
  byId('done').hidden = false;
  byId('configured').focus();
}

async function copy(id) {
  try {
    await navigator.clipboard.writeText(byId(id).textContent);
    byId('copied').hidden = false;
  } catch {
    // Not allowed here: it is selected, to be copied by hand.
    getSelection().selectAllChildren(byId(id));
  }
}

// Somebody pastes the whole address where only its beginning was.
addEventListener('hashchange', () => { if (location.hash) location.reload(); });
byId('redeem').addEventListener('click', redeem);
document.querySelectorAll('[data-copies]').forEach(button => button.addEventListener('click', () => copy(button.dataset.copies)));
if (secret) byId('ready').hidden = false;
else show('incomplete');
