#!/usr/bin/env bash
# Every symbol that the library exports begins with sg_, and AddressSanitizer marks its globals by such
# names. Usage: exports.sh LIBRARY
set -euo pipefail

strays=$(nm -A --defined-only --extern-only "$1" | awk '$NF !~ /^(__odr_asan[.])?sg_/ && NF >= 3 { print }')
if [[ -n $strays ]]; then
    printf 'not prefixed with sg_:\n%s\n' "$strays"
    exit 1
fi
