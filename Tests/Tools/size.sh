#!/usr/bin/env bash
# Fails when a stripped copy of the binary is larger than the limit.
#
#   size.sh BINARY LIMIT_MIB STRIP_COMMAND...    (the command is given the input and the output path)
set -euo pipefail

binary=$1 limit=$2
shift 2
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
"$@" "$binary" "$copy"
bytes=$(stat -c %s "$copy")
printf 'stripped binary: %s MiB (limit %s MiB)\n' "$(awk "BEGIN { printf \"%.1f\", $bytes / 1048576 }")" "$limit"
[ "$bytes" -le $((limit * 1048576)) ]
