#!/usr/bin/env bash
# Requests per second of the release binary over HTTP on loopback, with wrk and 32 keep-alive connections.
#
#   me/      GET  /api/v1/auth/me/                        a token checked, one row read
#   list     GET  /api/v1/chat/sessions/?page_size=20     of an account with 200 sessions
#   create   POST /api/v1/chat/sessions/                  durable: answered after fdatasync
#
# The routes take turns, ROUNDS times SECONDS_EACH seconds each; what is printed is the median round. An answer
# that is not a success fails the run: an error page is quick to serve. Creating goes to an account of its own,
# so that the list stays what it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Tools/server.sh

rounds=${ROUNDS:-3}
seconds_each=${SECONDS_EACH:-8}
connections=32

resident() { awk '/^VmRSS:/ { printf "%.1f MiB", $2 / 1024 }' "/proc/$server_pid/status"; }

register() {
    local password
    password=bench-$(python3 -c 'import secrets; print(secrets.token_urlsafe(12))')
    curl -sS -X POST "$base/api/v1/auth/register/" -H 'Content-Type: application/json' -d \
        "{\"email\":\"$1@example.org\",\"password\":\"$password\",\"password_confirm\":\"$password\"}" | json access
}

# The same closing line for every route, which `measure` reads.
cat >"$workspace/common.lua" <<'LUA'
done = function(summary, latency, requests)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
    io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed))
end
LUA
cat >"$workspace/get.lua" <<LUA
dofile("$workspace/common.lua")
LUA
cat >"$workspace/create.lua" <<LUA
dofile("$workspace/common.lua")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local count = 0
request = function()
    count = count + 1
    return wrk.format(nil, nil, nil, '{"title":"bench ' .. count .. '"}')
end
LUA

# measure NAME SCRIPT TOKEN PATH SECONDS: one run; appends "req/s p50 p99 failed" to the file of NAME.
measure() {
    wrk -t1 -c"$connections" -d"$5s" -s "$workspace/$2.lua" -H "Authorization: Bearer $3" "$base$4" >"$workspace/wrk.out" \
        || fail "wrk could not run: $(cat "$workspace/wrk.out")"
    sed -n 's/^RESULT //p' "$workspace/wrk.out" >>"$workspace/$1.runs"
}

round() {
    measure me get "$reader" /api/v1/auth/me/ "$1"
    measure list get "$reader" '/api/v1/chat/sessions/?page_size=20' "$1"
    measure create create "$writer" /api/v1/chat/sessions/ "$1"
}

start_server
echo "$jobraker on $(nproc) cores; resident when idle: $(resident)"
reader=$(register reader)
writer=$(register writer)
python3 - "$base" "$reader" <<'PYTHON'
import http.client, sys
base, token = sys.argv[1:]
connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=15)
for number in range(200):
    connection.request("POST", "/api/v1/chat/sessions/", '{"title":"session %d"}' % number,
                       {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 201:
        sys.exit(f"creating a session was answered with {answer.status}")
PYTHON

round 1  # Fills caches and connections; not counted.
rm -f "$workspace"/*.runs
for _ in $(seq "$rounds"); do round "$seconds_each"; done

printf '%-8s %10s %10s %10s   median of %s rounds of %s s, wrk -t1 -c%s\n' \
    route req/s 'p50 ms' 'p99 ms' "$rounds" "$seconds_each" "$connections"
failed=0
for name in me list create; do
    middle=$(sort -n "$workspace/$name.runs" | sed -n "$(((rounds + 1) / 2))p")
    read -r rate p50 p99 _ <<<"$middle"
    printf '%-8s %10s %10s %10s\n' "$name" "$rate" "$p50" "$p99"
    failed=$((failed + $(awk '{ sum += $4 } END { print sum + 0 }' "$workspace/$name.runs")))
done
echo "resident after the load: $(resident)"
[ "$failed" -eq 0 ] || fail "$failed requests were not answered with success; these figures count for nothing."
