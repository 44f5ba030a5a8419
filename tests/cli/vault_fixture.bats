#!/usr/bin/env bats
# vault: one that was made by an earlier version always opens.

load helper

setup() {
    prepare
    cp -r "$REPOSITORY/tests/fixtures/vault" fixtures
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
}

@test "fixture: each version's vault opens with each of its slots, and all of it is there" {
    local place
    for place in fixtures/*/; do
        export SIGNET_HOME=$PWD/$place
        try vault get -i "$place/key.txt" notes/yesterday
        [ "$status" = 0 ] && [ "$(<"$OUT")" = 'Dear diary, again' ]
        grep -q 'a copy from elsewhere' "$ERR"
        try vault put -i "$place/key.txt" new "$place/key.txt" # the device knows it from now on
        [ "$status" = 0 ]
        works vault get --password-file "$place/password.txt" --at 1 notes/yesterday
        [ "$(<"$OUT")" = 'Dear diary' ]
        rm "$place/vault/slots/key.age" "$place/vault/slots/password.age"
        export SIGNET_IDENTITY=$place/key.txt SIGNET_PASSWORD_FILE=$place/password.txt
        works vault list
        [ "$(paste -sd' ' "$OUT")" = 'binary chats/bob empty longer new notes notes/yesterday zeros' ]
        works vault get chats/bob
        [ "$(<"$OUT")" = $'Meet me at the harbour\nAt noon' ]
        works vault get longer
        [ "$(wc -l <"$OUT")" = 2500 ]
        vault get zeros | cmp - <(head -c 70000 /dev/zero)
        vault get binary | cmp - <(printf 'b\0n\377')
        works vault get --at 1 gone
        works vault search zoe
        [ "$(cut -f 1 "$OUT")" = longer ]
        works vault search '"of a longer text with zoe in it line 1700"'
        works vault search harbour
        [ "$(<"$OUT")" = $'chats/bob\tMeet me at the [harbour]' ]
        works vault check
        works vault prune -q
        works vault rekey -q --work 8
        works vault check
        works vault get notes
        [ "$(<"$OUT")" = 'a folder, too' ]
    done
}

@test "fixture: the script that made it makes another" {
    mkdir another
    bash fixtures/make.sh another
    SIGNET_HOME=$PWD/another try vault check -i another/key.txt
    [ "$status" = 0 ]
}
