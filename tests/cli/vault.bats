#!/usr/bin/env bats
# vault: what a person does with it day by day.

load helper

setup() {
    prepare
    new_key key.txt
    export SIGNET_IDENTITY=$PWD/key.txt
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
    vault init -q -i key.txt
}

# Fails unless the vault is sound.
sound() {
    works vault check
}

# Whether so many parts are being written, or were left behind by a process that was killed.
unfinished() {
    vault check | grep -qx "$1 parts unfinished"
}

@test "vault: init makes a vault, once, where it belongs" {
    fails 1 '*: there is a vault already' '*SIGNET_HOME*' vault init -i key.txt
    [ -f home/vault/store.db ] && [ -f home/vault/slots/key.age ]
    [ "$(mode_of home/vault)" = 700 ] && [ "$(mode_of home/vault/store.db)" = 600 ]
    unset SIGNET_HOME
    works vault init -q -i key.txt
    [ -f "$HOME/.local/share/signet/vault/store.db" ]
    XDG_DATA_HOME=$PWD/data works vault init -q -i key.txt
    [ -f data/signet/vault/store.db ]
    SIGNET_HOME=$PWD/other try vault init -i key.txt
    [ "$status" = 0 ] && grep -q 'there is a vault in .*/other/vault now' "$ERR"
}

@test "vault: put and get, every size round the chunks, text and binary" {
    local n
    for n in 0 1 65535 65536 65537 131072 1000000 5000000; do
        bytes $n >binary
        bytes $((n * 3 / 4)) | base64 -w 79 | head -c $n >text
        works vault put "b/$n" binary
        works vault put "t/$n" text
        works vault get -o got "b/$n"
        cmp binary got
        works vault get "t/$n"
        cmp text "$OUT"
    done
    works vault list b
    [ "$(wc -l <"$OUT")" = 8 ]
    sound
}

@test "vault: put reads standard input, and get writes what was put" {
    works vault put notes/today <<<'Dear diary'
    works vault get notes/today
    [ "$(<"$OUT")" = 'Dear diary' ]
    works vault put notes/today - <<<'Dear diary, again'
    works vault get notes/today
    [ "$(<"$OUT")" = 'Dear diary, again' ]
}

@test "vault: get -o writes all or nothing, readable by its owner alone" {
    vault put a <<<one
    works vault get -o out a
    [ "$(mode_of out)" = 600 ]
    echo old >out
    fails 1 'b: there is no such entry' '*vault list*' vault get -o out b
    [ "$(<out)" = old ]
    fails 1 'cannot write /dev/full: there is no space left' '*' vault get -o /dev/full a
    run -1 sh -c 'vault get a >/dev/full'
}

@test "vault: put keeps history, and get --at shows it" {
    local i
    for i in 1 2 3; do
        works vault put a <<<"revision $i"
    done
    works vault get --at 1 a
    [ "$(<"$OUT")" = 'revision 1' ]
    works vault get a
    [ "$(<"$OUT")" = 'revision 3' ]
    works vault history a
    [ "$(awk '{ print $1, $3, $4, $5 }' "$OUT" | paste -sd,)" = '3 11 text current,2 11 text ,1 11 text ' ]
    fails 1 'a: there is no such revision of it' 'vault history a *' vault get --at 4 a
    fails 2 '--at takes a number *' - vault get --at none a
    works vault history --json a
    node -e 'const h = JSON.parse(require("fs").readFileSync(process.argv[1]));
        if (h.name !== "a" || h.revisions.length !== 3 || !h.revisions[0].current) process.exit(1)' "$OUT"
}

@test "vault: append adds parts in order, which are found each with its time" {
    works vault append chats/bob <<<'first of all'
    works vault append chats/bob <<<'second thoughts'
    bytes 100000 >large
    works vault append chats/bob large
    works vault get chats/bob
    cmp "$OUT" <(printf 'first of all\nsecond thoughts\n'; cat large)
    works vault get --part 2 chats/bob
    [ "$(<"$OUT")" = 'second thoughts' ]
    fails 1 'chats/bob: there is no such part of it' '*' vault get --part 4 chats/bob
    works vault history --parts chats/bob
    [ "$(awk '{ print $1, $3, $4 }' "$OUT" | paste -sd,)" = '1 13 text,2 16 text,3 100000 binary' ]
    works vault search -l thoughts
    grep -qE '^20[0-9-]*T[0-9:]*Z +1 +2 chats/bob	second \[thoughts\]$' "$OUT"
    works vault put chats/bob <<<'begun anew'
    works vault append chats/bob <<<'and more'
    works vault get --at 1 --part 1 chats/bob
    [ "$(<"$OUT")" = 'first of all' ]
    works vault get chats/bob
    [ "$(<"$OUT")" = $'begun anew\nand more' ]
    sound
}

@test "vault: list by folder and by pattern, long and as JSON" {
    local name
    for name in a a-b a/b a/c a/c/d ab b; do
        vault put "$name" <<<"$name"
    done
    works vault list
    [ "$(paste -sd' ' "$OUT")" = 'a a-b a/b a/c a/c/d ab b' ]
    works vault list a
    [ "$(paste -sd' ' "$OUT")" = 'a a/b a/c a/c/d' ]
    works vault list a/
    [ "$(paste -sd' ' "$OUT")" = 'a/b a/c a/c/d' ]
    works vault list 'a/?'
    [ "$(paste -sd' ' "$OUT")" = 'a/b a/c' ]
    works vault list '*b'
    [ "$(paste -sd' ' "$OUT")" = 'a-b a/b ab b' ]
    works vault list '[ab]'
    [ "$(paste -sd' ' "$OUT")" = 'a b' ]
    works vault list 'z*'
    [ ! -s "$OUT" ]
    fails 1 'z: there is no such entry' '*' vault list z
    works vault list -l ab
    [[ $(<"$OUT") =~ ^20[0-9-]*T[0-9:]*Z\ +3\ text\ +1\ +1\ ab$ ]]
    works vault list --json a/
    node -e 'const l = JSON.parse(require("fs").readFileSync(process.argv[1]));
        if (l.entries.map(e => e.name).join() !== "a/b,a/c,a/c/d" || l.entries[0].size !== 4) process.exit(1)' "$OUT"
    fails 2 '--long and --json *' '*' vault list -l --json
}

@test "vault: names that are prefixes of others are entries and folders at once" {
    vault put a <<<one
    vault put a/b <<<two
    vault put a/b/c <<<three
    works vault get a && [ "$(<"$OUT")" = one ]
    works vault get a/b && [ "$(<"$OUT")" = two ]
    works vault remove a/b
    works vault get a/b/c && [ "$(<"$OUT")" = three ]
    works vault list a
    [ "$(paste -sd' ' "$OUT")" = 'a a/b/c' ]
}

@test "vault: search finds words, beginnings, phrases; one or another, and not a third" {
    vault put one <<<'The old harbour, closed since Monday'
    vault put two <<<'An old friend at the new harbour'
    vault put three <<<'foo-bar, Zoë and 42'
    works vault search harbour
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'two one' ]
    works vault search old harbour
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'two one' ]
    works vault search '"old harbour"'
    [ "$(<"$OUT")" = $'one\tThe [old harbour], closed since Monday' ]
    works vault search 'har*' NOT closed
    [ "$(cut -f 1 "$OUT")" = two ]
    works vault search '"the new har"*'
    [ "$(cut -f 1 "$OUT")" = two ]
    works vault search closed OR zoe
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'three one' ]
    works vault search foo-bar
    [ "$(<"$OUT")" = $'three\t[foo-bar], Zoë and 42' ]
    works vault search ZOË
    [ "$(cut -f 1 "$OUT")" = three ]
    works vault search nothing-such
    [ ! -s "$OUT" ]
    works vault search -- '-old' '(harbour)' 'x:y' OR ^old 
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'two one' ] || [ ! -s "$OUT" ]
    works vault search --json '"old harbour"'
    node -e 'const s = JSON.parse(require("fs").readFileSync(process.argv[1])).results;
        if (s.length !== 1 || s[0].name !== "one" || s[0].snippet[1].text !== "old harbour" ||
            !s[0].snippet[1].match) process.exit(1)' "$OUT"
}

@test "vault: search by rank, by number, and among earlier revisions" {
    vault put long <<<"harbour $(printf 'word %.0s' {1..300})"
    vault put short <<<'harbour harbour'
    vault put last <<<"harbour $(printf 'word %.0s' {1..200})"
    works vault search harbour
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'last short long' ]
    works vault search --rank harbour
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'short last long' ]
    try vault search -n 2 harbour
    [ "$status" = 0 ] && [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'last short' ]
    grep -qx 'vault: there is more: -n 10 shows up to as many' "$ERR"
    vault put short <<<'nothing of the kind'
    vault remove long
    works vault search harbour
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = last ]
    works vault search --earlier harbour
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'last short long' ]
}

@test "vault: what cannot be searched for is wrong usage, and says where" {
    vault put a <<<a
    fails 2 'the query cannot be understood: the quotation mark is not closed: character 5' '*' \
        vault search 'old "harbour'
    fails 2 '*: a star stands at the end of a word*: character 1' '*' vault search '*x'
    fails 2 '*: a star *: character 2' '*' vault search 'x*y'
    fails 2 '*: there is nothing before the OR: character 1' '*' vault search OR x
    fails 2 '*: nothing follows the OR or NOT: character 3' '*' vault search x OR
    fails 2 '*: there is no word in it to search for' '*' vault search '...'
    fails 2 '*: there is no word in it to search for' '*' vault search ''
    fails 2 '*: there is no word in it to search for' '*' vault search NOT a
    fails 2 '*: it is longer than 4096 bytes' '*' vault search "$(zeros 5000)"
    fails 2 'a word to search for is missing' '*' vault search
}

@test "vault: binary content is kept, and is in no index" {
    printf 'harbour\0' >nul
    printf 'harbour \xff' >latin
    { bytes 5000000 | base64 -w 70; printf '\nharbour\n\001'; } >late
    vault put nul nul
    vault put latin latin
    vault put late late
    works vault search harbour
    [ ! -s "$OUT" ]
    works vault list -l
    [ "$(awk '{ print $3 }' "$OUT" | sort -u)" = binary ]
    works vault get late
    cmp late "$OUT"
    sound
}

@test "vault: a long text is searched as a whole, and phrases across its pieces" {
    { echo alpha; for i in {1..30000}; do echo "line $i of it"; done; echo omega; } >long
    works vault put long long
    vault put short <<<'alpha alone'
    works vault search alpha omega
    [ "$(cut -f 1 "$OUT")" = long ]
    works vault search alpha
    [ "$(cut -f 1 "$OUT" | paste -sd' ')" = 'short long' ]
    works vault search alpha NOT omega
    [ "$(cut -f 1 "$OUT")" = short ]
    works vault search --rank alpha OR omega
    [ "$(cut -f 1 "$OUT" | sort | paste -sd' ')" = 'long short' ]
    for i in 2000 4000 4500 5000 9000 20000; do
        works vault search "\"line $i of it line $((i + 1)) of it\""
        [ "$(cut -f 1 "$OUT")" = long ]
    done
    works vault get long
    cmp long "$OUT"
}

@test "vault: remove, with what is in the folder too; what was removed can be had back" {
    vault put a <<<one
    vault put a/b <<<two
    vault put a/c <<<three
    works vault remove a/b
    fails 1 'a/b: there is no such entry any more' '*vault history a/b*' vault get a/b
    works vault get --at 1 a/b
    [ "$(<"$OUT")" = two ]
    works vault list --removed
    [ "$(<"$OUT")" = a/b ]
    works vault remove -r a
    works vault list
    [ ! -s "$OUT" ]
    fails 1 'a: there is no such entry' '*' vault remove a
    vault get --at 1 a/b | vault put a/b
    works vault get a/b
    [ "$(<"$OUT")" = two ]
    works vault history a/b
    [ "$(awk '{ print $1 }' "$OUT" | paste -sd' ')" = '2 1' ]
    works vault remove --forget a/b
    fails 1 'a/b: there is no such entry' '*' vault history a/b
    sound
}

@test "vault: move an entry, a folder, and over others" {
    vault put a <<<one
    vault put a/b <<<two
    vault put c <<<three
    works vault move a d
    works vault get d && [ "$(<"$OUT")" = one ]
    works vault list a && [ "$(<"$OUT")" = a/b ]
    fails 1 'd exists, and is not replaced' '*' vault move c d
    works vault move -f c d
    works vault get d && [ "$(<"$OUT")" = three ]
    works vault get --at 1 d && [ "$(<"$OUT")" = one ]
    vault put x/1 <<<1
    vault put x/y/2 <<<2
    works vault move -r x z/x
    works vault list
    [ "$(paste -sd' ' "$OUT")" = 'a/b d z/x/1 z/x/y/2' ]
    fails 2 'z/x/y: one of the two is in the other' - vault move -r z/x z/x/y
    fails 2 'd: it is called that already' - vault move d d
    fails 1 'none: there is no such entry' '*' vault move none other
    vault remove d
    works vault move a/b d
    works vault get d && [ "$(<"$OUT")" = two ]
    works vault get --at 1 d && [ "$(<"$OUT")" = one ]
    sound
}

@test "vault: prune forgets for good, and says what" {
    local i
    for i in 1 2 3 4; do
        vault put a <<<"zebra $i"
        vault put b <<<"quagga $i"
    done
    vault remove b
    try vault prune -n
    [ "$status" = 0 ] && grep -qx 'vault: would be forgotten: 7 revisions, 60 bytes; 1 removed entry gone with them' "$ERR"
    works vault get --at 1 a
    try vault prune --keep 2 a
    [ "$status" = 0 ] && grep -q 'forgotten: 2 revisions, 16 bytes; 0 removed' "$ERR"
    fails 1 'a: there is no such revision of it' '*' vault get --at 2 a
    works vault get --at 3 a
    works vault get --at 1 b
    works vault prune -q
    fails 1 'b: there is no such entry' '*' vault history b
    works vault search --earlier quagga OR zebra
    [ "$(<"$OUT")" = $'a\t[zebra] 4' ]
    sound
}

@test "vault: check counts what there is, as JSON too" {
    vault put a <<<one
    vault put a <<<two
    vault append b <<<three
    vault append b <<<four
    works vault check
    grep -qx '2 entries, 0 removed; 3 revisions, 4 parts, 19 bytes' "$OUT"
    works vault check --json
    node -e 'const c = JSON.parse(require("fs").readFileSync(process.argv[1]));
        if (!c.sound || c.entries !== 2 || c.parts !== 4 || c.faults.length) process.exit(1)' "$OUT"
}

@test "vault: from an entry into another, larger than any pipe" {
    bytes 9000000 >large
    vault put a large
    vault get a | vault put b
    works vault get b
    cmp large "$OUT"
    vault get a | vault append a
    works vault get a
    cmp "$OUT" <(cat large large)
}

@test "vault: content that ends in an error leaves nothing" {
    bytes 9000000 >large
    vault put a <<<old
    (cat large; sleep 4) | vault put a &
    local pid=$!
    await unfinished 1
    kill -9 "$pid"
    wait "$pid" || true
    fails 1 '. is a folder*' '*' vault put a .
    works vault search --earlier old
    [ "$(wc -l <"$OUT")" = 1 ]
    works vault get a
    [ "$(<"$OUT")" = old ]
    works vault list
    [ "$(<"$OUT")" = a ]
    sound
}

@test "vault: at a terminal, text is shown, matches are marked, and binary content is refused" {
    printf 'binary\0' | vault put binary
    echo 'Meet me at the harbour' | vault put note
    expect_script <<'END'
spawn vault get note
want "Meet me at the harbour"
finish 0
spawn vault get binary
want "binary: its content is not plain text"
want "-o FILE writes it"
finish 1
spawn vault search harbour
want "at the \033\[1;33mharbour\033\[0m"
finish 0
spawn env NO_COLOR=1 vault search harbour
want "at the \[harbour\]"
finish 0
END
}

@test "vault: put --ask takes a line unseen, twice" {
    expect_script <<'END'
spawn vault put -a mail/password
want "What to keep: "
send "hunter2hunter2\r"
want "The same again: "
send "hunter2hunter2\r"
unseen "hunter2"
finish 0
spawn vault put -a mail/password
want "What to keep: "
send "hunter2hunter2\r"
want "The same again: "
send "hunter2\r"
want "the two lines are not the same"
finish 2
END
    works vault get mail/password
    [ "$(<"$OUT")" = hunter2hunter2 ]
    fails 2 'there is no terminal to ask at' '*' setsid --wait vault put --ask a
    fails 2 '--ask takes the place of a file' - vault put --ask a key.txt
}
