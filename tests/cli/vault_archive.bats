#!/usr/bin/env bats
# vault: everything to one archive, and back; and what other programs pack.

load helper

setup() {
    prepare
    new_key key.txt
    export SIGNET_IDENTITY=$PWD/key.txt
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
    vault init -q -i key.txt
}

# other COMMAND...: runs it with another vault.
other() {
    [ -d other ] || SIGNET_HOME=$PWD/other vault init -q -i key.txt
    SIGNET_HOME=$PWD/other "$@"
}

# A vault with everything that there can be in one.
fill_vault() {
    bytes 9000000 >large
    vault put notes/today <<<'first'
    vault put notes/today <<<'second'
    vault put notes <<<'a folder, too'
    vault append chats/bob <<<'one'
    vault append chats/bob <<<'two'
    vault put 'Zoë, and a very long name: '"$(printf 'x%.0s' {1..150})" <<<'long'
    vault put empty </dev/null
    vault put large large
    vault put gone <<<'removed'
    vault put gone <<<'removed, too'
    vault remove gone
}

# All that can be known of a vault, but for times.
all_of() {
    local name
    vault list --json
    vault list --removed --json
    vault list | while read -r name; do
        vault history --json "$name"
        vault history --parts --json "$name"
        vault get "$name" | sha256sum
    done
    vault get --at 1 notes/today
    vault get --at 1 gone
}

@test "archive: export and import keep everything" {
    fill_vault
    works vault export -q -i key.txt -o backup.age
    [ "$(mode_of backup.age)" = 600 ]
    works other vault import -q backup.age
    all_of >one
    other all_of >two
    cmp one two
    other works vault check
    works other vault search two
    grep -q chats/bob "$OUT"
    # and once more, to the byte
    other vault export -q -i key.txt | open >second.tar
    open backup.age | cmp - second.tar
}

@test "archive: nobody is locked in: age and tar unpack it" {
    fill_vault
    vault export -q -i key.txt -o backup.age
    mkdir out
    age -d -i key.txt backup.age >backup.tar
    run -0 --separate-stderr tar -xf backup.tar -C out
    [ -z "$stderr" ]
    [ "$(<out/current/notes/today)" = second ]
    [ "$(<out/earlier/1/notes/today)" = first ]
    [ "$(<out/current/notes/part-000001)" = 'a folder, too' ]
    [ "$(cat out/current/chats/bob/part-*)" = $'one\ntwo' ]
    [ "$(<out/removed/2/gone)" = 'removed, too' ]
    cmp large out/current/large
    [ "$(stat -c %a out/current/large)" = 600 ]
}

@test "archive: sealed with a password, as text" {
    vault put a <<<one
    password_file password 'correct horse'
    works vault export -q -p -a --work 5 --new-password-file password -o backup.age
    head -n 1 backup.age | grep -q 'BEGIN AGE'
    works other vault import -q --archive-password-file password backup.age
    works other vault get a
    password_file wrong 'incorrect horse'
    fails 3 'backup.age: the password does not fit' '*' vault import --archive-password-file wrong --under x backup.age
}

@test "archive: names that are taken" {
    vault put a <<<one
    vault put b <<<two
    vault export -q -i key.txt -o backup.age
    vault put a <<<'newer'
    vault remove b
    fails 1 'a: there is an entry of that name; nothing was imported' '*--existing*' vault import backup.age
    works vault list
    [ "$(<"$OUT")" = a ]
    try vault import --existing skip backup.age
    [ "$status" = 0 ]
    grep -q '1 passed over, whose names were taken' "$ERR"
    works vault get a && [ "$(<"$OUT")" = newer ]
    works vault get b && [ "$(<"$OUT")" = two ]
    works vault import -q --existing add backup.age
    works vault get a && [ "$(<"$OUT")" = one ]
    works vault get --at 2 a && [ "$(<"$OUT")" = newer ]
    # what was removed there stays here
    vault remove b
    vault export -q -i key.txt -o removed.age
    vault put b <<<'alive'
    works vault import -q --existing add removed.age
    works vault get b && [ "$(<"$OUT")" = alive ]
    works vault import -q --under from/backup backup.age
    works vault get from/backup/b && [ "$(<"$OUT")" = two ]
    works vault check
}

@test "archive: a folder packed by tar, in each of its formats" {
    mkdir -p "docs/$(printf 'long%.0s' {1..15})/$(printf 'deep%.0s' {1..15})"
    bytes 200000 >docs/binary
    echo text >"docs/$(printf 'long%.0s' {1..15})/$(printf 'deep%.0s' {1..15})/text"
    ln -s binary docs/link
    local format
    for format in ustar gnu pax v7 oldgnu; do
        [ $format != v7 ] || rm -r docs/long*
        [ $format != oldgnu ] || mkdir docs/sub
        tar c --format=$format -C docs . >docs.tar
        try vault import --under $format docs.tar
        [ "$status" = 0 ] || flunk "$format"
        grep -q '1 links, devices and the like passed over' "$ERR"
        vault get $format/binary | cmp - docs/binary
    done
    works vault get "pax/$(printf 'long%.0s' {1..15})/$(printf 'deep%.0s' {1..15})/text"
    works vault list ustar
    [ "$(wc -l <"$OUT")" = 2 ]
}

@test "archive: what is damaged, cut short or no archive imports nothing" {
    fill_vault
    vault export -q -i key.txt -o backup.age
    open backup.age >backup.tar
    local n
    for n in 100 70000 $(($(stat -c %s backup.age) - 20)); do
        head -c "$n" backup.age >cut.age
        fails 4 '*' '*' other vault import cut.age
    done
    for n in 1 500 1000 5000 300000; do
        head -c "$n" backup.tar >cut.tar
        fails 4 'cut.tar: *: it ends too early' '*nothing was imported' other vault import cut.tar
    done
    cp backup.tar flipped.tar
    printf '\377' | dd of=flipped.tar bs=1 seek=1030 conv=notrunc status=none
    fails 4 'flipped.tar: *: it is no tar archive, or damaged' '*' other vault import flipped.tar
    fails 4 'large: *: it is no tar archive*' '*' other vault import large
    : >nothing
    fails 4 'nothing: *: it ends too early' '*' other vault import nothing
    other works vault list
    [ ! -s "$OUT" ]
    new_key stranger.txt
    vault export -q -i stranger.txt -o strange.age
    fails 3 'strange.age: no key fits*' '*' other vault import strange.age
    tar c --transform='s,.*,../evil,' -P large >evil.tar
    fails 2 '../evil: it has a part that is . or ..' - other vault import evil.tar
}

@test "archive: to whom, and where to, must be said" {
    fails 2 'there is nobody to seal the archive to' '*' vault export
    fails 2 'a password and recipients cannot be mixed' '*' vault export -p -i key.txt
    fails 2 '--work is for passwords' '*' vault export --work 5 -i key.txt
    echo old >backup.age
    fails 1 '*' '*' env SIGNET_HOME="$PWD/none" vault export -i key.txt -o backup.age
    [ "$(<backup.age)" = old ]
    fails 2 '--existing cannot be none' '*' vault import --existing none backup.age
    fails 2 '../x: *' - vault import --under ../x backup.age
}
