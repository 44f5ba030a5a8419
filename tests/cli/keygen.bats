#!/usr/bin/env bats
# keygen: fresh keys, and their public halves.

load helper

# An identity file with what differs between two of them replaced.
shape() {
    sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/TIME/' \
        -e 's/age1[02-9ac-hj-np-z]{58}$/PUBLIC/' \
        -e 's/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/SECRET/' "$1"
}

@test 'keygen: the file is laid out as age-keygen does it' {
    works keygen -t x25519 -q -o ours
    age-keygen -o theirs 2>/dev/null
    shape ours >ours.shape
    shape theirs >theirs.shape
    cmp ours.shape theirs.shape
    [ "$(cat ours.shape)" = $'# created: TIME\n# public key: PUBLIC\nSECRET' ]
    [ "$(wc -c <ours)" = "$(wc -c <theirs)" ]
}

@test 'keygen: age-keygen -y and keygen public agree, on keys of both' {
    keygen -t x25519 -q -o ours
    age-keygen -o theirs 2>/dev/null
    for file in ours theirs; do
        works keygen public "$file"
        [ "$(cat "$OUT")" = "$(age-keygen -y "$file")" ]
        [ "$(cat "$OUT")" = "$(sed -n 's/^# public key: //p' "$file")" ]
    done
}

@test 'keygen: the time is now, in UTC whatever the time zone' {
    local before after made
    before=$(date -u +%FT%TZ)
    TZ=Asia/Tokyo keygen -q -o key
    after=$(date -u +%FT%TZ)
    made=$(sed -n 's/^# created: //p' key)
    [[ ! $made < $before && ! $made > $after ]]
}

@test 'keygen: a post-quantum key unless told otherwise' {
    keygen -q -o key
    grep -q '^AGE-SECRET-KEY-PQ-1' key
    [[ $(keygen public key) == age1pq1* ]]
}

@test 'keygen: a new key every time' {
    keygen -q -o a
    keygen -q -o b
    run ! cmp -s <(tail -n 1 a) <(tail -n 1 b)
}

@test 'keygen: mode 0600 whatever the umask' {
    for mask in 000 022 077 0377 0777; do
        (umask $mask && keygen -q -o "key$mask")
        [ "$(mode_of "key$mask")" = 600 ]
        (umask $mask && keygen -q -f -o "key$mask")
        [ "$(mode_of "key$mask")" = 600 ]
    done
}

@test 'keygen: to a file, the public key is shown on standard error' {
    try keygen -t x25519 -o key
    [ "$status" = 0 ]
    [ ! -s "$OUT" ]
    [ "$(cat "$ERR")" = "Public key: $(keygen public key)" ]
    # A post-quantum one is long: its two ends are shown, and what two people can compare.
    try keygen -o long
    [ "$status" = 0 ]
    [[ $(cat "$ERR") =~ ^"Public key: "(age1pq1...)"..."(......)" (SHA256:"([A-Za-z0-9+/]{43})")"$ ]]
    ends=("${BASH_REMATCH[@]}")
    keygen public long -o friend.pub
    [[ $(cat friend.pub) == "${ends[1]}"*"${ends[2]}" ]]
    [ "${ends[3]}=" = "$(tr -d '\n' <friend.pub | openssl dgst -sha256 -binary | base64)" ]
}

@test 'keygen: to a pipe, the public key is shown on standard error' {
    keygen -t x25519 2>err | cat >key
    [ "$(cat err)" = "Public key: $(keygen public key)" ]
    [ "$(wc -l <key)" = 3 ]
}

@test 'keygen -q: no public key is shown' {
    works keygen -q -o key
    works keygen -q
    [ "$(wc -l <"$OUT")" = 3 ]
    works keygen --quiet --output=key2
}

@test 'keygen -o -: standard output' {
    try keygen -t x25519 -o -
    [ "$status" = 0 ]
    [ "$(shape "$OUT")" = $'# created: TIME\n# public key: PUBLIC\nSECRET' ]
    [ "$(cat "$ERR")" = "Public key: $(keygen public "$OUT")" ]
    [ ! -e - ]
}

@test 'keygen: an existing file is never overwritten' {
    echo precious >key
    fails 1 'key exists, and is not replaced' '*-f' keygen -o key
    [ "$(cat key)" = precious ]
    fails 1 'key exists, and is not replaced' '*-f' keygen -q -o key
    [ "$(cat key)" = precious ]
}

@test 'keygen: an existing symbolic link is never followed or replaced' {
    echo precious >target
    ln -s target link
    ln -s missing dangling
    fails 1 'link exists, and is not replaced' '*-f' keygen -o link
    fails 1 'dangling exists, and is not replaced' '*-f' keygen -o dangling
    [ "$(cat target)" = precious ]
    [ -L link ]
    [ -L dangling ]
    [ ! -e missing ]
}

@test 'keygen -f: replaces a file, with mode 0600' {
    echo old >key
    chmod 666 key
    works keygen -q -f -o key
    [ "$(mode_of key)" = 600 ]
    keygen public key
}

@test 'keygen -f: replaces a symbolic link and leaves its target alone' {
    echo precious >target
    chmod 640 target
    ln -s target link
    ln -s missing dangling
    works keygen -q --force -o link
    [ ! -L link ]
    [ "$(mode_of link)" = 600 ]
    [ "$(cat target)" = precious ]
    [ "$(mode_of target)" = 640 ]
    works keygen -q -f -o dangling
    [ ! -L dangling ]
    [ ! -e missing ]
    keygen public link
}

@test 'keygen -f: the key belongs to its maker, not to the owner of what a link pointed to' {
    user_folder
    if [ "$(id -u)" = 0 ]; then
        as_user touch theirs
        ln -s "$U/theirs" link
        works keygen -q -f -o link
        [ "$(stat -c %u link)" = 0 ]
    else # one's own files only
        touch theirs
        ln -s theirs link
        works keygen -q -f -o link
        [ "$(stat -c %u link)" = "$(id -u)" ]
    fi
}

@test 'keygen -t pq: a post-quantum key, laid out alike' {
    try keygen -t pq -o key
    [ "$status" = 0 ]
    [ "$(mode_of key)" = 600 ]
    [ "$(wc -l <key)" = 3 ]
    secret "$(secret_part key)"
    [[ $(sed -n 2p key) == '# public key: age1pq1'* ]]
    [[ $(sed -n 3p key) =~ ^AGE-SECRET-KEY-PQ-1[02-9AC-HJ-NP-Z]+$ ]]
    [[ $(cat "$ERR") == 'Public key: age1pq1'* ]]
    works keygen public key
    [ "$(cat "$OUT")" = "$(sed -n 's/^# public key: //p' key)" ]
    works keygen -q -t pq
}

@test 'keygen -t: the names there are' {
    works keygen -q -t x25519 -o key
    age-keygen -y key
    works keygen new -q --type x25519
    works keygen -q --type=x25519
    fails 2 '--type cannot be x25518' 'did you mean x25519?' keygen -t x25518 -o other
    fails 2 '--type cannot be rsa' 'it is one of: *x25519*' keygen -t rsa -o other
    fails 2 '--type cannot be ' 'it is one of: *' keygen -t '' -o other
    fails 2 '-t needs TYPE after it' '*' keygen -t
    [ ! -e other ]
}

@test 'keygen -p: an identity file sealed with a password works wherever one is taken' {
    password_file pw 'a long enough password'
    try keygen -t x25519 -p --password-file pw --work 5 -o key.age
    [ "$status" = 0 ]
    [ "$(mode_of key.age)" = 600 ]
    [ "$(head -n 1 key.age)" = '-----BEGIN AGE ENCRYPTED FILE-----' ]
    [ "$(cat "$ERR")" = "Public key: $(keygen public --password-file pw key.age)" ]

    # Inside is an identity file like any other.
    works open --password-file pw -o key key.age
    [ "$(shape key)" = $'# created: TIME\n# public key: PUBLIC\nSECRET' ]
    secret "$(secret_part key)"

    echo hello >plain
    works seal -i key.age --password-file pw -o a plain
    works open -i key a
    cmp "$OUT" plain
    works seal -i key -o b plain
    works open -i key.age --password-file pw b
    cmp "$OUT" plain
    export SIGNET_PASSWORD_FILE=pw
    works open -i key.age b
    cmp "$OUT" plain

    fails 2 '*' '*' env -u SIGNET_PASSWORD_FILE setsid -w open -i key.age b
}

@test 'keygen -p: the stanza is argon2id with the work asked for, or scrypt' {
    password_file pw 'a long enough password'
    keygen -q -p --password-file pw --work 6 -o a.age
    keygen -q -p --password-file pw --work 6 --kdf argon2id -o b.age
    keygen -q -p --password-file pw --work 6 --kdf scrypt -o c.age
    stanza() { sed '/-----/d' "$1" | base64 -d | sed -n 2p; }
    for file in a.age b.age; do
        [[ $(stanza $file) =~ ^'-> signet/argon2id '[A-Za-z0-9+/]{22}' 3 6 4'$ ]]
    done
    [[ $(stanza c.age) =~ ^'-> scrypt '[A-Za-z0-9+/]{22}' 6'$ ]]
}

@test 'keygen -p --kdf scrypt: stock age asks for the password and uses the key' {
    password_file pw 'a long enough password'
    keygen -t x25519 -q -p --password-file pw --work 5 --kdf scrypt -o key.age
    echo hello >plain
    seal -i key.age --password-file pw -o sealed plain
    expect_script <<'SCRIPT'
spawn age -d -i key.age -o got sealed
want "Enter passphrase"
send "a long enough password\r"
finish 0
SCRIPT
    cmp got plain
}

@test 'keygen -p: a wrong password, and none' {
    password_file pw 'a long enough password'
    password_file wrong 'another password'
    : >empty
    echo >blank
    keygen -q -p --password-file pw --work 5 -o key.age
    fails 3 'key.age: the password does not fit' '*' keygen public --password-file wrong key.age
    fails 3 'key.age: the password does not fit' '*' seal -i key.age --password-file wrong -o x pw
    fails 2 'the password is empty' '*' keygen -p --password-file empty --work 5 -o x
    fails 2 'the password is empty' '*' keygen -p --password-file blank --work 5 -o x
    fails 1 'cannot open missing: *' '*' keygen -p --password-file missing --work 5 -o x
    [ ! -e x ]
}

@test 'keygen: --kdf and --work go with -p only' {
    fails 2 '--kdf and --work are for passwords' 'add -p *' keygen --work 5 -o x
    fails 2 '--kdf and --work are for passwords' 'add -p *' keygen --kdf scrypt -o x
    fails 2 '--kdf cannot be scrpt' 'did you mean scrypt?' keygen -p --kdf scrpt -o x
    fails 2 '--work takes a number from 5 to 28, not 4' - keygen -p --work 4 -o x
    fails 2 '--work takes a number from 5 to 28, not 29' - keygen -p --work 29 -o x
    [ ! -e x ]
}

@test 'keygen: verbs, and mistyped ones' {
    works keygen new -q
    fails 2 'keygen has no verb publc' 'did you mean keygen public?' keygen publc
    fails 2 'keygen has no verb nwe' 'did you mean keygen new?' keygen nwe
    fails 2 'keygen has no verb frobnicate' 'the verbs are: new public*' keygen frobnicate
    fails 2 'keygen has no verb key.txt' '*' keygen key.txt
    fails 2 'there is something left over on the command line: more' '-o FILE names *' keygen new more
    fails 2 'there is no option --forse' 'did you mean --force?' keygen --forse
    fails 2 'there is no option -z' 'keygen new --help lists the options' keygen -z
    fails 2 'there is no option -f' 'keygen public --help lists the options' keygen public -f
}

@test 'keygen: an option of one value is given once' {
    fails 2 '-o is given twice' - keygen -o a -o b
    fails 2 '-t is given twice' - keygen -t x25519 -t x25519
    fails 2 '--work is given twice' - keygen -p --work 5 --work 6
    [ ! -e a ]
    [ ! -e b ]
}

@test 'keygen public: from a file, from standard input, to a file' {
    new_key key
    works keygen public key
    [ "$(cat "$OUT")" = "$RECIPIENT" ]
    works keygen public <key
    [ "$(cat "$OUT")" = "$RECIPIENT" ]
    works keygen public - <key
    [ "$(cat "$OUT")" = "$RECIPIENT" ]
    works keygen public -o key.pub key
    [ ! -s "$OUT" ]
    [ "$(cat key.pub)" = "$RECIPIENT" ]
    [ "$(mode_of key.pub)" = 644 ]
}

@test 'keygen public: several identities, comments, blank lines, CRLF and a missing last newline' {
    new_key a
    local first=$RECIPIENT
    new_key b
    {
        printf '# mine\r\n\r\n'
        tail -n 1 a | sed 's/$/\r/'
        printf '   # indented\n\t\n  '
        tail -n 1 b | tr -d '\n'
    } >both
    works keygen public both
    [ "$(cat "$OUT")" = "$first"$'\n'"$RECIPIENT" ]
}

@test 'keygen public: what is not an identity file' {
    new_key key
    echo "$RECIPIENT" >key.pub
    : >empty
    printf '# nothing\n\n' >comments
    fails 4 'key.pub: line 1: not an identity: it is a recipient, the public half of a key' '*' \
        keygen public key.pub
    fails 4 'empty: there is no identity in it' '*' keygen public empty
    fails 4 'comments: there is no identity in it' '*' keygen public comments
    fails 4 'standard input: there is no identity in it' '*' keygen public </dev/null
    fails 1 'cannot open missing: there is no such file or folder' '*' keygen public missing
    fails 1 '. is a folder; a file was expected' '*' keygen public .
    seal -r "$RECIPIENT" -o sealed key
    fails 3 'sealed: *it is sealed to a key; only a password can guard an identity file' '*' \
        keygen public sealed
    fails 2 'there is something left over on the command line: other' '*' keygen public key other
}
