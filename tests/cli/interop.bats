#!/usr/bin/env bats
# Debian's age on the other side: each opens what the other seals.

# shellcheck disable=SC2030,SC2031 # each test has variables of its own
load helper

SIZES='0 1 65535 65536 65537 131072 131073 5000000'

ours_and_theirs() {
    new_key ours
    OURS=$RECIPIENT
    age-keygen -o theirs 2>/dev/null
    THEIRS=$(age-keygen -y theirs)
    secret "$(secret_part theirs)"
}

# with_password PASSWORD COMMAND...: runs age and types the password whenever it asks.
with_password() {
    expect_script "$@" <<'SCRIPT'
set password [lindex $argv 0]
spawn -noecho {*}[lrange $argv 1 end]
expect {
    -re {(Enter|Confirm) passphrase[^:]*: } { send -- "$password\r"; exp_continue }
    eof {}
    timeout { oops "age waits for something else" }
}
set end [wait]
if {[lindex $end 3] != 0} { oops "age ended with [lindex $end 3]: $expect_out(buffer)" }
SCRIPT
}

@test 'age opens what seal makes: all sizes, armored and not' {
    ours_and_theirs
    for n in $SIZES; do
        bytes "$n" >plain
        for armor in '' -a; do
            works seal $armor -r "$THEIRS" -o sealed plain
            age -d -i theirs sealed | cmp - plain # age -o makes no file of no bytes
            age -d -i theirs <sealed | cmp - plain
        done
    done
}

@test 'open opens what age makes: all sizes, armored and not' {
    ours_and_theirs
    for n in $SIZES; do
        bytes "$n" >plain
        for armor in '' -a; do
            age -e $armor -r "$OURS" -o sealed plain
            works open -i ours -o got sealed
            cmp got plain
            [ "$BUILD" != valgrind ] || continue
            works open -i ours <sealed
            cmp "$OUT" plain
        done
    done
}

@test 'several recipients, of both, in both directions' {
    ours_and_theirs
    new_key third
    bytes 100000 >plain
    printf '# friends\n%s\n\n%s\n%s\n' "$OURS" "$THEIRS" "$RECIPIENT" >friends
    works seal -R friends -o a plain
    age -e -R friends -o b plain
    works seal -a -r "$THEIRS" -i ours -r "$RECIPIENT" -o c plain
    age -e -a -r "$THEIRS" -i ours -r "$RECIPIENT" -o d plain
    for sealed in a b c d; do
        for identity in ours theirs third; do
            works open -i $identity $sealed
            cmp "$OUT" plain
            age -d -i $identity $sealed | cmp - plain
        done
    done
}

@test 'identity files of each serve the other' {
    ours_and_theirs
    bytes 1000 >plain
    works seal -i theirs -o a plain
    age -d -i theirs a | cmp - plain
    age -e -i ours -o b plain
    works open -i ours b
    cmp "$OUT" plain
    cat ours theirs >both
    works open -i both a
    works open -i both b
    age -d -i both a | cmp - plain
}

@test 'a header of ours is what age writes, line for line' {
    ours_and_theirs
    bytes 1000 >plain
    seal -r "$OURS" -r "$THEIRS" -o a plain
    age -e -r "$OURS" -r "$THEIRS" -o b plain
    shape() { sed -E '/^---/q' "$1" | sed -E -e 's,[A-Za-z0-9+/]{43},B,g'; }
    shape a >a.shape
    shape b >b.shape
    cmp a.shape b.shape
    [ "$(wc -c <a)" = "$(wc -c <b)" ]
    seal -a -r "$OURS" -r "$THEIRS" -o a plain
    age -a -e -r "$OURS" -r "$THEIRS" -o b plain
    [ "$(wc -lc <a)" = "$(wc -lc <b)" ]
}

@test 'age opens what seal -p --kdf scrypt makes' {
    bytes 131073 >plain
    password_file pw 'correct horse'
    for armor in '' -a; do
        works seal $armor -p --kdf scrypt --work 5 --password-file pw -o sealed plain
        with_password 'correct horse' age -d -o got sealed
        cmp got plain
    done
}

@test 'open opens what age -p makes' {
    password_file pw 'correct horse'
    password_file wrong 'wrong horse'
    bytes 131073 >plain
    with_password 'correct horse' age -p -o sealed plain
    works open --password-file pw -o got sealed
    cmp got plain
    with_password 'correct horse' age -p -a -o sealed plain
    works open --password-file pw -o got sealed
    cmp got plain
    fails 3 'sealed: the password does not fit' '*' open --password-file wrong sealed
}

@test 'an identity file that age sealed with a password' {
    ours_and_theirs
    password_file pw 'correct horse'
    with_password 'correct horse' age -p -a -o theirs.age theirs
    bytes 1000 >plain
    age -e -r "$THEIRS" -o sealed plain
    works open -i theirs.age --password-file pw sealed
    cmp "$OUT" plain
    works keygen public --password-file pw theirs.age
    [ "$(cat "$OUT")" = "$THEIRS" ]
}

@test 'age does not know what seal -p makes by default, and says so' {
    bytes 1000 >plain
    password_file pw 'correct horse'
    ours_and_theirs
    seal -p --work 5 --password-file pw -o sealed plain
    run ! age -d -i theirs sealed
}

@test 'stanzas of kinds that are not known here are passed over' {
    ours_and_theirs
    bytes 1000 >plain
    command -v ssh-keygen
    ssh-keygen -q -t ed25519 -N '' -f id
    age -e -r "$(cat id.pub)" -r "$OURS" -o sealed plain
    works open -i ours sealed
    cmp "$OUT" plain
    age -e -r "$(cat id.pub)" -o sealed plain
    fails 3 'sealed: no key fits: *' '*' open -i ours sealed
}
