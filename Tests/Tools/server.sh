# Starts and stops one jobraker on a temporary data directory: sourced by demo.sh.
#
# After start_server: $workspace (removed at exit), $config, $base (http://127.0.0.1:PORT), $server_log,
# $server_pid. The one process that is ever signalled is $server_pid.

jobraker=${JOBRAKER:-.build/release/jobraker}
workspace=$(mktemp -d "${TMPDIR:-/tmp}/jobraker-$(basename "$0" .sh).XXXXXX")
config=$workspace/config.toml
server_log=$workspace/server.log
server_pid=

fail() {
    echo "$*" >&2
    if [ -s "$server_log" ]; then
        echo "The last lines of the server's log:" >&2
        tail -n 15 "$server_log" >&2
    fi
    exit 1
}

# What is to be done with the configuration before the server starts: whoever sources this may put something in its place.
before_start() { :; }

start_server() {
    [ -x "$jobraker" ] || fail "There is no binary at $jobraker: run \`make build\` first."
    local port
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    base=http://127.0.0.1:$port
    cat >"$config" <<TOML
[server]
listen = ["127.0.0.1:$port"]

[storage]
directory = "$workspace/data"
TOML
    before_start
    "$jobraker" serve --config "$config" 2>"$server_log" &
    server_pid=$!
    local tries
    for tries in $(seq 600); do
        if curl -fs -o "$workspace/ready" "$base/readyz"; then return 0; fi
        kill -0 "$server_pid" 2>/dev/null || fail "The server ended before it was ready."
        sleep 0.05
    done
    fail "The server was not ready within 30 seconds."
}

# Asks the server to stop, waits as long as it may drain, and returns its exit code.
stop_server() {
    [ -n "$server_pid" ] || return 0
    local pid=$server_pid code=0 tries
    server_pid=
    kill -TERM "$pid" 2>/dev/null || true
    for tries in $(seq 250); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    if kill -KILL "$pid" 2>/dev/null; then echo "The server did not stop within 25 seconds and was killed." >&2; fi
    wait "$pid" || code=$?
    return "$code"
}

clean_up() {
    stop_server || true
    rm -rf "$workspace"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# json PATH: prints what stands at PATH (keys and indexes, separated by dots) of the JSON on standard input.
json() {
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    value = value[int(step) if isinstance(value, list) else step]
print(value)' "$1"
}
