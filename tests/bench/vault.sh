#!/usr/bin/env bash
# Times the vault as it grows: put, get, list of a folder and search among 10,000, 100,000 and 1,000,000
# entries of 1 KiB (SIGNET_BENCH_ENTRIES), medians of several runs (SIGNET_BENCH_RUNS: 9), beside the sync
# that each put pays for and, where it is installed, sqlite3 doing the like. No threshold: it measures. The vaults are made in SIGNET_BENCH_PLACE (/dev/shm), and take 2 KB an entry.
set -euo pipefail

bin=${SIGNET_BIN:-$(cd "$(dirname "$0")/../.." && pwd)/build/bin}
sizes=${SIGNET_BENCH_ENTRIES:-10000 100000 1000000}
runs=${SIGNET_BENCH_RUNS:-9}
place=${SIGNET_BENCH_PLACE:-/dev/shm}
[[ -w $place ]] || place=/tmp
place=$(mktemp -d -p "$place")
trap 'rm -rf "$place"' EXIT
cd "$place"
export HOME=$place SIGNET_IDENTITY=$place/key.txt
PATH=$bin:$PATH
keygen -q -t x25519 -o key.txt
head -c 700 /dev/urandom | base64 -w 0 | head -c 1024 >small

median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

# time_of COMMAND...: the median time of it in milliseconds; {} stands for the number of the run
time_of() {
    local n start
    for ((n = 0; n <= runs; n++)); do
        start=${EPOCHREALTIME/./}
        "${@//\{\}/$n}" >/dev/null
        ((n == 0)) || echo $((${EPOCHREALTIME/./} - start))
    done | median | awk '{ printf "%.1f", $1 / 1000 }'
}

# A tar archive of entries: 100 to a folder, of words as frequent as those of a language, one of them unique.
archive() {
    perl -e '
        my ($n) = @ARGV;
        srand 1;
        binmode STDOUT;
        for my $i (0 .. $n - 1) {
            my $text = sprintf "unique%07d", $i;
            while (length $text < 1017) {
                my $rank = int exp(rand(log 50000));
                $text .= sprintf " w%05d", $rank;
            }
            $text .= "\n";
            my $name = sprintf "folder%05d/entry%07d", int($i / 100), $i;
            my $head = pack "a100 a8 a8 a8 a12 a12 a8 a1 a100 a6 a2 a32 a32 a8 a8 a155 a12", $name, "0000600",
                "0000000", "0000000", sprintf("%011o", length $text), sprintf("%011o", 1700000000 + $i),
                " " x 8, "0", "", "ustar", "00", "", "", "0000000", "0000000", "", "";
            substr $head, 148, 8, sprintf "%06o\0 ", unpack "%32C*", $head;
            print $head, $text, "\0" x (-length($text) % 512);
        }
        print "\0" x 1024;' "$1"
}

echo "$(date -u +%F), $(nproc) processors, $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(stat -f -c %T .)"
echo "medians of $runs runs in ms, each a whole process; the vault is unlocked in the keyring, or by a key where there is none"
printf 'true %s   sync of 1 KiB %s\n' "$(time_of /bin/true)" \
    "$(time_of dd if=small of=synced conv=fsync status=none)"
printf '%10s %8s %6s %6s %6s %6s | %7s %7s %7s %7s %7s %7s\n' entries import put get list list-l rare common and phrase prefix rank
for size in $sizes; do
    export SIGNET_HOME=$place/vault$size
    vault init -q -i key.txt
    start=${EPOCHREALTIME/./}
    archive "$size" | vault import -q
    took=$(((${EPOCHREALTIME/./} - start) / 1000000))
    vault unlock -q --for 2h 2>/dev/null || true
    printf '%10d %6d s %6s %6s %6s %6s | %7s %7s %7s %7s %7s %7s\n' "$size" "$took" \
        "$(time_of vault put 'new/{}' small)" \
        "$(time_of vault get "folder00042/entry0004242")" \
        "$(time_of vault list folder00042)" \
        "$(time_of vault list -l folder00042)" \
        "$(time_of vault search "unique0004242")" \
        "$(time_of vault search -q w00001)" \
        "$(time_of vault search -q w00100 w00200)" \
        "$(time_of vault search -q '"w00003 w00001"')" \
        "$(time_of vault search -q 'unique00042*')" \
        "$(time_of vault search -q --rank w00100)"
    du -k "$SIGNET_HOME/vault/store.db" | awk -v n="$size" '{ printf "%10s store of %.0f MB, %.0f bytes an entry\n", "", $1 / 1000, $1 * 1024 / n }'
    vault lock -q 2>/dev/null || true
    rm -r "$SIGNET_HOME"
done

# The same in sqlite3 alone, in the clear. The store's own bench has it beside sqlcipher.
if command -v sqlite3 >/dev/null; then
    sqlite3 plain.db "CREATE TABLE e (name TEXT PRIMARY KEY, text TEXT); CREATE VIRTUAL TABLE f USING fts5 (text, content='e');"
    insert="PRAGMA synchronous = FULL; BEGIN; INSERT INTO e VALUES ('new/{}', '$(<small)');
        INSERT INTO f (rowid, text) SELECT rowid, text FROM e WHERE name = 'new/{}'; COMMIT;"
    printf 'sqlite3, unsealed and empty: put %s, get %s\n' "$(time_of sqlite3 plain.db "$insert")" \
        "$(time_of sqlite3 plain.db "SELECT text FROM e WHERE name = 'new/1';")"
fi
