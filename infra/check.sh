#!/usr/bin/env bash
# Checks a function app after a deployment: that it is ready, and that its doors are closed. Needs no secret.
#
#   infra/check.sh https://APP.azurewebsites.net [BUILD]
#
# BUILD is what the deployed program prints with --version: without it the instance that is being replaced may answer.
# NEOLIA_CHECK_SECONDS: how long to wait for it to be ready; 300 without it.
set -euo pipefail

app=${1:?Give the https address of the function app.}
app=${app%/}
build=${2:-}
deadline=$((SECONDS + ${NEOLIA_CHECK_SECONDS:-300}))
failed=0

ask() { # method, path; prints the answer's status code and keeps its body
  curl --silent --show-error --max-time 30 --request "$1" --header 'Content-Type: application/json' --data "${3:-}" \
    --output "$body" --write-out '%{http_code}' "$app$2" 2>"$body.error" || true
}
expect() { # what, wanted code, code
  if [ "$3" = "$2" ]; then
    echo "ok: $1"
  else
    echo "FAILED: $1 (expected $2, got $3)"
    failed=1
  fi
}

body=$(mktemp)
trap 'rm -f "$body" "$body.error" "$body.code"' EXIT

# A new package takes a while to be in place; before that the old one answers, or nobody.
code=$(ask GET /api/health/ready)
while [ "$code" != 200 ] && [ $SECONDS -lt $deadline ]; do
  sleep 5
  code=$(ask GET /api/health/ready)
done
if [ -n "$build" ]; then
  answered() { ask GET /api/health/live > "$body.code"; sed -n -e 's/\\u002B/+/' -e 's/.*"build":"\([^"]*\)".*/\1/p' "$body"; }
  answer=$(answered)
  while [ "$answer" != "$build" ] && [ $SECONDS -lt $deadline ]; do
    sleep 5
    answer=$(answered)
  done
  expect 'the new program answers' "$build" "$answer"
  code=$(ask GET /api/health/ready)
fi
expect 'ready: both databases are reachable' 200 "$code"
cat "$body" "$body.error"
echo

expect 'kamailio-sync refuses who has no token' 401 "$(ask POST /api/kamailio-sync '{"action":"check_status"}')"
expect 'kamailio-sync refuses a forged token' 401 "$(
  curl --silent --max-time 30 --output "$body" --write-out '%{http_code}' --header 'Content-Type: application/json' \
    --header 'Authorization: Bearer eyJhbGciOiJub25lIn0.e30.' --data '{"action":"check_status"}' "$app/api/kamailio-sync" || true
)"
expect 'webhooks refuse who has not signed' 401 "$(ask POST /api/webhooks/supabase '{"type":"UPDATE"}')"
exit $failed
