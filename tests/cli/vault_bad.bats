#!/usr/bin/env bats
# vault: bad input, bad luck, and what the disk shows.

load helper

setup() {
    prepare
    new_key key.txt
    export SIGNET_IDENTITY=$PWD/key.txt
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
}

# Fails unless nothing in the home has changed since `fingerprint >FILE`.
fingerprint() {
    (cd "$SIGNET_HOME" && find . -type f -exec sha256sum {} + | sort)
}

@test "bad: no vault, and what is none" {
    fails 1 '*/home*: there is no vault here' 'vault init makes one*' vault list
    mkdir -p home/vault
    fails 1 '*/home*: there is no vault here' '*' vault put a key.txt ||
        fails 4 '*/home*' '*' vault put a key.txt
    echo 'not a vault' >home/vault/store.id
    try vault list
    [ "$status" = 4 ] || flunk "status $status"
    grep -q 'home/vault' "$ERR"
    unset SIGNET_HOME HOME
    fails 2 'HOME is not set' '*SIGNET_HOME*' vault list
}

@test "bad: a vault of a later version is named, and left alone" {
    vault init -q -i key.txt
    vault put a key.txt
    grep -q '^signet-store 1 ' home/vault/store.id
    sed -i 's/^signet-store 1 /signet-store 2 /' home/vault/store.id
    fingerprint >before
    local verb
    for verb in list 'get a' 'put a key.txt' check rekey 'slot remove -f key' prune unlock; do
        # shellcheck disable=SC2086 # verbs and operands
        fails 4 '*/home/vault*: * version of the format that is not known here' 'a newer program *' vault $verb
    done
    fingerprint | cmp - before
}

@test "bad: names that cannot be" {
    vault init -q -i key.txt
    local verb
    for verb in put get remove history append; do
        fails 2 '../x: it has a part that is . or ..' - vault $verb ../x </dev/null
    done
    fails 2 'a/./b: it has a part that is . or ..' - vault get a/./b
    fails 2 'a//b: it has a part that is empty' - vault get a//b
    fails 2 '/a: it begins with /' - vault put /a key.txt
    fails 2 'a/: it ends with /' - vault put a/ key.txt
    fails 2 '(no name): it is empty' - vault put '' key.txt
    fails 2 'a\\x0ab: it holds a control character' - vault put $'a\nb' key.txt
    fails 2 'a\\x7f: it holds a control character' - vault put $'a\x7f' key.txt
    fails 2 '*: it holds a control character' - vault put $'a\xc2\x85' key.txt
    fails 2 '*: it is not UTF-8 text' - vault put $'a\xff' key.txt
    fails 2 '*: it is not UTF-8 text' - vault put $'a\xc3' key.txt
    fails 2 '*: it is longer than 1024 bytes' - vault put "$(zeros 4096)" key.txt
    fails 2 '*: it is longer than 1024 bytes' - vault put "$(zeros 1025)" key.txt
    works vault put "$(zeros 1024)" key.txt
    works vault get "$(zeros 1024)"
    fails 2 '*: it is longer than 1024 bytes' - vault move "$(zeros 1024)" "$(zeros 1025)"
    fails 2 '../y: *' - vault move "$(zeros 1024)" ../y
    works vault put -- -x key.txt
    works vault put 'a b = "c" %s \\n' key.txt
    works vault get 'a b = "c" %s \\n'
    works vault list
    [ "$(wc -l <"$OUT")" = 3 ]
}

@test "bad: an entry that is forgotten while it is read" {
    vault init -q -i key.txt
    bytes 12000000 >large
    vault put large large
    mkfifo pipe
    vault get large >pipe 2>errors &
    local pid=$! status=0
    exec 9<pipe
    head -c 100000 <&9 >got
    vault remove --forget large
    cat <&9 >>got
    exec 9<&-
    wait "$pid" || status=$?
    [ "$status" = 1 ]
    grep -qx 'vault: error: large: it was forgotten .*while it was read' errors
    cmp -n "$(stat -c %s got)" got large
    works vault check
    # one that is only removed, or put anew, is read to its end
    vault put large large
    vault get large >pipe &
    pid=$!
    exec 9<pipe
    head -c 100000 <&9 >got
    vault put large key.txt
    vault remove large
    cat <&9 >>got
    exec 9<&-
    wait "$pid"
    cmp got large
}

@test "bad: a full disk" {
    bytes 30000000 >large
    cat >steps <<'STEPS'
set -e
export SIGNET_HOME=$PWD/small/home XDG_STATE_HOME=$PWD/state
vault init -q -i key.txt
echo one | vault put a
vault put large large 2>errors && exit 9 || [ $? = 1 ]
cat errors
vault get a
vault list
vault check
head -c 1000000 large | vault put b
vault get b | cmp -n 1000000 - large
STEPS
    try with_tmpfs 12m sh steps
    [ "$status" = 0 ] || flunk "$(cat "$OUT")"
    grep -q 'error: .*there is no space left' "$OUT"
    grep -qx one "$OUT"
    grep -qx '0 parts unfinished' "$OUT"
}

@test "bad: a home that cannot be written to" {
    vault init -q -i key.txt
    vault put a <<<one
    cat >steps <<'STEPS'
cp -r home small/home
export SIGNET_HOME=$PWD/small/home
mount -o remount,ro small || exit 125
vault get a; echo "get: $?"
echo two | vault put a; echo "put: $?"
vault get a
STEPS
    try with_tmpfs 12m sh steps
    [ "$status" = 0 ]
    grep -q 'put: 1' "$OUT"
    grep -qE 'error: .*(read-only|not allowed)' "$ERR"
    [ "$(grep -cx one "$OUT")" = 2 ] || flunk "$(cat "$OUT" "$ERR")"
}

@test "bad: blocks that are damaged are told by file and number" {
    vault init -q -i key.txt
    bytes 400000 >large
    vault put large large
    local size
    size=$(stat -c %s home/vault/store.db)
    cp home/vault/store.db sound.db
    printf 'X' | dd of=home/vault/store.db bs=1 seek=$((size - 100000)) conv=notrunc status=none
    fails 4 "*/store.db: block $(((size - 100000) / 4096 + 1)) is not authentic*" '*vault check*' \
        vault get -o got large
    [ ! -e got ]
    try vault check
    [ "$status" = 4 ]
    grep -q "^damaged: .*store.db, block $(((size - 100000) / 4096 + 1)):" "$OUT"
    try vault check --json
    [ "$status" = 4 ]
    node -e 'const c = JSON.parse(require("fs").readFileSync(process.argv[1]));
        if (c.sound || c.damaged_blocks !== 1 || c.faults[0].block !== +process.argv[2]) process.exit(1)' \
        "$OUT" $(((size - 100000) / 4096 + 1))
    cp sound.db home/vault/store.db
    works vault get large
}

@test "bad: an older state of the vault is told" {
    vault init -q -i key.txt
    vault put a <<<one
    cp home/vault/store.db older.db
    vault put a <<<two
    cp older.db home/vault/store.db
    try vault get a
    [ "$status" = 0 ]
    grep -q 'vault: warning: .*older state' "$ERR"
    # a writer takes note, and the warning has been given
    try vault put b key.txt
    works vault get b
}

@test "bad: nothing stands in the clear, in any file" {
    vault init -q -p -i key.txt --work 5 --password-file <(echo 'correct horse')
    local word
    local -a words=(quagga-horse thylacine aurochs-cattle moa-of-otago passenger-pigeon)
    for word in "${words[@]}"; do
        for i in {1..20}; do
            echo "the $word was seen, $word again"
        done | vault put "menagerie/$word-enclosure"
        vault append menagerie/log <<<"fed the $word"
    done
    { for i in {1..20000}; do echo "${words[$((i % 5))]} number $i"; done; } | vault put menagerie/census-of-all
    vault put menagerie/moa-of-otago-enclosure <<<'closed'
    vault move menagerie/passenger-pigeon-enclosure menagerie/pigeon-loft
    vault remove menagerie/aurochs-cattle-enclosure
    vault search --rank quagga OR thylacine >/dev/null
    vault list -l >/dev/null
    vault export -q -i key.txt -o backup.age
    SIGNET_HOME=$PWD/second vault init -q -i key.txt
    SIGNET_HOME=$PWD/second vault import -q backup.age
    for word in "${words[@]}" menagerie census-of enclosure pigeon-loft vault_entry vault_text SQLite; do
        run ! grep -ralF -- "$word" home second backup.age "$HOME"
    done
    # a process that is killed leaves its journal
    (for i in {1..200000}; do echo "quagga $i"; done; sleep 3) | vault put menagerie/killed &
    sleep 1
    kill -9 $!
    wait $! || true
    run ! grep -ralF -e quagga -e menagerie home
    vault prune -q
    run ! grep -ralF -e quagga -e menagerie home
    run -0 vault check
}
