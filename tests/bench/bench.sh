#!/usr/bin/env bash
# Times whole commands beside their peers, in turn, and prints medians and ratios. No threshold: it
# measures. SIGNET_BENCH_MB: size of the large file (256); SIGNET_BENCH_RUNS: runs of each (7).
set -euo pipefail

bin=${SIGNET_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/bin}
mb=${SIGNET_BENCH_MB:-256}
runs=${SIGNET_BENCH_RUNS:-7}
if [[ -w /dev/shm ]]; then place=$(mktemp -d -p /dev/shm); else place=$(mktemp -d); fi
trap 'rm -rf "$place"' EXIT
cd "$place"
export GNUPGHOME=$place/gnupg HOME=$place
mkdir -m 700 gnupg

"$bin/keygen" -q -t x25519 -o key.txt # which every age takes
recipient=$("$bin/keygen" public key.txt)
"$bin/keygen" -q -o pq.txt
"$bin/keygen" public -o pq.pub pq.txt
head -c "${mb}M" /dev/urandom >large
head -c 1024 large >small
echo password >password
"$bin/seal" -i key.txt -o large.age large
"$bin/seal" -i key.txt -o small.age small
"$bin/seal" -i pq.txt -o pq.age small
"$bin/seal" -p --password-file password -o pw.age small
"$bin/seal" -p --kdf scrypt --password-file password -o scrypt.age small

median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

# row TITLE OURS PEER-NAME PEER-COMMAND [NAME COMMAND]...: the commands in turn, `runs` times
row() {
    local title=$1 names=(signet) commands=("$2") i n start
    shift 2
    while (($#)); do
        if command -v "${2%% *}" >/dev/null; then
            names+=("$1")
            commands+=("$2")
        fi
        shift 2
    done
    for i in "${!commands[@]}"; do : >"t.$i"; done
    for ((n = 0; n <= runs; n++)); do
        for i in "${!commands[@]}"; do
            start=${EPOCHREALTIME/./}
            bash -c "exec ${commands[i]}" >/dev/null 2>&1 || {
                echo "it fails: ${commands[i]}" >&2
                exit 1
            }
            ((n == 0)) || echo $((${EPOCHREALTIME/./} - start)) >>"t.$i"
        done
    done
    local ours
    ours=$(median <t.0)
    printf '%-26s %9.1f ms' "$title" "$(awk "BEGIN { print $ours / 1000 }")"
    for ((i = 1; i < ${#names[@]}; i++)); do
        awk -v o="$ours" -v p="$(median <"t.$i")" -v n="${names[i]}" \
            'BEGIN { printf "   %s %.1f ms (x %.2f)", n, p / 1000, o / p }'
    done
    echo
}

echo "signet beside its peers: medians of $runs runs each, in turn; (x R): signet's time / the peer's"
echo "$(date -u +%F), $(nproc) processors, $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), file of $mb MiB on $(stat -f -c %T .)"
gpg_c="gpg --batch --yes -q -z0 --pinentry-mode loopback --passphrase-file password"
row "seal, file to file" "$bin/seal -r $recipient -o out large" \
    age "age -r $recipient -o out.p large" gpg "$gpg_c -o out.g -c large" cp "cp large out.c"
row "open, file to file" "$bin/open -i key.txt -o out large.age" \
    age "age -d -i key.txt -o out.p large.age" gpg "$gpg_c -o out.d -d out.g" cp "cp large.age out.c"
row "seal, pipe to pipe" "sh -c 'cat large | $bin/seal -r $recipient | cat'" \
    age "sh -c 'cat large | age -r $recipient | cat'" cat "sh -c 'cat large | cat | cat'"
row "open, pipe to pipe" "sh -c 'cat large.age | $bin/open -i key.txt | cat'" \
    age "sh -c 'cat large.age | age -d -i key.txt | cat'" cat "sh -c 'cat large.age | cat | cat'"
row "seal -a, file to file" "$bin/seal -a -r $recipient -o out large" age "age -a -r $recipient -o out.p large"
row "open armor" "$bin/open -i key.txt -o out2 out" age "age -d -i key.txt -o out.q out.p"
row "seal 1 KiB" "$bin/seal -r $recipient small" age "age -r $recipient small" true "true"
row "open 1 KiB" "$bin/open -i key.txt small.age" age "age -d -i key.txt small.age" true "true"
row "seal 1 KiB, post-quantum" "$bin/seal -R pq.pub small" true "true"
row "open 1 KiB, post-quantum" "$bin/open -i pq.txt pq.age" true "true"
row "open -p, argon2id 256 MiB" "$bin/open --password-file password pw.age"
row "open -p, scrypt 2^18" "$bin/open --password-file password scrypt.age"
