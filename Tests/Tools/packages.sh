#!/usr/bin/env bash
# Installs the Debian packages that are missing, and nothing else.
#
#   packages.sh [--command COMMAND PACKAGE]... PACKAGE...
#
# A bare PACKAGE is missing when dpkg does not know it as installed. With --command, PACKAGE is
# missing only when COMMAND is not on the PATH: a tool may well come from elsewhere than Debian.
# Nothing missing: says nothing, changes nothing, needs neither root nor a network.
set -euo pipefail

missing=()
while [ $# -gt 0 ]; do
    if [ "$1" = --command ]; then
        command -v "$2" >/dev/null || missing+=("$3")
        shift 3
    else
        # `dpkg -s` also succeeds for a removed package whose configuration stayed behind.
        if ! dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok installed$'; then missing+=("$1"); fi
        shift
    fi
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "These Debian packages are missing and apt-get is not here to install them: ${missing[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
echo "Installing missing Debian packages: ${missing[*]}" >&2
${as_root[@]+"${as_root[@]}"} apt-get update -qq
${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
