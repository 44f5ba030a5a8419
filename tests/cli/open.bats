#!/usr/bin/env bats
# open: every option, every length, and what a damaged file may release.

# shellcheck disable=SC2030,SC2031 # each test has variables of its own
load helper

sealed_file() {
    new_key key
    bytes "${1:-100000}" >plain
    seal -r "$RECIPIENT" -o sealed plain
}

@test 'open: a file to standard output, standard input to a file' {
    sealed_file
    works open -i key sealed
    cmp "$OUT" plain
    works open -i key <sealed
    cmp "$OUT" plain
    works open -i key - <sealed
    cmp "$OUT" plain
    works open -i key -o out sealed
    cmp out plain
    [ ! -s "$OUT" ]
    works open -i key -o - sealed
    cmp "$OUT" plain
    [ ! -e - ]
}

@test 'open: every length round a chunk, armored and not, read in pieces' {
    new_key key
    for n in 0 1 15 16 17 65535 65536 65537 131071 131072 131073 3000000; do
        bytes "$n" >plain
        for armor in '' -a; do
            works seal $armor -r "$RECIPIENT" -o sealed plain
            works open -i key -o out sealed
            cmp out plain
            [ "$BUILD" != valgrind ] || continue
            dd if=sealed bs=977 status=none 2>/dev/null | works open -i key
            cmp "$OUT" plain
        done
    done
}

@test 'open: a chunk is released before the rest has come' {
    sealed_file 200000
    mkfifo in
    open -i key in >out &
    exec 7>in
    head -c 140000 sealed >&7
    await test -s out
    [ "$(stat -c %s out)" -ge 65536 ]
    tail -c +140001 sealed >&7
    exec 7>&-
    wait $!
    cmp out plain
}

@test 'open -i: several identities, in one file or many, whichever fits' {
    sealed_file
    new_key other
    new_key third
    cat other key third >many
    works open -i other -i key sealed
    works open -i key -i other sealed
    works open -i many sealed
    cmp "$OUT" plain
    works open --identity other --identity=many sealed
    works open -i - sealed <key
    cmp "$OUT" plain
    fails 3 'sealed: no key fits: none of your identities is among its recipients' '*-i' \
        open -i other -i third sealed
}

@test 'open: SIGNET_IDENTITY, for want of -i' {
    sealed_file
    new_key other
    SIGNET_IDENTITY=key works open sealed
    cmp "$OUT" plain
    SIGNET_IDENTITY=other works open -i key sealed
    SIGNET_IDENTITY=other fails 3 'sealed: no key fits*' '*' open sealed
    SIGNET_IDENTITY=key fails 3 'sealed: no key fits*' '*' open -i other sealed
    SIGNET_IDENTITY=missing fails 1 'cannot open missing: *' '*' open sealed
    SIGNET_IDENTITY=missing works open -i key sealed
    SIGNET_IDENTITY='' fails 3 'sealed: *it is sealed to a key, and there is no identity to open it with' \
        '*-i' open sealed
}

@test 'open: without any identity' {
    sealed_file
    fails 3 'sealed: *it is sealed to a key, and there is no identity to open it with' '*-i' open sealed
    fails 3 'standard input: *it is sealed to a key, and there is no identity to open it with' '*-i' \
        open -o out <sealed
    [ ! -e out ]
}

@test 'open: two things from standard input are refused' {
    sealed_file
    fails 2 'two things cannot both be read from standard input' '*' open -i - <key
    fails 2 'two things cannot both be read from standard input' '*' open -i - - <key
    fails 2 'two things cannot both be read from standard input' '*' open -i - -i - sealed <key
}

@test 'open --max-work: bounds, and the password of a file within them' {
    bytes 1000 >plain
    password_file pw 'correct horse'
    for kdf in argon2id scrypt; do
        seal -p --kdf $kdf --work 8 --password-file pw -o sealed plain
        works open --max-work 8 --password-file pw sealed
        works open --max-work 28 --password-file pw sealed
        fails 1 'sealed: the header asks for 2^8 KiB of password hashing; 2^7 KiB is allowed' \
            '*--max-work 8' open --max-work 7 --password-file pw -o out sealed
    done
    [ ! -e out ]
    for bad in 4 29 x ''; do
        fails 2 "--max-work takes a number from 5 to 28, not ${bad:-nothing}" - \
            open "--max-work=$bad" sealed
    done
}

@test 'open -i: of several password-sealed identity files, one password' {
    sealed_file
    password_file pw 'correct horse'
    keygen -q -p --work 5 --password-file pw -o other.age
    seal -p --work 5 --password-file pw -o key.age key
    works open -i other.age -i key.age --password-file pw sealed
    cmp "$OUT" plain
}

@test 'open: options in every spelling and order' {
    sealed_file
    works open sealed -i key -o a
    works open -ikey -ob sealed
    works open --identity=key --output=c sealed
    works open -i key -o d -- sealed
    works open -q -i key -o e sealed
    for file in a b c d e; do
        cmp $file plain
    done
    cp sealed ./-i
    works open -i key -- -i
    cmp "$OUT" plain
}

@test 'open: wrong usage' {
    sealed_file
    fails 2 'there is no option --identiti' 'did you mean --identity?' open --identiti key
    fails 2 'there is no option -r' 'open --help lists the options' open -r x
    fails 2 'there is something left over on the command line: sealed' '*' open -i key sealed sealed
    fails 2 '-o is given twice' - open -i key -o a -o b sealed
    fails 2 '--max-work is given twice' - open --max-work 5 --max-work 5 sealed
    fails 2 '-i needs FILE after it' '*' open -i
    fails 2 '-o needs the name of a file' - open -i key -o '' sealed
    [ ! -e a ]
    [ ! -e b ]
}

@test 'open --progress: always shows, never and auto to a file do not' {
    sealed_file
    try open -i key --progress always -o out sealed
    [ "$status" = 0 ]
    grep -q '%' "$ERR"
    tail -c 4 "$ERR" | cmp - <(printf '\r\033[K')
    works open -i key --progress never -o out sealed
    works open -i key --progress auto -o out sealed
    fails 2 '--progress cannot be sometimes' 'it is one of: always never auto' \
        open -i key --progress sometimes sealed
}

@test 'open: a new output file is for its owner alone' {
    sealed_file
    for mask in 000 022 077; do
        (umask $mask && open -i key -o "out$mask" sealed)
        [ "$(mode_of "out$mask")" = 600 ]
    done
}

@test 'open: armor with CRLF, with white space around, and not with anything else' {
    sealed_file 1000
    seal -a -r "$RECIPIENT" -o armored plain
    sed 's/$/\r/' armored >crlf
    works open -i key crlf
    cmp "$OUT" plain
    { printf '\n \t\r\n'; cat armored; printf '\n \r\n\n'; } >spaced
    works open -i key spaced
    cmp "$OUT" plain
    head -c -1 armored >no-newline
    works open -i key no-newline
    cmp "$OUT" plain

    malformed() { fails 4 "bad: the armor is malformed: line $1: $2" 'copy the text again*' open -i key -o out bad; }
    { cat armored; echo rubbish; } >bad
    malformed '*' 'something follows -----END AGE ENCRYPTED FILE-----'
    sed '2s/^/ /' armored >bad
    malformed 2 'the line is longer than 64 characters'
    sed '3s/.$/ /' armored >bad
    malformed 3 'the line is not canonical base64'
    sed '3s/.$/=/' armored >bad
    malformed '[34]' '*'
    sed '3{h;G}' armored | sed '4s/.*//' >bad
    malformed 4 'the line is empty'
    sed '$d' armored >bad
    malformed '*' 'the file ends before -----END AGE ENCRYPTED FILE-----'
    sed '1s/AGE/Age/' armored >bad
    malformed 1 'this is not -----BEGIN AGE ENCRYPTED FILE-----'
    sed '$s/-$//' armored >bad
    malformed '*' '*'
    tail -c +61 armored | { head -n 1 armored; cat; } >bad
    malformed '*' '*'
    { printf '%1100s\n' ''; cat armored; } >bad
    malformed '*' '*'
    [ ! -e out ]
}

# release STATUS FILE: open FILE must end so, having let out only whole chunks of ./plain; and -o nothing.
release() {
    local size
    try open -i key "$1" || return 1
    [[ $status = [34] ]] || flunk "exit status $status for $1" || return 1
    [[ $(head -n 1 "$ERR") == 'open: error: '"$1"': '* ]] || flunk "error for $1" || return 1
    [[ $(sed -n 2p "$ERR") == 'open: hint: '* ]] || flunk "hint for $1" || return 1
    [ "$(wc -l <"$ERR")" = 2 ] || flunk "more than two lines for $1" || return 1
    size=$(stat -c %s "$OUT")
    case $size in
    0 | 65536 | 131072 | 140000) ;;
    *) flunk "$size bytes were released for $1" || return 1 ;;
    esac
    [ "$size" != 140000 ] || [ -n "${2-}" ] || flunk "all bytes were released for $1" || return 1
    cmp -n "$size" "$OUT" plain || return 1
    released=$size
}

# The same with -o: an old file there must stay, and then, where there was none, none must come to be.
release_to_file() {
    release "$@" || return 1
    if [ -e out ]; then
        rm out
    else
        echo old >out
    fi
    cp out before 2>/dev/null || rm -f before
    try open -i key -o out "$1" || return 1
    [[ $status = [34] ]] || flunk "exit status $status for $1 with -o" || return 1
    if [ -e before ]; then
        cmp out before || flunk "the old output changed for $1"
    else
        [ ! -e out ] || flunk "there is an output file for $1"
    fi
}

@test 'open: truncated at the lines of the header, round the ends of chunks, and within them' {
    sealed_file 140000
    local header at cut chunk=$((65536 + 16))
    header=$((22 + 54 + 44 + 48))
    [ "$(head -c $header sealed | wc -l)" = 4 ]
    [ "$(head -c $header sealed | tail -n 1 | cut -c 1-4)" = '--- ' ]
    for at in 0 1 10 21 22 75 76 77 119 120 121 167; do
        head -c "$at" sealed >short
        release_to_file short
        [ "$released" = 0 ]
        [ "$status" = 4 ]
    done
    for at in $header $((header + 1)) $((header + 15)) $((header + 16)) $((header + 17)); do
        head -c "$at" sealed >short
        release_to_file short
        [ "$released" = 0 ]
        [ "$status" = 4 ]
    done
    local first=$((header + 16))
    for cut in -17 -16 -15 -1 0 1 15 16 17; do
        head -c $((first + chunk + cut)) sealed >short
        release_to_file short
        if [ "$cut" -ge 0 ]; then [ "$released" = 65536 ]; else [ "$released" = 0 ]; fi
        [ "$status" = 4 ]
        head -c $((first + 2 * chunk + cut)) sealed >short
        release_to_file short
        if [ "$cut" -ge 0 ]; then [ "$released" = 131072 ]; else [ "$released" = 65536 ]; fi
        [ "$status" = 4 ]
    done
    for cut in 1 15 16 17 1000; do
        head -c "-$cut" sealed >short
        release_to_file short
        [ "$released" = 131072 ]
        [ "$status" = 4 ]
    done
}

@test 'open: extended by a byte, a tag, a chunk' {
    sealed_file 140000
    for more in 1 16 17 65552; do
        { cat sealed; bytes "$more"; } >long
        release_to_file long
        [ "$status" = 4 ]
        [ "$released" = 131072 ]
    done
    # One whose last chunk is full: what follows is found out after it.
    bytes 131072 >plain
    seal -r "$RECIPIENT" -o sealed plain
    for more in 1 16 17 65552; do
        { cat sealed; bytes "$more"; } >long
        release_to_file long
        [ "$status" = 4 ]
    done
}

@test 'open: chunks swapped, repeated, left out' {
    sealed_file 140000
    local from=$((22 + 54 + 44 + 48 + 16)) chunk=65552
    head -c "$from" sealed >start
    tail -c +$((from + 1)) sealed | head -c $chunk >one
    tail -c +$((from + chunk + 1)) sealed | head -c $chunk >two
    tail -c +$((from + 2 * chunk + 1)) sealed >three
    cat start one two three | cmp - sealed
    arranged() {
        local want=$1
        shift
        cat "$@" >arranged
        release_to_file arranged || return 1
        [ "$status" = 4 ] || flunk "status $status" || return 1
        [ "$released" = "$want" ] || flunk "$released bytes released"
    }
    arranged 0 start two one three
    arranged 65536 start one one three
    arranged 65536 start one three
    arranged 0 start three
    arranged 65536 start one three two
    arranged 131072 start one two two three
    arranged 131072 start one two three three
}

@test 'open: single bits flipped anywhere' {
    sealed_file 140000
    local seed=${SIGNET_TEST_SEED:-$RANDOM} size rounds round bit # "run" uses i
    size=$(stat -c %s sealed)
    rounds=$(count 60 8)
    echo "SIGNET_TEST_SEED=$seed repeats this"
    RANDOM=$seed
    for ((round = 0; round < rounds; round++)); do
        # Half of them in the header, the nonce and the first bytes.
        bit=$(((RANDOM << 30 | RANDOM << 15 | RANDOM) % (8 * (round % 2 ? size : 250))))
        echo "bit $bit"
        perl -e '
            local $/;
            my $text = <STDIN>;
            substr($text, $ARGV[0] >> 3, 1) ^= chr(1 << ($ARGV[0] & 7));
            print $text;' $bit <sealed >flipped
        run ! cmp -s sealed flipped
        release flipped
        if [ $((round % 4)) = 0 ]; then
            try open -i key -o out flipped
            [[ $status = [34] ]]
            [ ! -e out ]
        fi
    done
}

@test 'open: armored and flipped' {
    sealed_file 1000
    seal -a -r "$RECIPIENT" -o armored plain
    local round at c
    for ((round = 0; round < $(count 20 4); round++)); do
        at=$((36 + RANDOM % ($(stat -c %s armored) - 80)))
        c=$(tail -c +$((at + 1)) armored | head -c 1)
        case $c in
        A) c=B ;;
        '') continue ;; # a newline
        *) c=A ;;
        esac
        { head -c "$at" armored; printf %s "$c"; tail -c +$((at + 2)) armored; } >flipped
        if cmp -s flipped armored; then continue; fi
        try open -i key -o out flipped
        [[ $status = [34] ]]
        [ ! -e out ]
    done
}
