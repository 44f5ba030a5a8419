#!/usr/bin/env bats
# vault: the ways to unlock it, and the key kept at hand.
#
# shellcheck disable=SC2030,SC2031 # each test sets its own

load helper

setup() {
    prepare
    new_key key.txt
    FIRST=$RECIPIENT
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
    password_file password 'correct horse'
    password_file wrong 'incorrect horse'
}

teardown() {
    vault lock -q 2>/dev/null || true
    clean_up
}

has_keyring() {
    vault unlock -q "$@" && vault lock -q
}

@test "slots: a password opens, a wrong one does not" {
    works vault init -q -p --work 5 --password-file password
    works vault put --password-file password a <<<one
    fails 3 '*: the password does not fit' '*' vault get --password-file wrong a
    fails 3 '*: locked: it takes a password, and none can be asked for' '*' setsid --wait vault get a
    works vault get --password-file password a
    [ "$(<"$OUT")" = one ]
    SIGNET_PASSWORD_FILE=password works vault get a
}

@test "slots: ten wrong passwords leave no trace, and the eleventh, right one works" {
    vault init -q -p --work 5 --password-file password
    vault put --password-file password a <<<one
    find home "$HOME" -type f -exec sha256sum {} + | sort >before
    find home "$HOME" -printf '%p %T@ %s\n' | sort >stamps
    local tries
    for tries in {1..10}; do
        [ -n "$tries" ]
        fails 3 '*: the password does not fit' '*' vault get --password-file wrong a
    done
    find home "$HOME" -type f -exec sha256sum {} + | sort | cmp - before
    find home "$HOME" -printf '%p %T@ %s\n' | sort | cmp - stamps
    works vault get --password-file password a
    [ "$(<"$OUT")" = one ]
}

@test "slots: a wrong password costs as much as the right one" {
    vault init -q -p --work 14 --password-file password
    vault put --password-file password a <<<one
    # what Argon2id takes shows in the memory of the process
    local right wrong
    right=$(/usr/bin/time -f %M vault get --password-file password a 2>&1 >/dev/null)
    wrong=$(/usr/bin/time -f %M vault get --password-file wrong a 2>&1 >/dev/null | tail -n 1)
    if [ "$BUILD" = plain ]; then
        ((right > 16384 && wrong > 16384)) || flunk "$right and $wrong KiB"
    fi
}

@test "slots: at a terminal, the vault asks for its password, three times" {
    vault init -q -p --work 5 --password-file password
    vault put --password-file password a <<<'what is kept'
    expect_script <<'END'
spawn vault get a
want "Password for "
send "wrong\r"
want "does not fit; once more"
want "Password for "
send "correct horse\r"
want "what is kept"
unseen "correct horse"
finish 0
END
}

@test "slots: init asks for a password twice, when nothing else is said" {
    expect_script <<'END'
spawn vault init --work 5
want "Password for the new vault: "
send "correct horse\r"
want "The same again: "
send "correct horse\r"
want "there is a vault in"
finish 0
END
    works vault put --password-file password a <<<one
}

@test "slots: several of any kind, each of which opens" {
    vault init -q -p -i key.txt --work 5 --password-file password
    new_key second.txt
    keygen -q -o pq.txt
    ssh-keygen -q -t ed25519 -N '' -f ssh
    password_file another 'battery staple'
    export SIGNET_IDENTITY=key.txt
    works vault slot add second -r "$RECIPIENT"
    works vault slot add pq -i pq.txt
    works vault slot add ssh -R ssh.pub
    works vault slot add word -p --work 5 --new-password-file another
    vault put a <<<one
    unset SIGNET_IDENTITY
    local key
    for key in key.txt second.txt pq.txt ssh; do
        works vault get -i "$key" a
        [ "$(<"$OUT")" = one ]
    done
    works vault get --password-file another a
    works vault get --password-file password a
    works vault slot list -i key.txt
    [ "$(awk '{ print $1, $2 }' "$OUT" | paste -sd,)" = 'key key,password password,pq key,second key,ssh key,word password' ]
    grep -q "^key  *key  *$FIRST$" "$OUT"
    works vault slot list --json -i key.txt
    node -e 'const l = JSON.parse(require("fs").readFileSync(process.argv[1])).slots;
        if (l.length !== 6 || l[0].recipients[0] !== process.argv[2] || l[1].kind !== "password") process.exit(1)' \
        "$OUT" "$FIRST"
    # an ordinary sealed file: age opens it, too
    age -d -i key.txt home/vault/slots/key.age | grep -q '^SIGNET-STORE-KEY-1'
}

@test "slots: one that asks for both, the password and a key" {
    vault init -q -p -i key.txt --all --work 5 --password-file password
    vault put -i key.txt --password-file password a <<<one
    works vault get -i key.txt --password-file password a
    fails 3 '*' '*' vault get --password-file password a
    fails 3 '*' '*' setsid --wait vault get -i key.txt a
    fails 3 '*: the password does not fit' '*' vault get -i key.txt --password-file wrong a
    new_key other.txt
    fails 3 '*' '*' vault get -i other.txt --password-file password a
    works vault slot add other -p -r "$RECIPIENT" --all --work 5 --new-password-file wrong \
        --unlock-identity key.txt --password-file password
    works vault get -i other.txt --password-file wrong a
    works vault slot list -i key.txt --password-file password
    [ "$(awk '{ print $1, $2 }' "$OUT" | paste -sd,)" = 'both both,other both' ]
}

@test "slots: the last one is not removed by accident, and the others with a warning" {
    vault init -q -p -i key.txt --work 5 --password-file password
    export SIGNET_IDENTITY=key.txt
    try vault slot remove password
    [ "$status" = 0 ] && grep -q 'password unlocks the vault no more; .* only vault rekey shuts them out' "$ERR"
    fails 1 'key: it is the last way to unlock the vault' 'add another slot first' vault slot remove key
    fails 1 'none: there is no such slot' 'vault slot list *' vault slot remove none
    works vault put a <<<one
    works vault slot remove -qf key
    fails 4 '*: there is no slot left to unlock with' - vault get a
}

@test "slots: rekey shuts out who kept the key, and keeps the other slots" {
    vault init -q -p -i key.txt --work 5 --password-file password
    new_key second.txt
    export SIGNET_IDENTITY=key.txt
    vault slot add second -r "$RECIPIENT"
    vault put a <<<one
    cp -r home copy
    vault slot remove -q second
    cp copy/vault/slots/second.age home/vault/slots/second.age # as a thief of the key would
    works vault get -i second.txt a
    rm home/vault/slots/second.age
    works vault rekey -q --work 5 --password-file password
    cp copy/vault/slots/second.age home/vault/slots/second.age
    try vault get -i second.txt a
    [ "$status" = 4 ] || [ "$status" = 3 ] || flunk "status $status"
    rm home/vault/slots/second.age
    works vault get a
    works vault get -i /dev/null --password-file password a || works env -u SIGNET_IDENTITY vault get --password-file password a
    works vault check
    fails 3 '*' '*' vault rekey --work 5 --password-file wrong
    works vault rekey -q --drop password
    works vault slot list
    [ "$(awk '{ print $1 }' "$OUT")" = key ]
    fails 1 'none: there is no such slot' '*' vault rekey --drop none
    works vault get a
}

@test "slots: a damaged slot does not stop the others" {
    vault init -q -p -i key.txt --work 5 --password-file password
    vault put -i key.txt a <<<one
    echo nonsense >home/vault/slots/password.age
    works vault get -i key.txt a
    works vault slot list -i key.txt
    grep -q '^password *damaged' "$OUT"
    fails 3 '*' '*' vault get --password-file password a
    head -c 200 /dev/zero >home/vault/slots/key.age
    fails 4 '*/slots: every slot is damaged' - vault get -i key.txt a
}

@test "slots: a key kept in the keyring for a time, and removed" {
    vault init -q -p --work 5 --password-file password
    if ! has_keyring --password-file password; then
        fails 1 'the kernel keeps no keys for this program: *' '*SIGNET_IDENTITY*' \
            vault unlock --password-file password
        return
    fi
    vault put --password-file password a <<<one
    try vault unlock --for 2s --password-file password
    [ "$status" = 0 ] && grep -q 'unlocked for 2 seconds' "$ERR"
    works vault get a
    [ "$(<"$OUT")" = one ]
    # gone after the time
    sleep 3
    fails 3 '*: locked: *' '*' setsid --wait vault get a
    # and after lock
    works vault unlock -q --for 15m --password-file password
    works vault get a
    works vault lock
    fails 3 '*: locked: *' '*' setsid --wait vault get a
    try vault lock
    [ "$status" = 0 ] && grep -qx 'vault: it was locked already' "$ERR"
    # a wrong password does not keep anything
    fails 3 '*' '*' vault unlock --password-file wrong
    fails 3 '*: locked: *' '*' setsid --wait vault get a
    # nor does the key from before a rekey open anything
    works vault unlock -q --password-file password
    works vault rekey -q --work 5 --password-file password
    fails 3 '*: locked: *' '*' setsid --wait vault get a
    works vault get --password-file password a
}

@test "slots: the time of --for" {
    vault init -q -i key.txt
    local time
    for time in 0s 15 15x m '' 1y 367d -1s 1.5h; do
        fails 2 '--for *' '*' vault unlock "--for=$time" -i key.txt
    done
}

@test "slots: where no keyring works, unlock says so and how else" {
    vault init -q -i key.txt
    # strace stands in for a kernel that bars the process from it
    try strace -f -qq -o /dev/null -e trace=keyctl,add_key,request_key \
        -e inject=keyctl,add_key,request_key:error=ENOSYS vault unlock -i key.txt
    [ "$status" = 1 ]
    grep -q 'vault: error: the kernel keeps no keys for this program' "$ERR"
    grep -q 'vault: hint: .*SIGNET_IDENTITY' "$ERR"
}

@test "slots: names and options that cannot be" {
    vault init -q -i key.txt
    export SIGNET_IDENTITY=key.txt
    fails 2 '../x cannot be a slot*' '*' vault slot add ../x -i key.txt
    fails 2 'nothing cannot be a slot*' '*' vault slot add '' -i key.txt
    fails 2 'there is nobody to unlock it' '*' vault slot add x
    fails 2 '--all asks for both *' '*' vault slot add x -i key.txt --all
    fails 2 'a slot takes a password or a key' '*' vault slot add x -p -i key.txt
    fails 1 'key: there is a slot of that name' '*' vault slot add key -i key.txt
    fails 2 'vault slot has no verb drop' '*slot add*' vault slot drop
    fails 2 'vault slot needs a verb after it' '*slot list*' vault slot
    fails 2 'which verb?' 'vault --help *' vault
    fails 2 'a verb comes first, before -x' '*' vault -x
}
