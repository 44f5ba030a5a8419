#!/usr/bin/env bats
# Bad input: every mistake a person or a stranger can make, with its message, hint and exit status.

# shellcheck disable=SC2030,SC2031 # each test has variables of its own
load helper

a_key() {
    new_key key
    bytes 1000 >plain
    seal -r "$RECIPIENT" -o sealed plain
}

# not_sealed FILE ERROR HINT: open must say so of FILE, from a name and from standard input.
not_sealed() {
    fails 4 "$1: not a sealed file$2" "$3" open -i key -o out "$1" || return 1
    fails 4 "standard input: not a sealed file$2" "$3" open -i key -o out <"$1" || return 1
    [ ! -e out ] || flunk "there is an output file for $1"
}

@test 'no such file' {
    a_key
    fails 1 'cannot open missing: there is no such file or folder' 'look at the spelling*' \
        open -i key missing
    fails 1 'cannot open missing: there is no such file or folder' 'look at the spelling*' \
        open -i missing sealed
    fails 1 'cannot open missing: there is no such file or folder' 'look at the spelling*' \
        seal -r "$RECIPIENT" -o out missing
    fails 1 'cannot open no/missing: there is no such file or folder' 'look at the spelling*' \
        seal -R no/missing -o out plain
    fails 1 'cannot open missing: there is no such file or folder' 'look at the spelling*' \
        seal -i missing -o out plain
    fails 1 'cannot open plain/missing: a part of the path is not a folder' - \
        seal -i plain/missing -o out plain
    [ ! -e out ]
}

@test 'a folder as input' {
    a_key
    mkdir folder
    fails 1 'folder is a folder; a file was expected' '*tar c*' seal -r "$RECIPIENT" -o out folder
    fails 1 'standard input is a folder; a file was expected' '*tar c*' \
        seal -r "$RECIPIENT" -o out <folder
    fails 1 'folder is a folder; a file was expected' '*' open -i key -o out folder
    fails 1 'folder is a folder; a file was expected' '*' open -i folder -o out sealed
    fails 1 'folder is a folder; a file was expected' '*' seal -R folder -o out plain
    fails 1 'folder is a folder; a file was expected' '*' \
        seal -p --password-file folder -o out plain
    [ ! -e out ]
}

@test 'a file that may not be read' {
    user_folder
    a_key
    cp key plain sealed "$U"
    : >"$U/closed"
    chmod 644 "$U/key" "$U/plain" "$U/sealed"
    chmod 0 "$U/closed"
    fails 1 'cannot open closed: you are not allowed to' 'ls -l shows who may read it' \
        as_user seal -r "$RECIPIENT" -o out closed
    fails 1 'cannot open closed: you are not allowed to' 'ls -l shows who may read it' \
        as_user open -i key -o out closed
    fails 1 'cannot open closed: you are not allowed to' 'ls -l shows who may read it' \
        as_user open -i closed -o out sealed
    fails 1 'cannot open closed: you are not allowed to' 'ls -l shows who may read it' \
        as_user seal -R closed -o out plain
    fails 1 'cannot open closed: you are not allowed to' 'ls -l shows who may read it' \
        as_user seal -p --password-file closed -o out plain
    [ ! -e "$U/out" ]
}

@test 'an empty file' {
    a_key
    : >empty
    not_sealed empty ': it looks like an empty file' 'even an empty file has a header*'
    fails 4 'empty: there is no recipient in it' 'keygen*' seal -R empty -o out plain
    fails 4 'empty: there is no identity in it' 'keygen*' seal -i empty -o out plain
    works seal -r "$RECIPIENT" -o out empty # to seal, it is as good as any
    works open -i key out
    cmp "$OUT" empty
}

@test 'text and bytes that are not a sealed file' {
    a_key
    echo 'Dear diary,' >text
    not_sealed text '' 'a sealed file begins with age-encryption.org/v1*'
    not_sealed plain '' 'a sealed file begins with age-encryption.org/v1*'
    printf 'age-encryption.org' >nearly
    not_sealed nearly '' '*'
    head -c 100000 /dev/zero >null
    not_sealed null '' '*'
    echo "$RECIPIENT" >friends
    not_sealed friends ': it looks like a recipients file' '*'
    not_sealed key ': it looks like an identity file' 'give the identity with -i*'
    gzip <plain >gz
    not_sealed gz ': it looks like a gzip file' '*'
}

@test 'files of PGP, minisign, SSH and openssl are named' {
    a_key
    printf -- '-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n' >pgp.asc
    not_sealed pgp.asc ': it looks like a PGP message' 'gpg --decrypt opens PGP messages'
    # The first packets of gpg -c, and of gpg -e to a key of RSA 2048 and of Curve25519.
    printf '\214\r\004\t\003\002\247\325\036\242\302\363u\375\377\322' >symmetric.gpg
    not_sealed symmetric.gpg ': it looks like a PGP message' 'gpg --decrypt opens PGP messages'
    printf '\205\001\014\003\0013\123\101\102\061\062\063\001\007\377' >rsa.gpg
    not_sealed rsa.gpg ': it looks like a PGP message' 'gpg --decrypt opens PGP messages'
    printf '\204^\003\0013\123\101\102\061\062\063\022\001\007@' >x25519.gpg
    not_sealed x25519.gpg ': it looks like a PGP message' 'gpg --decrypt opens PGP messages'
    printf -- '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nhello\n' >signed.asc
    not_sealed signed.asc ': it looks like a PGP signed message' 'gpg *'
    printf -- '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n' >key.asc
    not_sealed key.asc ': it looks like a PGP key or signature' 'gpg *'
    printf 'untrusted comment: signature from minisign secret key\nRUQ=\n' >x.minisig
    not_sealed x.minisig ': it looks like a minisign or signify file' 'minisign -V *'
    printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n' >id
    not_sealed id ': it looks like an SSH private key' '*'
    printf 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me\n' >id.pub
    not_sealed id.pub ': it looks like an SSH public key' '*'
    openssl enc -aes-256-ctr -pbkdf2 -pass pass:x -in plain -out enc
    not_sealed enc ': it looks like a file made by openssl enc' 'openssl enc -d opens it'
}

@test 'sealed by a version of the format that is not known' {
    a_key
    header '-> X25519 x' | sed '1s/v1/v2/' >newer
    fails 4 'newer: sealed in a version of the format that is not known here' '*' open -i key newer
    header '-> X25519 x' | sed '1s/v1/v11/' >newer
    fails 4 'newer: sealed in a version of the format that is not known here' '*' open -i key newer
}

# wrong RECIPIENT-TEXT ERROR: seal must refuse it as -r (2) and in line 2 of a file (4).
wrong_recipient() {
    local text=$1 error=$2 hint=${3:-*}
    printf '# friends\n%s\n' "$text" >friends
    fails 2 "not a recipient: $error" "$hint" seal -r "$text" -o out plain || return 1
    fails 4 "friends: line 2: not a recipient: $error" "$hint" seal -R friends -o out plain ||
        return 1
    [ ! -e out ]
}

# with_letter TEXT PLACE LETTER: the text with its PLACE-th character, from 1, replaced.
with_letter() {
    printf '%s%s%s' "${1:0:$2-1}" "$3" "${1:$2}"
}

ALPHABET=qpzry9x8gf2tvdw0s3jn54khce6mua7l

@test 'a recipient with one wrong letter: the message says which' {
    a_key
    [ "${#RECIPIENT}" = 62 ]
    local place letter step
    step=$(count 1 13)
    for ((place = 5; place <= 62; place += step)); do
        # Another letter at every place; two of them where tools are quick.
        for letter in ${ALPHABET:place%32:1} ${ALPHABET:(place*7+11)%32:1}; do
            [ "$letter" != "${RECIPIENT:place-1:1}" ] || continue
            fails 2 "not a recipient: its checksum does not match: *; character $place is wrong" \
                'copy the recipient again*' \
                seal -r "$(with_letter "$RECIPIENT" "$place" "$letter")" -o out plain
            [ "$BUILD" != valgrind ] || break
        done
    done
    [ ! -e out ]
}

@test 'a recipient with a letter that none is written with: the message says which' {
    a_key
    local place letter step
    step=$(count 3 19)
    for ((place = 5; place <= 62; place += step)); do
        for letter in b i o _; do
            fails 2 "not a recipient: a character in it is none that keys are written with; character $place is wrong" \
                'copy the recipient again*' \
                seal -r "$(with_letter "$RECIPIENT" "$place" "$letter")" -o out plain
            [ "$BUILD" != valgrind ] || break
        done
    done
}

@test 'a recipient with a 1 in place of an l: the message says which' {
    a_key
    local place step
    step=$(count 1 19)
    for ((place = 5; place <= 62; place += step)); do
        fails 2 "not a recipient: *; character $place is wrong" 'copy the recipient again*' \
            seal -r "$(with_letter "$RECIPIENT" "$place" 1)" -o out plain
    done
}

@test 'a recipient with a wrong letter in a file: the line and the place in it' {
    a_key
    printf '# friends\n\n%s\n  %s\n' "$RECIPIENT" "$(with_letter "$RECIPIENT" 20 b)" >friends
    fails 4 'friends: line 4: not a recipient: *; character 22 is wrong' '*' \
        seal -R friends -o out plain
    [ ! -e out ]
}

@test 'a recipient in upper case, in both, too short, too long, with white space, empty' {
    a_key
    local upper=${RECIPIENT^^} last=${RECIPIENT:61}
    wrong_recipient "$upper" 'it must be all in lower case' 'copy the recipient again*'
    wrong_recipient "${RECIPIENT:0:40}${upper:40}" 'it must be all in lower case'
    wrong_recipient "${RECIPIENT:0:61}" 'it is too short or too long'
    wrong_recipient "$RECIPIENT$last" 'it is too short or too long'
    wrong_recipient "${RECIPIENT:0:30}${RECIPIENT:31}" 'it is too short or too long'
    wrong_recipient age1 'it is too short or too long'
    wrong_recipient age1q 'it is too short or too long'
    wrong_recipient age1x 'it is too short or too long'
    wrong_recipient age1pq1 'it is too short or too long'
    wrong_recipient age1tag1 'it is too short or too long'
    wrong_recipient bob 'it does not begin with age1'
    wrong_recipient "bge1${RECIPIENT:4}" 'it does not begin with age1'
    fails 2 'not a recipient: *' '*' seal -r '' -o out plain
    fails 2 'not a recipient: *' '*' seal -r "$RECIPIENT " -o out plain
    fails 2 'not a recipient: *' '*' seal -r "$RECIPIENT,$RECIPIENT" -o out plain
    fails 2 'not a recipient: *' '*' seal -r "$RECIPIENT"$'\n' -o out plain
    [ ! -e out ]
}

@test 'a recipient with two wrong letters: no place is named, which could only be wrong' {
    a_key
    local two=$RECIPIENT place letter
    for place in 10 50; do
        letter=q
        [ "${two:place-1:1}" != q ] || letter=p
        two=$(with_letter "$two" $place $letter)
    done
    fails 2 'not a recipient: its checksum does not match: it was mistyped or damaged' '*' \
        seal -r "$two" -o out plain
    [ ! -e out ]
}

@test 'a secret key given as a recipient is not shown' {
    a_key
    local identity
    identity=$(tail -n 1 key)
    wrong_recipient "$identity" 'it is a secret key' 'a file is sealed to the public half*'
    wrong_recipient "${identity,,}" 'it is a secret key' 'a file is sealed to the public half*'
    wrong_recipient "${identity:0:70}" 'it is a secret key' 'a file is sealed to the public half*'
    fails 4 'key: line 3: not a recipient: it is a secret key' '*' seal -R key -o out plain
    [ ! -e out ]
}

@test 'a secret key given in place of a file is not shown' {
    a_key
    local identity
    identity=$(tail -n 1 key)
    seal -r "$RECIPIENT" -o sealed plain
    # "fails" looks for the key in what is said.
    try open -i "$identity" sealed
    [ "$status" = 1 ] || [ "$status" = 2 ]
    try seal -i "$identity" -o out plain
    [ "$status" = 1 ] || [ "$status" = 2 ]
    try seal -R "$identity" -o out plain
    [ "$status" = 1 ] || [ "$status" = 2 ]
    try keygen public "$identity"
    [ "$status" = 1 ] || [ "$status" = 2 ]
    try seal -r "$RECIPIENT" plain "$identity"
    [ "$status" = 2 ]
    try keygen "$identity"
    [ "$status" = 2 ]
    try signet open -i "$identity" sealed
    [ "$status" = 1 ] || [ "$status" = 2 ]
    try seal "--recipent=$identity" plain
    [ "$status" = 2 ]
}

@test 'a recipient given as an identity' {
    a_key
    echo "$RECIPIENT" >key.pub
    seal -r "$RECIPIENT" -o sealed plain
    fails 4 'key.pub: line 1: not an identity: it is a recipient, the public half of a key' '*' \
        open -i key.pub -o out sealed
    fails 4 'key.pub: line 1: not an identity: it is a recipient, the public half of a key' '*' \
        seal -i key.pub -o out plain
    [ ! -e out ]
}

@test 'an identity file with a broken line: its number, never its content' {
    a_key
    local identity broken
    identity=$(tail -n 1 key)
    seal -r "$RECIPIENT" -o sealed plain
    for broken in "${identity:0:60}" "${identity}Q" "$(with_letter "$identity" 40 B)" \
        "$(with_letter "$identity" 74 "$(tr QPZRY PQRYZ <<<"${identity:73:1}" | tr -c 'QPZRY\n' Q)")" \
        "${identity,,}" "${identity:0:30}${identity:31}" "X$identity" "secret ${identity:16}"; do
        [ "$broken" != "$identity" ] || continue
        printf '# mine\n\n%s\n' "$broken" >bad
        fails 4 'bad: line 3: not an identity: *' 'an identity is a line AGE-SECRET-KEY-1*' \
            open -i bad -o out sealed
        { cat key; echo "$broken"; } >bad
        fails 4 'bad: line 4: not an identity: *' '*' keygen public bad
        fails 4 'bad: line 4: not an identity: *' '*' seal -i bad -o out plain
    done
    [ ! -e out ]
}

@test 'keys of other kinds are named' {
    a_key
    seal -r "$RECIPIENT" -o sealed plain
    wrong_recipient 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGf me@here' '*ssh-ed25519*' '*.pub file*'
    wrong_recipient 'age1yubikey1qwerty2345' 'its checksum does not match*' '*'
    wrong_recipient "age1pq1$(zeros 100 | tr A q)" 'it is too short or too long' '*'
    echo 'AGE-PLUGIN-YUBIKEY-1QWERTY2345' >bad
    fails 4 'bad: line 1: not an identity: *' '*' open -i bad sealed
    printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n' >bad
    fails 4 'bad: *SSH*' '*' open -i bad sealed
    echo "AGE-SECRET-KEY-PQ-1$(zeros 50 | tr A Q)" >bad
    fails 4 'bad: line 1: not an identity: *' '*' open -i bad sealed
}

@test 'key files larger than any should be' {
    a_key
    head -c 3000000 /dev/zero | tr '\0' '#' >huge
    fails 1 'huge: the key file is larger than any key file should be*' - \
        seal -R huge -o out plain
    fails 1 'huge: the key file is larger than any key file should be*' - \
        seal -i huge -o out plain
    fails 1 'huge: the key file is larger than any key file should be*' - keygen public huge
    fails 1 'standard input: the key file is larger than any key file should be*' - \
        seal -R - -o out plain </dev/zero
    [ ! -e out ]
}

@test 'a wrong password, an empty one, none' {
    a_key
    password_file pw 'correct horse'
    password_file wrong 'incorrect horse'
    : >empty
    printf '\nsecond line\n' >blank
    for kdf in argon2id scrypt; do
        seal -p --kdf $kdf --work 5 --password-file pw -o sealed plain
        fails 3 'sealed: the password does not fit' 'look at Caps Lock*' \
            open --password-file wrong -o out sealed
        fails 2 'the password is empty' '*--password-file' open --password-file empty -o out sealed
        fails 2 'the password is empty' '*--password-file' open --password-file blank -o out sealed
        fails 2 'a password is needed, and there is no terminal to ask for it' '*' \
            setsid -w open -o out sealed
    done
    fails 2 'the password is empty' '*' seal -p --password-file empty -o out plain
    fails 2 'the password is empty' '*' seal -p --password-file blank -o out plain
    fails 1 'cannot open missing: there is no such file or folder' '*' \
        seal -p --password-file missing -o out plain
    [ ! -e out ]
}

@test 'an identity for a file that was sealed with a password' {
    a_key
    password_file pw 'correct horse'
    seal -p --work 5 --password-file pw -o sealed plain
    works open -i key --password-file pw sealed
    cmp "$OUT" plain
}

@test 'a header changed after it was sealed' {
    a_key
    seal -r "$RECIPIENT" -o sealed plain
    # Another stanza, of a type that nobody knows, put in front.
    { head -n 1 sealed; printf -- '-> grease x\n\n'; tail -n +2 sealed; } >changed
    fails 4 'changed: the header was changed after it was sealed' 'it was changed or damaged*' \
        open -i key -o out changed
    [ ! -e out ]
}

# refused STATUS ERROR: open must refuse ./bad, with a key and with a password, in a moment.
refused() {
    fails "$1" "bad: $2" '*' timeout 20 open -i key -o out bad || return 1
    fails "$1" "bad: $2" '*' timeout 20 open --password-file pw -o out bad || return 1
    [ ! -e out ] || flunk 'there is an output file'
}

@test 'headers that are not canonical' {
    a_key
    password_file pw 'correct horse'
    local good body salt
    good="-> X25519 $(zeros 43)"
    body=$(zeros 43)
    salt=$(zeros 22)
    header "-> X25519 $(zeros 42)B" "$body" >bad
    refused 4 'the header is malformed: line 2: the X25519 share is not 32 bytes of canonical base64'
    header "-> X25519 $(zeros 43)=" "$body" >bad
    refused 4 'the header is malformed: line 2: the X25519 share is not 32 bytes of canonical base64'
    header "-> X25519 $(zeros 42)" "$body" >bad
    refused 4 'the header is malformed: line 2: *'
    header '-> X25519' "$body" >bad
    refused 4 'the header is malformed: line 2: an X25519 stanza has one argument, its share'
    header "$good more" "$body" >bad
    refused 4 'the header is malformed: line 2: an X25519 stanza has one argument, its share'
    header "$good" "$(zeros 42)B" >bad
    refused 4 'the header is malformed: line 3: *not canonical base64'
    header "$good" "$body=" >bad
    refused 4 'the header is malformed: line 3: *not canonical base64'
    header "$good" "$(zeros 44)" >bad
    refused 4 "the header is malformed: line 2: the stanza's body is not 32 bytes"
    header "$good" "$(zeros 65)" >bad
    refused 4 "the header is malformed: line 3: a line of the stanza's body is too long"
    header "$good" "$(zeros 64)" >bad
    refused 4 'the header is malformed: line 4: *'
    header "$good" '' >bad
    refused 4 'the header is malformed: line 2: *'
    header '-> ' '' >bad
    refused 4 'the header is malformed: line 2: an argument of the stanza is empty'
    header '->  X25519' '' >bad
    refused 4 'the header is malformed: line 2: an argument of the stanza is empty'
    header '-> a ' '' >bad
    refused 4 'the header is malformed: line 2: an argument of the stanza is empty'
    header $'-> a\tb' '' >bad
    refused 4 'the header is malformed: line 2: the stanza holds a character that is not allowed'
    header $'-> a\303\244' '' >bad
    refused 4 'the header is malformed: line 2: the stanza holds a character that is not allowed'
    header "$good"$'\r' "$body" >bad
    refused 4 'the header is malformed: line 2: the line ends in a carriage return*'
    header '' "$good" "$body" >bad
    refused 4 'the header is malformed: line 2: neither a stanza nor the MAC line begins here'
    header >bad
    refused 4 'the header is malformed: line 2: there is no stanza before the MAC line'
    header "$good" "$body" | sed '4s/A$//' >bad
    refused 4 'the header is malformed: line 4: the MAC is not 43 characters of canonical base64'
    header "$good" "$body" | sed '4s/A$/B/' >bad
    refused 4 'the header is malformed: line 4: the MAC is not 43 characters of canonical base64'
    header "$good" "$body" | sed '4s/--- /---/' >bad
    refused 4 'the header is malformed: line 4: the MAC is not 43 characters of canonical base64'
    header "-> scrypt $salt 10" "$body" "$good" "$body" >bad
    refused 4 'the header is malformed: a password stanza stands beside another'
    header "-> scrypt $salt 10" "$body" "-> scrypt $salt 10" "$body" >bad
    refused 4 'the header is malformed: a password stanza stands beside another'
    header "-> signet/argon2id $salt 3 10 4" "$body" "$good" "$body" >bad
    refused 4 'the header is malformed: a password stanza stands beside another'
    header "-> scrypt $(zeros 21)B 10" "$body" >bad
    refused 4 'the header is malformed: line 2: the scrypt salt is not 16 bytes of canonical base64'
    for work in 010 0 -1 +5 1e1 ten 10.0 9999999999 ''; do
        header "-> scrypt $salt $work" "$body" >bad
        refused 4 'the header is malformed: line 2: *'
        header "-> signet/argon2id $salt 3 $work 4" "$body" >bad
        refused 4 'the header is malformed: line 2: *'
    done
    header "-> scrypt $salt 10" "$(zeros 44)" >bad
    refused 4 "the header is malformed: line 2: the stanza's body is not 32 bytes"
    header "-> signet/argon2id $salt 3 10" "$body" >bad
    refused 4 'the header is malformed: line 2: an argon2id stanza has four arguments*'
    header "-> signet/argon2id $salt 3 4 4" "$body" >bad
    refused 4 'the header is malformed: line 2: an argon2id stanza has too little memory for its lanes'
    header "-> signet/argon2id $salt 3 18 256" "$body" >bad
    refused 4 'the header is malformed: line 2: an argon2id stanza asks for too many lanes'
}

@test 'work factors beyond the limit are refused before any work' {
    a_key
    password_file pw 'correct horse'
    local body salt work
    body=$(zeros 43)
    salt=$(zeros 22)
    for work in 23 28 29 30 31 63 64 999999999; do
        for stanza in "scrypt $salt $work" "signet/argon2id $salt 3 $work 4"; do
            header "-> $stanza" "$body" >bad
            fails 1 "bad: the header asks for 2^$work KiB of password hashing; 2^22 KiB is allowed" \
                '*' timeout 20 open --password-file pw -o out bad
            if [ "$work" -le 28 ]; then
                grep -q -- "--max-work $work" "$ERR"
            else
                grep -q 'meant to stop this machine' "$ERR"
                fails 1 "bad: the header asks for 2^$work KiB of password hashing; 2^28 KiB is allowed" \
                    '*' timeout 20 open --max-work 28 --password-file pw -o out bad
            fi
        done
    done
    # Little memory, but passes without end.
    for passes in 65536 1000000 999999999; do
        header "-> signet/argon2id $salt $passes 5 1" "$body" >bad
        fails 1 "bad: the header asks for $passes passes of password hashing, more than is allowed*" \
            '*' timeout 20 open --password-file pw -o out bad
    done
    header "-> signet/argon2id $salt 300 18 4" "$body" >bad
    fails 1 'bad: the header asks for 300 passes of password hashing, more than is allowed*' \
        '*' timeout 20 open --password-file pw -o out bad
    # The same in an identity file.
    header "-> scrypt $salt 30" "$body" >bad
    fails 1 'bad: the header asks for 2^30 KiB of password hashing; *' '*' \
        timeout 20 keygen public --password-file pw bad
    [ ! -e out ]
}

# little COMMAND...: in 64 MiB of memory, where that can be measured.
little() {
    if [ "$BUILD" = plain ]; then
        (ulimit -v 65536 && exec timeout 20 "$@")
    else
        timeout 60 "$@"
    fi
}

@test 'a header of 100 MB, in one line or in many stanzas, is refused in little time and memory' {
    a_key
    local size=100000000
    [ "$BUILD" = plain ] || size=20000000
    line() { printf 'age-encryption.org/v1\n-> '; head -c $size /dev/zero | tr '\0' x; }
    stanzas() {
        printf 'age-encryption.org/v1\n'
        yes -- "-> grease $(zeros 64)"$'\n'"$(zeros 43)" | head -c $size
    }
    short_stanzas() {
        printf 'age-encryption.org/v1\n'
        yes -- $'-> x\n' | head -c $size
    }
    long_body() {
        printf 'age-encryption.org/v1\n-> grease\n'
        yes "$(zeros 64)" | head -c $size
    }
    for kind in line stanzas short_stanzas long_body; do
        $kind >bad
        fails 1 'bad: the header is larger than any header should be*' - \
            little open -i key -o out bad
        fails 1 'standard input: the header is larger than any header should be*' - \
            little open -i key -o out < <($kind 2>/dev/null)
        if [ "$BUILD" = plain ]; then
            command time -f %M -o peak open -i key -o out bad 2>/dev/null || true
            [ "$(tail -n 1 peak)" -lt 32768 ] || flunk "$(tail -n 1 peak) KiB of memory"
        fi
    done
    rm bad
    [ ! -e out ]
}

@test 'a stanza line without an end' {
    a_key
    printf 'age-encryption.org/v1\n-> X25519 %s' "$(zeros 43)" >bad
    fails 4 'bad: the header is malformed: line 2: the line has no end' '*' open -i key -o out bad
    printf 'age-encryption.org/v1\n-> X25519 ' >bad
    fails 4 'bad: the header is malformed: line 2: *' '*' open -i key -o out bad
    printf 'age-encryption.org/v1\n' >bad
    fails 4 'bad: the header is malformed: line 2: the file ends inside the header' '*' \
        open -i key -o out bad
    # A stream that never ends it.
    fails 1 'standard input: the header is larger than any header should be*' - \
        little open -i key -o out < <(printf 'age-encryption.org/v1\n-> ' && yes x | tr -d '\n')
    [ ! -e out ]
}

@test 'control characters in what a message names are shown, not obeyed' {
    a_key
    local evil=$'evil\e]0;pwned\a\r\x9b31m\x7f\nname'
    try open -i key "$evil"
    [ "$status" = 1 ]
    run ! grep -aqP '[\x00-\x09\x0b-\x1f\x7f]' "$ERR"
    grep -aqF 'evil\x1b]0;pwned\x07\x0d' "$ERR"
    [ "$(wc -l <"$ERR")" = 2 ]
    try seal "--$evil"
    run ! grep -aqP '[\x00-\x09\x0b-\x1f\x7f]' "$ERR"
    [ "$(wc -l <"$ERR")" = 2 ]
    try keygen "$evil"
    run ! grep -aqP '[\x00-\x09\x0b-\x1f\x7f]' "$ERR"
    try signet "$evil"
    run ! grep -aqP '[\x00-\x09\x0b-\x1f\x7f]' "$ERR"
    # C1 controls, as UTF-8 and as bare bytes.
    try open -i key $'x\xc2\x9b31m'
    run ! grep -aqP '\xc2\x9b' "$ERR"
    try open -i key $'x\x9b31m'
    run ! grep -aqP '\x9b' "$ERR"
}

@test 'a name of great length is cut off, not copied on' {
    a_key
    local name
    name=$(head -c 100000 /dev/zero | tr '\0' x)
    try open -i key "$name"
    [ "$status" = 1 ]
    [ "$(stat -c %s "$ERR")" -lt 10000 ]
}
