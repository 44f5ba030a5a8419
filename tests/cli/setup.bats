#!/usr/bin/env bats
# What a stranger runs first: make deps, on systems of every sort, and make demo.

# shellcheck disable=SC2030,SC2031 # each test has variables of its own
load helper

# bare COMMAND...: a PATH, ./bare, on which there are these commands only, and bash. A command "NAME=TEXT"
# is a script of that text.
bare() {
    local command
    mkdir bare
    for command in bash "$@"; do
        case $command in
        *=*)
            printf '#!/usr/bin/env bash\n%s\n' "${command#*=}" >"bare/${command%%=*}"
            chmod +x "bare/${command%%=*}"
            ;;
        *) ln -s "$(type -P "$command")" "bare/$command" ;;
        esac
    done
}

deps() {
    env PATH="$PWD/bare" bash "$REPOSITORY/tests/deps.sh"
}

# Every package that deps.sh may ask for.
packages() {
    sed -n '/^needs="/,/^"/s/^[a-z]*:[^ ]* *//p' "$REPOSITORY/tests/deps.sh"
}

@test 'deps: where nothing is missing, nothing is said or done' {
    # This system is one that the tests run on.
    bare 'apt-get=touch called; exit 1' 'sudo=touch called; exit 1'
    works env PATH="$PWD/bare:$PATH" "$REPOSITORY/tests/deps.sh"
    [ ! -s "$OUT" ]
    [ ! -e called ]
}

@test 'deps: on a system without apt-get, it says what is missing' {
    bare env
    try deps
    [ "$status" = 1 ]
    grep -q 'missing, by the names of .*packages; please install them' "$ERR"
    [ "$(packages | wc -l)" -ge 20 ]
    # /usr/bin/time is asked for by its path and may be there.
    diff <(packages | grep -vx time) <(sed -n 's/^  //p' "$ERR" | grep -vx time)
}

@test 'deps: without root and without sudo, it says what to run as root' {
    bare env 'id=echo 1000' 'apt-get=touch called'
    try deps
    [ "$status" = 1 ]
    grep -q '^  apt-get install gcc make .*libsodium-dev' "$ERR"
    [ ! -e called ]
}

@test 'deps: as root by apt-get, else by sudo apt-get; all that is missing and nothing else' {
    # shellcheck disable=SC2016 # for the scripts to expand
    local apt='echo "$DEBIAN_FRONTEND: $*" >>called' sudo='echo sudo >>called; "$@"'
    bare env make 'id=echo 0' "apt-get=$apt" "sudo=$sudo"
    try deps
    [ "$status" = 0 ]
    [ "$(sed -n 1p called)" = 'noninteractive: update -q' ]
    [[ $(sed -n 2p called) == 'noninteractive: install -q -y --no-install-recommends gcc pkg-config '* ]]
    diff <(packages | grep -vx -e time -e make) \
        <(sed -n '2s/.*recommends //p' called | tr ' ' '\n' | grep -vx time)
    [ "$(wc -l <called)" = 2 ]
    rm -r bare called
    bare env make 'id=echo 1000' "apt-get=$apt" "sudo=$sudo"
    try deps
    [ "$status" = 0 ]
    [ "$(grep -cx sudo called)" = 2 ]
}

@test 'deps: when a package cannot be had, it fails' {
    # shellcheck disable=SC2016 # for the script to expand
    bare env 'id=echo 0' 'apt-get=[ "$1" = update ] || { echo "E: no such package" >&2; exit 100; }'
    try deps
    [ "$status" = 100 ]
}

@test 'demo: a key, a file sealed and opened and compared, each command shown; nothing is left' {
    mkdir empty-home tmp
    try env HOME="$PWD/empty-home" TMPDIR="$PWD/tmp" SIGNET_BIN="$BIN" "$REPOSITORY/tests/demo.sh"
    [ "$status" = 0 ]
    local command
    for command in 'keygen -o key.txt' 'keygen public key.txt > friends.pub' \
        'seal -R friends.pub -o notes.txt.age notes.txt' 'open -i key.txt -o opened.txt notes.txt.age'; do
        grep -qxF "$ $command" "$OUT" || flunk "it does not show: $command"
    done
    grep -qx 'the same, to the byte' "$OUT"
    grep -qx 'age-encryption.org/v1' "$OUT"
    grep -qx 'age reads it too' "$OUT"
    [ -z "$(find empty-home tmp -mindepth 1)" ]
}

@test 'demo: it fails when a file does not come out as it went in' {
    mkdir broken tmp
    cp "$BIN"/* broken
    # shellcheck disable=SC2016 # for the script to expand
    printf '#!/bin/sh\necho other >opened.txt\n' >broken/open
    chmod +x broken/open
    try env TMPDIR="$PWD/tmp" SIGNET_BIN="$PWD/broken" "$REPOSITORY/tests/demo.sh"
    [ "$status" != 0 ]
    run ! grep -qx 'the same, to the byte' "$OUT"
}
