// What a bad network does to a page, and a stand-in for a server that the local stack doesn't have.

/** The server gets the request and does what it asks; its answer never arrives. */
export async function loseAnswers(page, method, path, times, silent) {
  let left = times;
  await page.route((url) => url.pathname.endsWith(path), async (route) => {
    if (route.request().method() !== method || left === 0) return route.fallback();
    left--;
    await route.fetch();
    if (!silent) await route.abort('connectionreset');
  });
}

/** Something in between answers, which knows nothing of what is behind it. */
export async function answerInstead(page, method, path, status) {
  await page.route((url) => url.pathname.endsWith(path), (route) => (route.request().method() === method
    ? route.fulfill({ status, contentType: 'text/html', headers: { 'access-control-allow-origin': '*' }, body: '<h1>Gateway</h1>' })
    : route.fallback()));
}

/** The page is told that these tables are in the project's publication. */
export async function watchMore(page, liveTables) {
  await page.route('**/config.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), liveTables } });
  });
}

/**
 * Realtime's end of the socket, as its protocol describes it (Phoenix channels, version 2.0.0 of the serialisation:
 * [join_ref, ref, topic, event, payload]). It lets everybody in, watches `watched` and no other table, and tells what
 * the test tells it.
 */
export async function standInForRealtime(page, watched) {
  const joined = new Map();
  await page.routeWebSocket(/\/realtime\/v1\/websocket/, (socket) => {
    const send = (...message) => socket.send(JSON.stringify(message));
    socket.onMessage((text) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(text);
      const reply = (response) => send(joinRef, ref, topic, 'phx_reply', { status: 'ok', response });
      if (event !== 'phx_join') return reply({});
      const [asked] = payload.config.postgres_changes;
      reply({ postgres_changes: [{ ...asked, id: 1 }] });
      const ok = watched.includes(asked.table);
      send(null, null, topic, 'system', {
        extension: 'postgres_changes', channel: topic, status: ok ? 'ok' : 'error',
        message: ok ? 'Subscribed to PostgreSQL' : 'Unable to subscribe to changes with given parameters.',
      });
      if (ok) joined.set(asked.table, (data) => send(null, null, topic, 'postgres_changes', { ids: [1], data }));
    });
  });
  return {
    tell(table) {
      if (!joined.has(table)) throw new Error(`The page watches ${[...joined.keys()].join() || 'nothing'}, and not ${table}.`);
      joined.get(table)({
        schema: 'public', table, type: 'UPDATE', commit_timestamp: new Date().toISOString(), columns: [], record: {}, old_record: {}, errors: null,
      });
    },
  };
}
