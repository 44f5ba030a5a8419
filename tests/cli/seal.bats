#!/usr/bin/env bats
# seal: every option, and what it refuses on the command line.

load helper

# The stanzas of a sealed binary file, one a line.
stanzas() {
    sed -n '/^-> /p; /^---/q' "$1"
}

two_keys() {
    new_key alice
    ALICE=$RECIPIENT
    new_key bob
    BOB=$RECIPIENT
    bytes 100000 >plain
}

# opens_with FILE IDENTITY...: each of them opens FILE to ./plain.
opens_with() {
    local file=$1 identity
    shift
    for identity; do
        works open -i "$identity" "$file" || return 1
        cmp "$OUT" plain || return 1
    done
}

@test 'seal -r: to one recipient and to several' {
    two_keys
    works seal -r "$ALICE" -o one plain
    opens_with one alice
    fails 3 'one: no key fits: *' '*-i' open -i bob one
    works seal -r "$ALICE" -r "$BOB" -o two plain
    opens_with two alice bob
    [ "$(stanzas two | wc -l)" = 2 ]
}

@test 'seal: standard input to standard output' {
    two_keys
    works seal -r "$ALICE" <plain
    cp "$OUT" a
    opens_with a alice
    works seal -r "$ALICE" - <plain
    cp "$OUT" b
    opens_with b alice
    works seal -r "$ALICE" -o - plain
    cp "$OUT" c
    opens_with c alice
    [ ! -e - ]
    run ! cmp -s a b # nothing is used twice
}

@test 'seal: a sealed file is as large as the format says' {
    two_keys
    seal -r "$ALICE" -o sealed plain
    # version line, stanza of two lines, MAC line, nonce, content, a tag for each chunk
    [ "$(wc -c <sealed)" = $((22 + 54 + 44 + 48 + 16 + 100000 + 2 * 16)) ]
}

@test 'seal -R: recipients with comments, blank lines, CRLF and no last newline' {
    two_keys
    printf '# friends\r\n\r\n%s\r\n  \t\n   # more\n  %s  ' "$ALICE" "$BOB" >friends
    works seal -R friends -o sealed plain
    opens_with sealed alice bob
    works seal --recipients-file=friends plain
    printf '%s\n' "$BOB" >bob.pub
    works seal -R friends -R bob.pub -o sealed plain
    [ "$(stanzas sealed | wc -l)" = 2 ]
}

@test 'seal -R -: recipients from standard input' {
    two_keys
    printf '%s\n%s\n' "$ALICE" "$BOB" >friends
    works seal -R - -o sealed plain <friends
    opens_with sealed alice bob
}

@test 'seal -i: to oneself, by file or standard input' {
    two_keys
    works seal -i alice -o a plain
    opens_with a alice
    works seal -i - -o b plain <alice
    opens_with b alice
    cat alice bob >both
    works seal --identity both -o c plain
    opens_with c alice bob
}

@test 'seal: two things from standard input are refused' {
    two_keys
    echo "$ALICE" >alice.pub
    fails 2 'two things cannot both be read from standard input' '*' seal -R - <alice.pub
    fails 2 'two things cannot both be read from standard input' '*' seal -i - - <alice
    fails 2 'two things cannot both be read from standard input' '*' seal -i - -R - plain <alice
    fails 2 'two things cannot both be read from standard input' '*' seal -p --password-file - <alice
}

@test 'seal: -r, -R and -i together, and none counts twice' {
    two_keys
    new_key carol
    echo "$BOB" >bob.pub
    works seal -r "$ALICE" -R bob.pub -i carol -o sealed plain
    opens_with sealed alice bob carol
    [ "$(stanzas sealed | wc -l)" = 3 ]
    works seal -r "$ALICE" -r "$ALICE" -i alice -R bob.pub -r "$BOB" -o sealed plain
    opens_with sealed alice bob
    [ "$(stanzas sealed | wc -l)" = 2 ]
}

@test 'seal -a: text that opens again' {
    two_keys
    works seal -a -r "$ALICE" -o sealed plain
    opens_with sealed alice
    [ "$(head -n 1 sealed)" = '-----BEGIN AGE ENCRYPTED FILE-----' ]
    [ "$(tail -n 1 sealed)" = '-----END AGE ENCRYPTED FILE-----' ]
    [ "$(tail -c 1 sealed | xxd -p)" = 0a ]
    sed '1d;$d' sealed >lines
    [ "$(sed '$d' lines | awk '{ print length }' | sort -u)" = 64 ]
    base64 -d lines >binary
    opens_with binary alice
    works seal --armor -r "$ALICE" plain
    [ "$(head -n 1 "$OUT")" = '-----BEGIN AGE ENCRYPTED FILE-----' ]
}

@test 'seal -p: a password of the first line of a file' {
    bytes 1000 >plain
    password_file pw 'correct horse'
    printf 'correct horse\r\nsecond line\n' >crlf
    printf 'correct horse' >bare
    for file in pw crlf bare; do
        works seal -p --work 5 --password-file $file -o sealed plain
        works open --password-file pw sealed
        cmp "$OUT" plain
    done
    [[ $(stanzas sealed) =~ ^'-> signet/argon2id '[A-Za-z0-9+/]{22}' 3 5 4'$ ]]
}

@test 'seal -p: a password of 1024 bytes, with every sort of character, and no longer' {
    bytes 1000 >plain
    # shellcheck disable=SC2016 # nothing is to be expanded
    printf 'p\303\244ss "w\\ord $(x)\t` ' >odd
    secret 'ss "w\ord'
    head -c 1024 /dev/zero | tr '\0' x >longest
    head -c 1025 /dev/zero | tr '\0' x >longer
    head -c 100000 /dev/zero | tr '\0' x >absurd
    for file in odd longest; do
        works seal -p --work 5 --password-file $file -o sealed plain
        works open --password-file $file sealed
        cmp "$OUT" plain
    done
    rm sealed
    fails 2 'the password is longer than 1024 bytes' '*' seal -p --password-file longer -o sealed plain
    fails 2 'the password is longer than 1024 bytes' '*' seal -p --password-file absurd -o sealed plain
    [ ! -e sealed ]
}

@test 'seal -p: SIGNET_PASSWORD_FILE, which --password-file overrides' {
    bytes 1000 >plain
    password_file pw 'correct horse'
    password_file other 'another one'
    SIGNET_PASSWORD_FILE=pw works seal -p --work 5 -o sealed plain
    works open --password-file pw sealed
    SIGNET_PASSWORD_FILE=other works seal -p --work 5 --password-file pw -o sealed plain
    works open --password-file pw sealed
    SIGNET_PASSWORD_FILE=pw works open sealed
    SIGNET_PASSWORD_FILE=other works open --password-file=pw sealed
    SIGNET_PASSWORD_FILE=other fails 3 'sealed: the password does not fit' '*' open sealed
    SIGNET_PASSWORD_FILE=missing fails 1 'cannot open missing: *' '*' open sealed
}

@test 'seal -p: the password from a descriptor and from standard input' {
    bytes 1000 >plain
    password_file pw 'correct horse'
    works seal -p --work 5 --password-file <(cat pw) -o sealed plain
    works open --password-file <(cat pw) sealed
    cmp "$OUT" plain
    works open --password-file /dev/fd/7 sealed 7<pw
    cmp "$OUT" plain
    works seal -p --work 5 --password-file - -o sealed plain <pw
    works open --password-file - sealed <pw
    cmp "$OUT" plain
}

@test 'seal -p: with no terminal and no file there is no password' {
    fails 2 'a password is needed, and there is no terminal to ask for it' '*--password-file*' \
        setsid -w seal -p -o sealed </dev/null
    [ ! -e sealed ]
}

@test 'seal --kdf, --work: what the stanza then says' {
    bytes 1000 >plain
    password_file pw 'correct horse'
    for work in 5 6 10; do
        works seal -p --work $work --password-file pw -o a plain
        [[ $(stanzas a) =~ ^'-> signet/argon2id '[A-Za-z0-9+/]{22}" 3 $work 4"$ ]]
        works seal -p --kdf=scrypt --work=$work --password-file pw -o s plain
        [[ $(stanzas s) =~ ^'-> scrypt '[A-Za-z0-9+/]{22}" $work"$ ]]
        works open --password-file pw a
        works open --password-file pw s
        cmp "$OUT" plain
    done
    works seal -p --kdf argon2id --work 5 --password-file pw -o a plain
    [[ $(stanzas a) == '-> signet/argon2id '* ]]
}

@test 'seal --work: bounds' {
    password_file pw 'correct horse'
    for bad in 4 0 29 -1 1e1 99999999999999999999 5x ' 5' 0x5; do
        fails 2 "--work takes a number from 5 to 28, not $bad" - \
            seal -p "--work=$bad" --password-file pw -o sealed pw
    done
    fails 2 '--work takes a number from 5 to 28, not nothing' - \
        seal -p --work= --password-file pw -o sealed pw
    [ ! -e sealed ]
}

@test 'seal --kdf: names' {
    fails 2 '--kdf cannot be argon2' 'did you mean argon2id?' seal -p --kdf argon2
    fails 2 '--kdf cannot be md5' 'it is one of: argon2id scrypt' seal -p --kdf md5
}

@test 'seal: nobody to seal to' {
    fails 2 'there is nobody to seal to' '*-r RECIPIENT*-p' seal -o sealed /dev/null
    fails 2 'there is nobody to seal to' '*' seal
    fails 2 'there is nobody to seal to' '*' seal -a
    [ ! -e sealed ]
}

@test 'seal: a password and recipients do not mix' {
    two_keys
    password_file pw 'correct horse'
    fails 2 'a password and recipients cannot be mixed' '*' seal -p -r "$ALICE" -o sealed plain
    fails 2 'a password and recipients cannot be mixed' '*' \
        seal -i alice -p --password-file pw -o sealed plain
    echo "$BOB" >bob.pub
    fails 2 'a password and recipients cannot be mixed' '*' seal -pR bob.pub -o sealed plain
    [ ! -e sealed ]
}

@test 'seal: --kdf and --work go with -p only' {
    two_keys
    fails 2 '--kdf and --work are for passwords' 'add -p *' seal -r "$ALICE" --work 5 -o sealed plain
    fails 2 '--kdf and --work are for passwords' 'add -p *' seal -r "$ALICE" --kdf scrypt plain
    [ ! -e sealed ]
}

@test 'seal: options in every spelling and order' {
    two_keys
    works seal plain -r "$ALICE" -o a
    works seal "-r$ALICE" -ob plain
    works seal "--recipient=$ALICE" --output=c plain
    works seal --recipient "$ALICE" --output d plain
    works seal -ar "$ALICE" -oe plain
    works seal -r "$ALICE" -o f -- plain
    for file in a b c d e f; do
        opens_with $file alice
    done
}

@test 'seal: after -- everything is a file' {
    two_keys
    cp plain ./-r
    cp plain ./--help
    works seal -r "$ALICE" -o a -- -r
    works seal -r "$ALICE" -o b -- --help
    works seal -r "$ALICE" -o c ./-r
    for file in a b c; do
        opens_with $file alice
    done
}

@test 'seal: unknown options' {
    fails 2 'there is no option --recipiant' 'did you mean --recipient?' seal --recipiant x
    fails 2 'there is no option --outptu*' '*' seal --outptu=x
    fails 2 'there is no option --armour' 'did you mean --armor?' seal --armour
    fails 2 'there is no option --frobnicate' 'seal --help lists the options' seal --frobnicate
    fails 2 'there is no option -x' 'seal --help lists the options' seal -x
    fails 2 'there is no option -x' 'seal --help lists the options' seal -ax
}

@test 'seal: an unknown option with a value after = is guessed too' {
    fails 2 'there is no option --outptu*' 'did you mean --output?' seal --outptu=x
}

@test 'seal: the value of an option is missing, or is one too many' {
    fails 2 '-r needs RECIPIENT after it' '--recipient RECIPIENT: *' seal -r
    fails 2 '-o needs FILE after it' '--output FILE: *' seal --output
    fails 2 '--work needs N after it' '--work N: *' seal -p --work
    fails 2 '--armor takes nothing after it' - seal --armor=yes
    fails 2 '-o needs the name of a file' - seal -p -o '' /dev/null
}

@test 'seal: options of one value are given once' {
    two_keys
    fails 2 '-o is given twice' - seal -r "$ALICE" -o a -o b plain
    fails 2 '-o is given twice' - seal -r "$ALICE" -o a --output=a plain
    fails 2 '--kdf is given twice' - seal -p --kdf scrypt --kdf scrypt
    fails 2 '--work is given twice' - seal -p --work 5 --work 5
    fails 2 '--password-file is given twice' - seal -p --password-file a --password-file b
    fails 2 '--progress is given twice' - seal -p --progress never --progress never
    [ ! -e a ]
    [ ! -e b ]
}

@test 'seal: one file at a time' {
    two_keys
    fails 2 'there is something left over on the command line: alice' '*tar*' \
        seal -r "$ALICE" -o a plain alice
    [ ! -e a ]
}

@test 'seal --progress: always shows, never and auto to a file do not' {
    two_keys
    try seal -r "$ALICE" --progress always -o a plain
    [ "$status" = 0 ]
    grep -qE '\[#+ *\] +[0-9]+%  [0-9.]+ [KMG]?i?B  [0-9.]+ [KMG]?i?B/s  [0-9]+:[0-9]{2} left' "$ERR"
    tail -c 4 "$ERR" | cmp - <(printf '\r\033[K') # and is taken away again
    works seal -r "$ALICE" --progress never -o a plain
    works seal -r "$ALICE" --progress=auto -o a plain
    try seal -r "$ALICE" --progress always -o a <plain
    grep -q 'KiB/s\|MiB/s' "$ERR"
    fails 2 '--progress cannot be allways' 'did you mean always?' \
        seal -r "$ALICE" --progress allways -o b plain
    [ ! -e b ]
}

@test 'seal: a new output file has the mode that the umask leaves' {
    two_keys
    for mask in 000 022 077 027; do
        (umask $mask && seal -r "$ALICE" -o "out$mask" plain)
        [ "$(mode_of "out$mask")" = "$(printf %o $((0666 & ~0$mask)))" ]
    done
}

@test 'seal: content that is itself sealed, or an identity, or binary, is content like any other' {
    two_keys
    cp plain keep
    for content in alice sealed /bin/true; do
        seal -r "$ALICE" -o sealed plain
        seal -r "$BOB" -o again "$content"
        works open -i bob again
        cmp "$OUT" "$content"
    done
}

@test 'seal: to a post-quantum recipient, alone and not with others' {
    new_key alice
    keygen -q -t pq -o quantum
    secret "$(secret_part quantum)"
    local quantum
    quantum=$(keygen public quantum)
    bytes 100000 >plain
    works seal -r "$quantum" -o sealed plain
    opens_with sealed quantum
    [[ $(stanzas sealed) == '-> mlkem768x25519 '* ]]
    cat alice quantum >both
    opens_with sealed both
    fails 3 'sealed: no key fits: *' '*' open -i alice sealed
    works seal -a -i quantum -o sealed plain
    opens_with sealed quantum
    rm sealed
    fails 2 '1 of the 2 recipients is post-quantum, which does not mix with others' '*' seal -r "$quantum" -r "$RECIPIENT" -o sealed plain
    fails 2 '1 of the 2 recipients is post-quantum, which does not mix with others' '*' seal -i both -o sealed plain
    [ ! -e sealed ]
}
