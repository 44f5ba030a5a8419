#!/usr/bin/env bash
# Times conversations by command: `ratchet send` of a line, `ratchet pipe` in durable messages a
# second, and `ratchet receive` of what is for nobody beside many conversations. On memory
# (/dev/shm) where there is some, as a disk's own sync is the disk's; the send also on TMPDIR beside
# that sync. Prints, and judges nothing. SIGNET_BENCH_CONTACTS: conversations (1000).
set -euo pipefail

bin=${SIGNET_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/bin}
contacts=${SIGNET_BENCH_CONTACTS:-1000}
PATH=$bin:$PATH
if [[ -w /dev/shm ]]; then memory=$(mktemp -d -p /dev/shm); else memory=$(mktemp -d); fi
disk=$(mktemp -d)
trap 'rm -rf "$memory" "$disk"' EXIT
cd "$memory"

as() {
    local who=$1
    shift
    SIGNET_HOME=$who/home XDG_STATE_HOME=$who/state SIGNET_IDENTITY=$memory/key.txt "$@"
}

median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

# ms COMMAND...: milliseconds that it took, by the clock
ms() {
    local start=${EPOCHREALTIME/./}
    "$@" >/dev/null
    echo $((${EPOCHREALTIME/./} - start)) | awk '{ print $1 / 1000 }'
}

line() { printf '%-58s %s\n' "$1" "$2"; }

# pair FOLDER: alice and bob there, who have each spoken
pair() {
    mkdir -p "$1/alice" "$1/bob"
    as "$1/alice" vault init -q -i key.txt
    as "$1/bob" vault init -q -i key.txt
    as "$1/bob" ratchet offer -q >bob.offer
    as "$1/alice" ratchet start -q bob bob.offer
    echo one | as "$1/alice" ratchet send -q bob >one
    as "$1/bob" ratchet receive -q --accept any one >/dev/null
    back=$(as "$1/bob" ratchet list | awk '{ print $1; exit }')
    echo two | as "$1/bob" ratchet send -q "$back" >two
    as "$1/alice" ratchet receive -q two >/dev/null
}

send_line() { echo 'meet at nine' | as "$1/alice" ratchet send -q bob; }
sync_once() { dd if=/dev/zero of="$1/block" bs=4096 count=1 conv=fsync 2>/dev/null; }

keygen -q -o key.txt
pair "$disk"
pair "$memory" # whose names are those used below
line 'ratchet send of a line, in memory (ms)' "$(for _ in {1..31}; do ms send_line "$memory"; done | median)"
line 'ratchet send of a line, on disk (ms)' "$(for _ in {1..31}; do ms send_line "$disk"; done | median)"
line '  that disk: a block written and synced, dd and all (ms)' "$(for _ in {1..31}; do ms sync_once "$disk"; done | median)"
line '  the process alone: ratchet --version (ms)' "$(for _ in {1..31}; do ms ratchet --version; done | median)"

# The pipe: from one to the other, every message durable on both sides.
many=10000
seq -f 'line %g of many' "$many" >lines
start=${EPOCHREALTIME/./}
as "$memory/alice" ratchet pipe send bob <lines >wires
took=$((${EPOCHREALTIME/./} - start))
line 'ratchet pipe send, durable messages a second' $((many * 1000000 / took))
start=${EPOCHREALTIME/./}
as "$memory/bob" ratchet pipe receive -q "$back" <wires >got
took=$((${EPOCHREALTIME/./} - start))
line 'ratchet pipe receive, durable messages a second' $((many * 1000000 / took))
cmp -s lines got || { echo 'what came out of the pipe is not what went in' >&2; exit 1; }

# Many conversations: what is for nobody is tried against them all.
as "$memory/bob" ratchet offer -q --reusable >public
mkdir -p nobody
as nobody vault init -q -i key.txt
for ((i = 0; i < contacts; i++)); do
    rm -rf crowd && cp -a nobody crowd # somebody new, once he is asked for an identity
    as crowd ratchet start -q bob public
    echo hello | as crowd ratchet send -q bob >hello
    as "$memory/bob" ratchet receive -q --accept any hello >/dev/null
done
line 'conversations' "$(as "$memory/bob" ratchet list | wc -l)"
other() { as "$memory/bob" ratchet receive -q foreign 2>/dev/null || [[ $? == 3 ]]; }
{ printf 'rt1m.'; head -c 256 /dev/urandom | base64 -w 0 | tr -d '=' | tr '+/' '-_'; printf '.\n'; } >foreign
line '  a message that is for none of them, tried (ms)' "$(for _ in {1..11}; do ms other; done | median)"

# A flood: bytes for nobody must leave nothing behind.
for _ in {1..2800}; do cat foreign; done >flood
before=$(stat -c %s "$memory/bob/home/vault/store.db")
flood() {
    ulimit -v 262144
    as "$memory/bob" ratchet receive -q flood 2>/dev/null || [[ $? == 3 ]]
}
line 'a flood of 2800 messages for nobody, in 256 MB of addresses (ms)' "$(ms flood)"
line '  bytes more in the store' $(($(stat -c %s "$memory/bob/home/vault/store.db") - before))
