// Keeps supabase.functions.invoke("kamailio-sync") working: hands each request to the function app, which verifies the
// caller's token itself, and its answer back. No framework and no import: nothing to update, nothing to trust.

// Of browsers (supabase-js sends these four headers). Any origin: the token is the door, and it travels in a header.
const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST, OPTIONS",
  "access-control-allow-headers": "authorization, apikey, x-client-info, content-type",
  "access-control-max-age": "86400",
};

// Supabase ends a request after 150 s; the function app answers within 30 s unless its settings say otherwise.
const patience = Number(Deno.env.get("NEOLIA_FUNCTIONS_TIMEOUT_MS") ?? "100000");
const mostBytes = 64 * 1024;

Deno.serve(answer);

async function answer(request: Request): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: cors });
  if (request.method !== "POST") {
    return refuse(
      request,
      405,
      "Send a POST request, as supabase.functions.invoke does.",
      "Envoyez une requête POST, comme le fait supabase.functions.invoke.",
      { allow: "POST" },
    );
  }

  const url = functionUrl(Deno.env.get("NEOLIA_FUNCTIONS_URL"));
  if (url === null) {
    console.error("NEOLIA_FUNCTIONS_URL is missing or not an https URL");
    return refuse(
      request,
      503,
      "The function app's address is not configured: supabase secrets set NEOLIA_FUNCTIONS_URL=https://APP.azurewebsites.net",
      "L'adresse de l'application n'est pas configurée : supabase secrets set NEOLIA_FUNCTIONS_URL=https://APP.azurewebsites.net",
    );
  }

  const body = await readBounded(request);
  return body === null ? refuse(request, 413, "The body is larger than 64 KiB.", "Le corps de la requête dépasse 64 Kio.") : await forward(request, url, body);
}

async function forward(request: Request, url: URL, body: Uint8Array<ArrayBuffer>): Promise<Response> {
  try {
    const reply = await fetch(url, {
      method: "POST",
      headers: pick(request.headers, ["authorization", "content-type", "accept-language"]),
      body,
      // A token goes to the configured address only, wherever that may point.
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
    });
    return new Response(await reply.arrayBuffer(), {
      status: reply.status,
      headers: { ...pick(reply.headers, ["content-type", "content-language", "retry-after"]), ...cors },
    });
  } catch (error) {
    // Only the kind: an error's message can quote addresses and headers.
    const kind = error instanceof Error ? error.name : "unknown";
    console.error(`The function app did not answer (${kind})`);
    return kind === "TimeoutError"
      ? refuse(
        request,
        504,
        "The function app did not answer in time. What was asked may still be done; look again in a moment.",
        "L'application n'a pas répondu à temps. La demande aboutira peut-être ; vérifiez dans un instant.",
        { "retry-after": "5" },
      )
      : refuse(
        request,
        503,
        "The function app can't be reached. Try again in a few seconds.",
        "L'application est injoignable. Réessayez dans quelques secondes.",
        { "retry-after": "5" },
      );
  }
}

// In the contract's shape, so that the dashboard shows it like any other refusal. Browsers name their first language first.
function refuse(request: Request, status: number, english: string, french: string, headers: Record<string, string> = {}): Response {
  const error = /^\s*fr/i.test(request.headers.get("accept-language") ?? "") ? french : english;
  return Response.json({ success: false, error, details: [] }, { status, headers: { ...cors, ...headers } });
}

// The app's address, of which only the origin counts; plain http for this machine only.
function functionUrl(setting: string | undefined): URL | null {
  try {
    const url = new URL("/api/kamailio-sync", setting);
    return url.protocol === "https:" || ["127.0.0.1", "localhost"].includes(url.hostname) ? url : null;
  } catch {
    return null;
  }
}

async function readBounded(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  const body = new Uint8Array(mostBytes);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    if (length + chunk.length > mostBytes) return null;
    body.set(chunk, length);
    length += chunk.length;
  }
  return body.subarray(0, length);
}

function pick(headers: Headers, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => headers.has(name) ? [[name, headers.get(name)!]] : []));
}
