#!/usr/bin/env bats
# seal --rewrap: who can open the file afterwards, that its payload is the very same, that a file
# replaced in place is the old or the new one whatever happens, and everything that is refused.

load helper

DAMAGED='it was changed or damaged after it was sealed: fetch it again from its sender'

setup() {
    prepare
    key x25519 alice
    ALICE=$RECIPIENT
    key x25519 bob
    BOB=$RECIPIENT
    bytes 200000 >plain
}

# key TYPE FILE: an identity file; its recipient is in $RECIPIENT.
key() {
    keygen -q -t "$1" -o "$2"
    RECIPIENT=$(keygen public "$2")
    secret "$(grep '^AGE-SECRET' "$2" | cut -c 24-44)"
}

# tail_of FILE: the payload of a sealed file, in armor or not.
tail_of() {
    local n
    if head -n 1 "$1" | grep -qa BEGIN; then
        sed '1d;$d' "$1" | base64 -d >.run/binary
    else
        cp "$1" .run/binary
    fi
    n=$(sed '/^---/q' .run/binary | wc -c)
    tail -c "+$((n + 1))" .run/binary
}

# same_payload A B: byte for byte, nonce and chunks.
same_payload() {
    tail_of "$1" >.run/a
    tail_of "$2" >.run/b
    [ "$(stat -c %s .run/a)" -ge 32 ] || flunk 'there is no payload'
    cmp .run/a .run/b
}

@test "rewrap: a new key opens the file, the old one does not, the payload is the same" {
    works seal -r "$ALICE" -o old plain
    works seal --rewrap -i alice -r "$BOB" -o new old
    same_payload old new
    works open -i bob new
    cmp plain "$OUT"
    fails 3 'new: no key fits: *' '*' open -i alice new
    works age -d -i bob -o by_age new
    cmp plain by_age
    # the header is new all over: no stanza and no MAC is of the old one
    run ! grep -aqxFf <(sed '1d;/^---/q' old) <(sed '1d;/^---/q' new)
}

# What REWRAPPING in signet-seal(1) warns of is so, and stands there.
@test "rewrap: it revokes nothing: the old copy opens, and the file key opens the new payload" {
    works seal -r "$ALICE" -o old plain
    works seal --rewrap -i alice -r "$BOB" -o new old
    works open -i alice old
    cmp plain "$OUT"
    # who kept the old header has kept the file key
    { sed '/^---/q' old && tail_of new; } >kept
    works open -i alice kept
    cmp plain "$OUT"
    local page
    page=$(sed -n '/^\.Sh REWRAPPING$/,/^\.Sh ENVIRONMENT$/p' "$BATS_TEST_DIRNAME/../../man/signet-seal.1" | tr '\n' ' ')
    [[ $page == *'It revokes nothing.'*'has a copy still can.'*'The file key stays the same'* ]]
}

@test "rewrap: what age sealed, for age to open, at every boundary of the chunks" {
    local n
    for n in 0 1 65535 65536 65537 131072 131073; do
        bytes "$n" >p
        works age -r "$ALICE" -o old p
        works seal --rewrap -i alice -r "$BOB" -r "$ALICE" -o new old
        same_payload old new
        for who in alice bob; do
            works age -d -i $who new
            cmp p "$OUT"
            works open -i $who new
            cmp p "$OUT"
        done
    done
}

@test "rewrap: to the standard output, from the standard input, through pipes" {
    works seal -r "$ALICE" -o old plain
    works seal --rewrap -i alice -r "$BOB" old
    cp "$OUT" new
    same_payload old new
    # shellcheck disable=SC2002 # a pipe is the point
    cat old | seal --rewrap -i alice -r "$BOB" | cat >new
    same_payload old new
    works open -i bob new
    cmp plain "$OUT"
    seal --rewrap -i alice -r "$BOB" - <old >new
    same_payload old new
    works seal --rewrap -i alice -r "$BOB" -o - old
    cp "$OUT" new
    same_payload old new
    bytes 100 >>new # appending to a file is nothing that the kernel copies
    cp new before
    seal --rewrap -i alice -r "$BOB" old >>new
    head -c "$(stat -c %s before)" new | cmp - before
    tail -c "+$(($(stat -c %s before) + 1))" new >after
    same_payload old after
}

@test "rewrap: armor to binary and back" {
    works seal -a -r "$ALICE" -o old plain
    works seal --rewrap -i alice -r "$BOB" -o binary old
    [ "$(head -n 1 binary)" = age-encryption.org/v1 ]
    same_payload old binary
    works seal --rewrap -i bob -r "$ALICE" -a -o armor binary
    [ "$(head -n 1 armor)" = '-----BEGIN AGE ENCRYPTED FILE-----' ]
    same_payload old armor
    works seal --rewrap -i alice -r "$BOB" -a -o again armor
    same_payload old again
    works age -d -i bob again
    cmp plain "$OUT"
}

@test "rewrap: -R, several identities, \$SIGNET_IDENTITY, and a sealed identity file" {
    works seal -r "$ALICE" -o old plain
    printf '# friends\n%s\n%s\n' "$BOB" "$ALICE" >friends
    works seal --rewrap -i bob -i alice -R friends -o new old
    [ "$(grep -ac '^-> X25519 ' new)" = 2 ]
    SIGNET_IDENTITY=alice works seal --rewrap -r "$BOB" -o new old
    works open -i bob new
    password_file pw 'of the key'
    works seal -p --work 7 --password-file pw -o alice.age alice
    works seal --rewrap -i alice.age --password-file pw -r "$BOB" -o new old
    works open -i bob new
    cmp plain "$OUT"
}

@test "rewrap: post-quantum keys, from and to" {
    key pq carol
    CAROL=$RECIPIENT
    key pq dave
    works seal -r "$ALICE" -o old plain
    works seal --rewrap -i alice -r "$CAROL" -r "$RECIPIENT" -o new old
    same_payload old new
    works open -i dave new
    cmp plain "$OUT"
    works seal --rewrap -i carol -r "$ALICE" -o back new
    same_payload old back
    works age -d -i alice back
    cmp plain "$OUT"
    fails 2 '1 of the 2 recipients is post-quantum, which does not mix with others' '*' \
        seal --rewrap -i alice -r "$CAROL" -r "$BOB" -o mixed old
    [ ! -e mixed ]
}

@test "rewrap: keys to a password, a password to another, a password to keys" {
    password_file first 'the first password'
    password_file second 'the second password'
    works seal -r "$ALICE" -o old plain
    works seal --rewrap -i alice -p --work 7 --new-password-file first -o one old
    same_payload old one
    works open --password-file first one
    cmp plain "$OUT"
    works seal --rewrap -p --kdf scrypt --work 8 --password-file first --new-password-file second \
        -o two one
    same_payload old two
    works open --password-file second two
    cmp plain "$OUT"
    fails 3 'two: the password does not fit' '*' open --password-file first two
    SIGNET_PASSWORD_FILE=second works seal --rewrap -r "$BOB" -o three two
    same_payload old three
    works open -i bob three
    cmp plain "$OUT"
}

@test "rewrap: passwords at the prompt: the old one, then the new one twice" {
    password_file first 'the first password'
    secret 'the second password'
    works seal -p --work 7 --password-file first -o old plain
    expect_script seal --rewrap -p --work 7 -o new old <<'E'
spawn {*}$argv
want "Password for old: "
send "wrong\r"
want "the password does not fit; once more"
want "Password for old: "
send "the first password\r"
want "New password for old: "
send "the second password\r"
want "The same again: "
send "the second password\r"
finish 0
unseen "the second password"
E
    password_file second 'the second password'
    same_payload old new
    works open --password-file second new
    cmp plain "$OUT"
}

@test "rewrap: no terminal to ask for the new password, which --password-file is not" {
    password_file first 'the first password'
    works seal -p --work 7 --password-file first -o old plain
    fails 2 'a new password is needed, and there is no terminal to ask for it' \
        'type it at the prompt, or name a file that holds it with --new-password-file' \
        setsid -w seal --rewrap -p --password-file first -o new old
    : >empty
    fails 2 'the password is empty' '*' \
        seal --rewrap -p --password-file first --new-password-file empty -o new old
    fails 2 '--new-password-file goes with --rewrap -p' \
        '--password-file names the password of a file that is new' \
        seal -p --new-password-file first plain
    fails 2 '--new-password-file goes with --rewrap -p' '*' \
        seal --rewrap -i alice -r "$BOB" --new-password-file first old
    fails 2 'two things cannot both be read from standard input' '*' \
        sh -c 'seal --rewrap -p --password-file - --new-password-file - -o new old <first'
    [ ! -e new ]
}

@test "rewrap: nobody to seal to, or too many kinds" {
    works seal -r "$ALICE" -o old plain
    fails 2 'there is nobody to seal to' \
        'with --rewrap, -i opens the file; name whom it is for from now on with -r RECIPIENT or -R FILE, or use -p' \
        seal --rewrap -i alice old
    fails 2 'a password and recipients cannot be mixed' '*' \
        seal --rewrap -i alice -r "$BOB" -p -o new old
    fails 2 '--kdf and --work are for passwords' '*' \
        seal --rewrap -i alice -r "$BOB" --work 9 -o new old
    fails 2 'not a recipient: *' '*' seal --rewrap -i alice -r age1nonsense -o new old
    [ ! -e new ]
}

@test "rewrap: a key or password that does not open the file" {
    works seal -r "$ALICE" -o old plain
    cp old before
    fails 3 'old: no key fits: none of your identities is among its recipients' \
        'name the identity file it was sealed to with -i' seal --rewrap -i bob -r "$BOB" -o old old
    cmp before old
    fails 3 'old: it is sealed to a key, and there is no identity to open it with' '*' \
        seal --rewrap -r "$BOB" -o new old
    password_file right 'right one'
    password_file wrong 'wrong one'
    works seal -p --work 7 --password-file right -o old plain
    cp old before
    fails 3 'old: the password does not fit' '*' \
        seal --rewrap --password-file wrong -r "$BOB" -o old old
    cmp before old
    [ ! -e new ]
}

@test "rewrap: --max-work bounds what a strange file may cost" {
    header "-> scrypt $(zeros 22) 23" "$(zeros 43)" >old
    password_file pw 'any password'
    fails 1 'old: the header asks for 2^23 KiB of password hashing; 2^22 KiB is allowed' \
        'if you trust where it is from and have the memory: --max-work 23' \
        seal --rewrap --password-file pw -r "$BOB" -o new old
    works seal -p --work 9 --password-file pw -o old plain
    fails 1 'old: the header asks for 2^9 KiB *' '*' \
        seal --rewrap --max-work 8 --password-file pw -r "$BOB" -o new old
    works seal --rewrap --max-work 9 --password-file pw -r "$BOB" -o new old
}

@test "rewrap: files that are no sealed file, or whose header is cut off or changed" {
    local n header mac
    fails 4 'plain: not a sealed file' '*' seal --rewrap -i alice -r "$BOB" -o new plain
    works seal -r "$ALICE" -o old plain
    header=$(sed '/^---/q' old | wc -c)
    for n in 22 40 100 $((header - 1)); do
        head -c "$n" old >short
        cp short before
        fails 4 'short: the header is malformed: line *' "$DAMAGED" \
            seal --rewrap -i alice -r "$BOB" -o short short
        cmp before short
    done
    mac=$(sed -n '/^--- /{p;q}' old)
    case $mac in
    '--- A'*) sed "s/^--- A/--- B/" old >changed ;;
    *) sed "s/^--- ./--- A/" old >changed ;;
    esac
    fails 4 'changed: the header was changed after it was sealed' "$DAMAGED" \
        seal --rewrap -i alice -r "$BOB" -o new changed
    { head -n 1 old; printf -- '-> more x\n\n'; sed 1d old; } >changed
    fails 4 'changed: the header was changed after it was sealed' "$DAMAGED" \
        seal --rewrap -i alice -r "$BOB" -o new changed
    works seal -a -r "$ALICE" -o armor plain
    head -n 1000 armor >short
    fails 4 'short: the armor is malformed: line 1001: the file ends before *' '*' \
        seal --rewrap -i alice -r "$BOB" -o new short
    [ ! -e new ]
}

@test "rewrap: a damaged payload stays as it is, and opening it says so" {
    works seal -r "$ALICE" -o old plain
    head -c 100000 old >short
    works seal --rewrap -i alice -r "$BOB" -o new short
    same_payload short new
    try open -i bob -o out new
    [ "$status" = 4 ]
    [ ! -e out ]
    { head -c 5000 old; printf 'changed'; tail -c +5008 old; } >changed
    works seal --rewrap -i alice -r "$BOB" -o new changed
    same_payload changed new
    fails 4 'new: the payload is not authentic: chunk 1 was changed' "$DAMAGED" \
        open -i bob -o out new
}

@test "rewrap: in place, with the file's permissions, through a link" {
    works seal -r "$ALICE" -o f plain
    cp f before
    chmod 640 f
    ln -s f link
    works seal --rewrap -i alice -r "$BOB" -o f f
    [ "$(mode_of f)" = 640 ]
    same_payload before f
    works open -i bob f
    cmp plain "$OUT"
    works seal --rewrap -i bob -r "$ALICE" -o link link
    [ -L link ]
    works open -i alice f
    cmp plain "$OUT"
    works seal --rewrap -i alice -r "$BOB" -a -o ./f f
    works seal --rewrap -i bob -r "$ALICE" -o f link
    same_payload before f
    works open -i alice f
    cmp plain "$OUT"
}

@test "rewrap: in place only with -o, and only over the file itself" {
    works seal -r "$ALICE" -o f plain
    cp f before
    cp alice alice.before
    status=0
    # shellcheck disable=SC2094 # that is what is refused
    seal --rewrap -i alice -r "$BOB" f >>f 2>"$ERR" || status=$?
    [ "$status" = 2 ]
    grep -qx 'seal: error: standard output is also what is read: it would be lost' "$ERR"
    cmp before f
    fails 2 'alice is also what is read: it would be lost' '*' \
        seal --rewrap -i alice -r "$BOB" -o alice f
    cmp alice.before alice
    echo "$BOB" >friends
    fails 2 'friends is also what is read: it would be lost' '*' \
        seal --rewrap -i alice -R friends -o friends f
    # plain sealing is as strict as before
    fails 2 'f is also what is read: it would be lost' '*' seal -r "$BOB" -o f f
    cmp before f
}

@test "rewrap: a file in place survives a full disk, and a folder that may not be written" {
    bytes 3000000 >plain
    works seal -r "$ALICE" -o f plain
    # shellcheck disable=SC2016 # expanded by the inner shell
    try with_tmpfs 4m sh -c '
        cp f small/f && seal --rewrap -i alice -r "$1" -o small/f small/f
        status=$?
        cmp f small/f || exit 99
        [ "$(ls -A small)" = f ] || exit 98
        exit $status' sh "$BOB"
    [ "$status" = 1 ]
    grep -q 'there is no space left' "$ERR"
    status=0
    seal --rewrap -i alice -r "$BOB" f >/dev/full 2>"$ERR" || status=$?
    [ "$status" = 1 ]
    { seal --rewrap -i alice -r "$BOB" f 2>"$ERR"; echo $? >.run/status; } | head -c 10 >/dev/null
    [ "$(cat .run/status)" != 0 ]
    user_folder
    cp f alice "$U"
    [ "$(id -u)" != 0 ] || chown "$NOBODY" "$U"/*
    chmod 500 "$U"
    try as_user seal --rewrap -i alice -r "$BOB" -o f f
    chmod 700 "$U"
    [ "$status" = 1 ]
    cmp f "$U/f"
}

# whole FILE: it is the old one, which alice opens, or the new one, which bob opens; $WHO does.
whole() {
    for WHO in alice bob; do
        if open -i $WHO "$1" 2>/dev/null | cmp -s - plain; then
            return 0
        fi
    done
    flunk "$1 is neither the old file nor the new one"
}

@test "rewrap: killed at any moment, a file in place is the old one or the new one" {
    local i pid old=0 new=0
    bytes "$(count 40000000 400000)" >plain
    works seal -r "$ALICE" -o before plain
    for ((i = 0; i < $(count 40 6); i++)); do
        cp before f
        seal --rewrap -i alice -r "$BOB" -o f f 2>/dev/null &
        pid=$!
        sleep "0.$((i % 2))$((i * 7 % 10))"
        kill -KILL $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
        whole f
        if [ "$WHO" = alice ]; then old=$((old + 1)); else new=$((new + 1)); fi
        rm -f .signet-*
    done
    echo "# the old file $old times, the new one $new times" >&3
}

@test "rewrap: killed at each step of the replacement" {
    local call
    strace -o /dev/null true 2>/dev/null || skip 'nothing can be traced here'
    [ "$BUILD" = plain ] || skip 'strace and this build do not go together'
    works seal -r "$ALICE" -o before plain
    for call in copy_file_range:when=1 fchmod:when=1 fsync:when=1 linkat:when=1 linkat:when=2 \
        renameat:when=1 fsync:when=2; do
        cp before f
        status=0
        strace -f -qq -o .run/trace -e "inject=${call%%:*}:signal=KILL:${call#*:}" \
            seal --rewrap -i alice -r "$BOB" -o f f 2>/dev/null || status=$?
        [ "$status" = 137 ] || flunk "$call was not met: status $status"
        whole f
        rm -f .signet-*
    done
}

@test "rewrap: sealed bytes are not for a terminal, and long work shows a bar" {
    works seal -r "$ALICE" -o old plain
    expect_script seal --rewrap -i alice -r "$BOB" old <<'E'
spawn {*}$argv
want "sealed bytes are not for a terminal"
finish 2
E
    try seal --rewrap --progress always -i alice -r "$BOB" -o new old
    [ "$status" = 0 ]
    grep -q '%' "$ERR"
}

@test "rewrap: memory does not grow with the file" {
    [ "$BUILD" = plain ] || skip 'this build takes memory of its own'
    head -c 200000000 /dev/zero | seal -r "$ALICE" -o old
    /usr/bin/time -f %M -o memory seal --rewrap -i alice -r "$BOB" -o new old
    [ "$(cat memory)" -lt 10000 ] || flunk "$(cat memory) KiB"
    # shellcheck disable=SC2002
    cat old | /usr/bin/time -f %M -o memory seal --rewrap -i alice -r "$BOB" | wc -c
    [ "$(cat memory)" -lt 10000 ] || flunk "$(cat memory) KiB"
}
