#!/usr/bin/env bash
# Fails when the binary needs a shared library that it should carry itself, or carries one that Debian patches.
#
#   linked.sh BINARY
set -euo pipefail

allowed='libsqlite3.so.0 libcurl.so.4 libcrypto.so.3 libblas.so.3 libm.so.6 libgcc_s.so.1 libc.so.6 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1'
needed=$(objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }')
for library in $needed; do
    case " $allowed " in
        *" $library "*) ;;
        *) echo "$1 needs $library, which is not on a plain server or should be linked in" >&2; exit 1 ;;
    esac
done
for library in libsqlite3.so.0 libcurl.so.4 libcrypto.so.3 libblas.so.3; do
    case " $(echo $needed) " in
        *" $library "*) ;;
        *) echo "$1 does not use $library: it must come from the system, so that the system's updates reach it" >&2; exit 1 ;;
    esac
done
echo "linked to" $needed
