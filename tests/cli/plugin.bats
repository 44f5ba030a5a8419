#!/usr/bin/env bats
# Plugins: every command and every error of both state machines, played by a scripted plugin; and
# age-plugin-signet, with Debian's age and our own open as its clients.

# shellcheck disable=SC2016,SC2030,SC2031 # scripts for the plugin are not ours to expand
load helper

setup() {
    prepare
    mkdir plugins
    for name in one two a+b; do
        ln -s "$REPOSITORY/tests/plugins/age-plugin-scripted" "plugins/age-plugin-$name"
    done
    export PATH="$PWD/plugins:$PATH" PLUGIN_LOG=$PWD/log
    unset AGEDEBUG PLUGIN_SCRIPT PLUGIN_DEAF
    echo 'the content' >plain
    # Without data, and with some: 8 zero bytes.
    ONE=$(bech32 age1one)
    ONE_DATA=$(bech32 age1one 8)
    TWO=$(bech32 age1two)
    ID_ONE=$(bech32 AGE-PLUGIN-ONE-)
    ID_TWO=$(bech32 AGE-PLUGIN-TWO- 8)
}

# bech32 PREFIX [N]: the key with that prefix and N zero bytes, independent of our code.
bech32() {
    local -a g=(0x3b6a57b2 0x26508e6d 0x1ea119fa 0x3d4233dd 0x2a1462b3) values=()
    local alphabet=qpzry9x8gf2tvdw0s3jn54khce6mua7l prefix=${1,,} text c=1 v i top n
    n=$(((${2:-0} * 8 + 4) / 5))
    for ((i = 0; i < ${#prefix}; i++)); do
        printf -v v %d "'${prefix:i:1}"
        values[i]=$((v >> 5))
        values[${#prefix} + 1 + i]=$((v & 31))
    done
    values[${#prefix}]=0
    for ((i = 0; i < n + 6; i++)); do values+=(0); done
    for ((i = 0; i < ${#prefix} * 2 + 1 + n + 6; i++)); do
        top=$((c >> 25))
        c=$(((c & 0x1ffffff) << 5 ^ values[i]))
        for v in 0 1 2 3 4; do
            (((top >> v & 1) == 0)) || c=$((c ^ g[v]))
        done
    done
    c=$((c ^ 1))
    text=${prefix}1
    for ((i = 0; i < n; i++)); do text+=q; done
    for i in 25 20 15 10 5 0; do text+=${alphabet:$((c >> i & 31)):1}; done
    if [[ $1 == "$prefix" ]]; then echo "$text"; else echo "${text^^}"; fi
}

logged() {
    grep -qFx -- "$1" log || flunk "not in the log: $1: $(cat log)"
}

unlogged() {
    ! grep -q -- "$1" log || flunk "in the log: $1"
}

# says SCRIPT: what the plugin does from now on, in both machines, after which it is done.
says() {
    export PLUGIN_SCRIPT="$1; finish"
}

# sealed: a file that plugin one opens.
sealed() {
    seal -r "$ONE" -o sealed plain
    echo "$ID_ONE" >id
}

# misbehaves ERROR SCRIPT: the script makes opening fail with that error.
misbehaves() {
    PLUGIN_SCRIPT=$2 fails 1 "age-plugin-one: $1" 'the plugin is at fault; with AGEDEBUG=plugin*' \
        open -i id -o out sealed
    [ ! -e out ]
}

# wraps_badly ERROR SCRIPT: the same, for sealing.
wraps_badly() {
    PLUGIN_SCRIPT=$2 fails 1 "age-plugin-one: $1" 'the plugin is at fault; with AGEDEBUG=plugin*' \
        seal -r "$ONE" -o out plain
    [ ! -e out ]
}

@test 'plugin: what is sealed with -r or -R opens with -i, or -j' {
    works seal -r "$ONE" -o sealed plain
    logged 'machine recipient-v1'
    logged "add-recipient $ONE -"
    logged 'extension-labels -'
    grep -aqx -- '-> scripted b25l' sealed
    echo "$ID_ONE" >id
    works open -i id sealed
    cmp "$OUT" plain
    logged 'machine identity-v1'
    logged "add-identity $ID_ONE -"
    [ "$(grep -c '^recipient-stanza 0 scripted b25l ' log)" = 1 ]
    works open -j one sealed
    cmp "$OUT" plain
    works open -j ONE sealed
    works open --plugin=two -j one sealed
    printf '# friends\n%s\n' "$ONE_DATA" >friends
    works seal -R friends -a -o sealed plain
    logged "add-recipient $ONE_DATA -"
    works open -i id sealed
    cmp "$OUT" plain
}

@test 'plugin: an identity to seal to, -i and -j, goes to its plugin as it is' {
    echo "$ID_TWO" >id
    works seal -i id -o sealed plain
    logged "add-identity $ID_TWO -"
    works open -i id sealed
    cmp "$OUT" plain
    works seal -j one -o sealed plain
    logged "add-identity $ID_ONE -"
    works open -j one sealed
    cmp "$OUT" plain
    works seal -r "$(bech32 'age1a+b')" -o sealed plain
    works open -j a+b sealed
}

@test 'plugin: one run serves all keys of a plugin; native keys are tried before any' {
    new_key key
    keygen -q -t x25519 -o old
    works seal -r "$ONE" -r "$(keygen public old)" -r "$ONE_DATA" -r "$TWO" -o sealed plain
    [ "$(grep -c '^machine' log)" = 2 ]
    logged "add-recipient $ONE -"
    logged "add-recipient $ONE_DATA -"
    logged "add-recipient $TWO -"
    : >log
    { echo "$ID_ONE" && cat old; } >both
    works open -i both sealed
    cmp "$OUT" plain
    [ ! -s log ]
}

@test 'plugin: all stanzas are shown to it, bodies and arguments of any length' {
    new_key key
    says 'ask "recipient-stanza 0 scripted b25l" "$FILE_KEY"
        for n in 0 1 63 64 65 128 1000; do
            ask "recipient-stanza 0 odd n$n ~!" "$(head -c $n /dev/zero | base64 -w 0 | tr -d =)"
        done'
    works seal -r "$ONE" -o sealed plain
    unset PLUGIN_SCRIPT
    works open -j one sealed
    cmp "$OUT" plain
    for n in 0 1 63 64 65 128 1000; do
        body=$(head -c $n /dev/zero | base64 -w 0 | tr -d =)
        logged "recipient-stanza 0 odd n$n ~! ${body:--}"
    done
}

@test 'plugin: a message is shown, with its source, and cannot steer the terminal' {
    sealed
    says 'text msg "touch me"; text msg "$(printf "\033]0;x\007\302\233 \342\200\256evil\nopen: error: \377")"; unwrap'
    try open -i id sealed
    [ "$status" = 0 ]
    cmp "$OUT" plain
    printf '%s\n' 'open: age-plugin-one: touch me' \
        'open: age-plugin-one: \x1b]0;x\x07\xc2\x9b \xe2\x80\xaeevil\x0aopen: error: \xff' >expected
    cmp "$ERR" expected
    [ "$(grep -c '^reply ok -' log)" -ge 2 ]
    try open -q -i id sealed
    cmp "$ERR" expected
}

@test 'plugin: a public and a secret value, and choices, from the terminal' {
    sealed
    says 'text request-public "Which one"; text request-secret "PIN:"
        ask "confirm WWVz Tm8" "$(base64_of "Plug it in?")"
        ask "confirm T0s" "$(base64_of "Now touch it")"
        ask "confirm WWVz Tm8" "$(base64_of "Again?")"; unwrap'
    expect_script <<'SCRIPT'
spawn open -i id -o out sealed
want "age-plugin-one: Which one: "
send "slot 9\r"
want "slot 9"
want "age-plugin-one: PIN: "
send "123456\r"
want "age-plugin-one: Plug it in? (1 for \"Yes\", 2 for \"No\") "
send "3\r"
want "Plug it in? (1 for \"Yes\", 2 for \"No\") "
send "2\r"
want "age-plugin-one: Now touch it (Enter for \"OK\") "
send "\r"
want "Again? (1"
send "1\r"
finish 0
unseen 123456
SCRIPT
    cmp out plain
    logged "reply ok $(printf 'slot 9' | base64 | tr -d =)"
    logged "reply ok $(printf 123456 | base64 | tr -d =)"
    logged 'reply ok no -'
    [ "$(grep -cx 'reply ok yes -' log)" = 2 ]
}

@test 'plugin: without a terminal questions fail, and the plugin decides' {
    sealed
    says 'text request-public a; text request-secret b; ask "confirm WWVz Tm8"; unwrap'
    try setsid -w open -i id sealed
    [ "$status" = 0 ]
    cmp "$OUT" plain
    [ "$(grep -cx 'reply fail -' log)" = 3 ]
    [ "$(grep -c '^open: age-plugin-one asks for something, and there is no terminal' "$ERR")" = 3 ]
}

@test 'plugin: grease and commands nobody knows get unsupported, in both directions' {
    sealed
    says 'ask "grease-ff 1 2" AAAA; ask xyzzy; unwrap; ask zzz'
    works open -i id sealed
    [ "$(grep -cx 'reply unsupported -' log)" = 3 ]
    export PLUGIN_SCRIPT='ask "grease-ff 1 2" AAAA; wrap; ask xyzzy; finish'
    works seal -r "$ONE" -o sealed plain
    [ "$(grep -cx 'reply unsupported -' log)" = 5 ]
    unset PLUGIN_SCRIPT
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do works open -i id sealed; done
    grep -qx grease log
}

@test 'plugin: its errors are its words' {
    sealed
    for kind in internal 'identity 0' 'stanza 0 0' 'something else'; do
        says "text 'error $kind' 'no card in the reader'"
        fails 1 'age-plugin-one says: no card in the reader' \
            "these are the plugin's words; its manual may tell more" open -i id -o out sealed
        [ ! -e out ]
    done
    for kind in internal 'identity 0' 'recipient 0'; do
        says "text 'error $kind' 'bad recipient'"
        fails 1 'age-plugin-one says: bad recipient' "these are the plugin's words*" \
            seal -r "$ONE" -o out plain
        [ ! -e out ]
    done
    # its first error counts, whether it ends well or not; a key found in spite of it is a key
    says 'text "error internal" first; text "error internal" second'
    fails 1 'age-plugin-one says: first' '*' open -i id sealed
    PLUGIN_SCRIPT='text "error internal" first; exit 3' \
        fails 1 'age-plugin-one says: first' '*' open -i id sealed
    says 'text "error stanza 0 0" broken; unwrap'
    works open -i id sealed
    says 'wrap; text "error internal" late'
    fails 1 'age-plugin-one says: late' '*' seal -r "$ONE" plain
    says 'ask "error internal"'
    fails 1 'age-plugin-one says: it gives no reason' '*' open -i id sealed
    says 'text "error internal" "$(printf "\033[31mred")"'
    fails 1 'age-plugin-one says: \\x1b\[31mred' '*' open -i id sealed
}

@test 'plugin: no key is no error of its, and another may have one' {
    sealed
    echo "$ID_TWO" >other
    fails 3 'sealed: no key fits: none of your identities*' '*' open -i other sealed
    export PLUGIN_SCRIPT='[[ $NAME == one ]] || { text "error internal" broken; finish; exit; }; unwrap; finish'
    works open -i other -i id sealed
    cmp "$OUT" plain
    works open -j missing -i id sealed
    fails 1 'age-plugin-two says: broken' '*' open -i other sealed
}

@test 'plugin: whatever it does wrong in opening is said' {
    sealed
    misbehaves 'it ended before it was done' 'exit 0'
    misbehaves 'it ended before it was done, with exit status 42' 'exit 42'
    misbehaves 'it ended before it was done: it was ended by signal 15' 'kill -TERM $$'
    misbehaves 'it ended before it was done, with exit status 1' 'printf -- "-> file-k"; exit 1'
    misbehaves 'it ended before it was done, with exit status 1' 'unwrap; exit 1'
    misbehaves 'what it says is no stanza' 'echo hello; sleep 1'
    misbehaves 'what it says is no stanza' 'head -c 16000 /dev/zero; echo; sleep 1'
    misbehaves 'what it says is too long' 'head -c 2000000 /dev/zero | tr "\0" a'
    misbehaves 'what it says is too long' 'echo "-> msg"; for ((i = 0; i < 17000; i++)); do printf "%064d\n"; done'
    misbehaves 'an argument of the stanza is empty' 'tell "msg  a"; sleep 1'
    misbehaves 'the stanza holds a character that is not allowed' 'tell "msg $(printf "\001")"; sleep 1'
    misbehaves "a line of the stanza's body is not canonical base64" 'tell msg A=; sleep 1'
    misbehaves "a line of the stanza's body is too long" 'printf -- "-> msg\n%065d\n"; sleep 1'
    misbehaves 'it gave the key of a file that it was not given' 'ask "file-key 1" AAAAAAAAAAAAAAAAAAAAAA'
    misbehaves 'it gave the key of a file that it was not given' 'ask "file-key -1" AAAAAAAAAAAAAAAAAAAAAA'
    misbehaves 'it gave the key of a file that it was not given' 'ask "file-key 00" AAAAAAAAAAAAAAAAAAAAAA'
    misbehaves 'it gave the key of a file that it was not given' 'ask file-key AAAAAAAAAAAAAAAAAAAAAA'
    misbehaves 'it gave the key of a file that it was not given' 'ask "file-key 0 0" AAAAAAAAAAAAAAAAAAAAAA'
    misbehaves 'the file key it gave is not 16 bytes' 'ask "file-key 0" AAAAAAAAAAAAAAAAAAAA'
    misbehaves 'the file key it gave is not 16 bytes' 'ask "file-key 0"'
    misbehaves 'the file key it gave is not 16 bytes' 'ask "file-key 0" AAAAAAAAAAAAAAAAAAAAAAA'
    misbehaves 'it gave two keys for one file' 'unwrap; unwrap; finish'
    misbehaves 'its "done" is malformed' 'unwrap; tell "done now"'
    misbehaves 'its "done" is malformed' 'unwrap; tell done AAAA'
    misbehaves 'it asks for a choice without one or two options' 'ask confirm; finish'
    misbehaves 'it asks for a choice without one or two options' 'ask "confirm a b c"; finish'
    misbehaves 'the options of its choice are not base64' 'ask "confirm A="; finish'
    misbehaves 'the options of its choice are not base64' 'ask "confirm WWVz Tm8="; finish'
    misbehaves 'its error is about something that it was not given' 'text "error identity 1" x'
    misbehaves 'its error is about something that it was not given' 'text "error stanza 0 1" x'
    misbehaves 'its error is about something that it was not given' 'text "error stanza 1 0" x'
    misbehaves 'its error is about something that it was not given' 'text "error identity" x'
    misbehaves 'it does not come to an end' 'while printf "%s\n\n" "-> grease" && read -r _ && read -r _; do :; done'
    # a wrong key of the right size is for the header to find out
    says 'ask "file-key 0" AAAAAAAAAAAAAAAAAAAAAA'
    fails 4 'sealed: the header was changed after it was sealed' '*' open -i id sealed
}

@test 'plugin: whatever it does wrong in sealing is said, and nothing is written' {
    wraps_badly 'it ended before it was done, with exit status 3' 'wrap; exit 3'
    wraps_badly 'it made no stanza' finish
    wraps_badly 'a stanza it made is malformed' 'ask "recipient-stanza 0"'
    wraps_badly 'it made a stanza for a file that it was not given' 'ask "recipient-stanza 1 x"'
    wraps_badly 'it made a stanza for a file that it was not given' 'ask "recipient-stanza x x"'
    wraps_badly 'it sends its labels twice' 'ask labels; ask labels'
    wraps_badly 'it sends the same label twice' 'ask "labels a b a"'
    wraps_badly 'it sends too many labels' 'ask "labels $(seq -s " " 65)"'
    wraps_badly 'its error is about something that it was not given' 'text "error recipient 1" x'
    wraps_badly 'an X25519 stanza has one argument, its share' 'ask "recipient-stanza 0 X25519" AAAA; finish'
    wraps_badly 'a password stanza stands beside another' \
        'ask "recipient-stanza 0 scrypt AAAAAAAAAAAAAAAAAAAAAA 10" "$(head -c 32 /dev/zero | base64 -w 0 | tr -d =)"; wrap; finish'
    wraps_badly 'its stanzas are too large for a file' \
        'b=$(head -c 720000 /dev/zero | base64 -w 0); for i in 1 2 3 4 5; do ask "recipient-stanza 0 x" "$b"; done; finish'
}

@test 'plugin: labels decide who goes with whom' {
    keygen -q -o pq
    pq=$(keygen public pq)
    keygen -q -t x25519 -o old
    old=$(keygen public old)
    export PLUGIN_SCRIPT='v=LABELS_$NAME; [[ -z ${!v+set} ]] || ask "labels${!v:+ ${!v}}"; wrap; finish'
    works seal -r "$old" -r "$ONE" -r "$TWO" -o sealed plain
    LABELS_one='' works seal -r "$old" -r "$ONE" -r "$TWO" -o sealed plain
    LABELS_one=postquantum works seal -r "$ONE" -r "$pq" -o sealed plain
    works open -i pq sealed
    cmp "$OUT" plain
    LABELS_one='b a' LABELS_two='a b' works seal -r "$ONE" -r "$TWO" -o sealed plain
    LABELS_one=random works seal -r "$ONE" -r "$ONE_DATA" -o sealed plain
    LABELS_one=postquantum fails 2 \
        'the recipients of age-plugin-one are post-quantum, and do not mix with the others' \
        'whoever breaks the weakest recipient reads the file;*' seal -r "$ONE" -r "$old" -o out plain
    fails 2 'the recipients of age-plugin-one are not post-quantum, and do not mix with the others' \
        'whoever breaks the weakest*' seal -r "$ONE" -r "$pq" -o out plain
    LABELS_one=postquantum fails 2 \
        'the recipients of age-plugin-two are not post-quantum, and do not mix with the others' '*' \
        seal -r "$ONE" -r "$TWO" -o out plain
    LABELS_one=x LABELS_two='x y' fails 2 \
        'the recipients of age-plugin-two are to stand alone in a file, or with their like, and do not mix with the others' \
        'seal twice, to two files' seal -r "$ONE" -r "$TWO" -o out plain
    LABELS_one='postquantum x' fails 2 'the recipients of age-plugin-one are to stand alone*' '*' \
        seal -r "$ONE" -r "$pq" -o out plain
    fails 2 '1 of the 2 recipients is post-quantum*' '*' \
        seal -r "$ONE" -r "$pq" -r "$old" -o out plain
    [ ! -e out ]
}

@test 'plugin: one that is not on PATH, or is there in a wrong way' {
    missing='there is no program age-plugin-gone in the folders of PATH'
    hint='install the plugin that this key belongs to, or add the folder that it is in to PATH'
    fails 1 "$missing" "$hint" seal -r "$(bech32 age1gone)" -o out plain
    fails 1 "$missing" "$hint" seal -j gone -o out plain
    [ ! -e out ]
    sealed
    fails 1 "$missing" "$hint" open -j gone sealed
    # neither a folder nor a file that is no program, nor what a relative path names
    mkdir plugins/age-plugin-gone
    fails 1 "$missing" "$hint" open -j gone sealed
    rmdir plugins/age-plugin-gone
    echo >plugins/age-plugin-gone
    fails 1 "$missing" "$hint" open -j gone sealed
    chmod +x plugins/age-plugin-gone
    fails 1 'age-plugin-gone: it cannot be run: *' 'the plugin is at fault*' open -j gone sealed
    ln -s "$REPOSITORY/tests/plugins/age-plugin-scripted" age-plugin-here
    for path in ".:$PATH" ":$PATH" "$PATH:" "plugins/..:$PATH"; do
        PATH=$path fails 1 'there is no program age-plugin-here*' '*' open -j here sealed
    done
    PATH=$PWD/nowhere:$PWD:$PATH works seal -j here -o out plain
}

@test 'plugin: a name with a slash, or with anything else' {
    why="the plugin's name in it has a character that is not allowed"
    fails 2 "not a recipient: $why" '*' seal -r "$(bech32 'age1../x')" plain
    fails 2 "not a recipient: $why" '*' seal -r "$(bech32 'age1/bin/sh')" plain
    fails 2 "not a recipient: $why" '*' seal -r "$(bech32 'age1a@b')" plain
    fails 2 'not a recipient: it names no plugin' '*' seal -r "$(bech32 age1)" plain
    sealed
    bech32 AGE-PLUGIN-../X- >bad
    fails 4 "bad: line 1: not an identity: $why" '*' open -i bad sealed
    bech32 AGE-PLUGIN- >bad
    fails 4 'bad: line 1: not an identity: it names no plugin' '*' open -i bad sealed
    for name in ../x /bin/sh 'a b' '' 'a@b' "$(printf '%065d' 0)"; do
        fails 2 "${name:-nothing} cannot be a plugin's name" 'it is what follows age-plugin-*' \
            open -j "$name" sealed
        fails 2 "${name:-nothing} cannot be a plugin's name" 'it is what follows age-plugin-*' \
            seal -j "$name" plain
    done
    fails 2 "not a recipient: its checksum does not match*; character ${#ONE} is wrong" '*' \
        seal -r "${ONE%?}x" plain
    echo "${ID_ONE,,}" >bad
    fails 4 'bad: line 1: not an identity: it must be all in upper case' '*' open -i bad sealed
    fails 2 'not a recipient: it is a secret key' '*' seal -r "$ID_ONE" plain
}

# The example of the age specification.
TAG=age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e

@test 'tag: a recipient in hardware is sealed to without its plugin' {
    new_key key
    ln -s one plugins/age-plugin-tag # which is not run
    works seal -r "$TAG" -r "$RECIPIENT" -o sealed plain
    [ "$(grep -ac '^-> p256tag [A-Za-z0-9+/]\{6\} [A-Za-z0-9+/]\{87\}$' sealed)" = 1 ]
    [ ! -e log ]
    works open -i key sealed
    cmp "$OUT" plain
    echo "$TAG" >friends
    works seal -R friends -o sealed plain
    works open --inspect sealed
    grep -q '1 x p256tag ' "$OUT"
    fails 3 'sealed: no key fits: *' '*' open -i key sealed
    new_key pq
    keygen -q -f -o pq
    fails 2 '1 of the 2 recipients is post-quantum, which does not mix with others' '*' \
        seal -r "$TAG" -i pq -o out plain
    fails 2 "not a recipient: what it holds is no point of P-256: nobody's key" '*' \
        seal -r "$(bech32 age1tag 33)" -o out plain
    fails 2 "not a recipient: what it holds is no point of P-256: nobody's key" '*' \
        seal -r "$(bech32 age1tagpq 1249)" -o out plain
    for n in 32 34 65; do
        fails 2 'not a recipient: it is too short or too long' '*' seal -r "$(bech32 age1tag $n)" -o out plain
    done
    fails 2 'not a recipient: it is too short or too long' '*' seal -r "$(bech32 age1tagpq 1248)" -o out plain
    fails 2 'not a recipient: it must be all in lower case' '*' seal -r "${TAG^^}" -o out plain
    fails 2 'not a recipient: its checksum does not match*; character 20 is wrong' '*' \
        seal -r "${TAG:0:19}q${TAG:20}" -o out plain
    echo "$TAG" >id
    fails 4 'id: line 1: not an identity: it is a recipient, the public half of a key' '*' open -i id sealed
    [ ! -e out ]
}

@test 'tag: where libcrypto is missing, the plugin is asked' {
    mkdir none
    echo none >none/libcrypto.so.3
    fails 1 'there is no program age-plugin-tag in the folders of PATH' '*' \
        env LD_LIBRARY_PATH="$PWD/none" seal -r "$TAG" -o out plain
    ln -s "$REPOSITORY/tests/plugins/age-plugin-scripted" plugins/age-plugin-tag
    works env LD_LIBRARY_PATH="$PWD/none" seal -r "$TAG" -o sealed plain
    logged "add-recipient $TAG -"
    works open -j tag sealed
    cmp "$OUT" plain
}

@test 'plugin: it gets its pipes, the root folder, and no password' {
    sealed
    says 'printf "fd %s\n" /proc/$$/fd/* >>"$PLUGIN_LOG"; pwd >>"$PLUGIN_LOG"
        echo "file <${SIGNET_PASSWORD_FILE-}> home <$HOME>" >>"$PLUGIN_LOG"; unwrap'
    exec 5<plain
    SIGNET_PASSWORD_FILE=plain works open -i id sealed
    exec 5<&-
    logged /
    logged "file <> home <$HOME>"
    # bash has its script open as 255, and the folder while it lists it as 3
    [ "$(sed -n 's,^fd .*/,,p' log | paste -sd ' ')" = '0 1 2 255 3' ]
}

@test 'plugin: its standard error is shown for AGEDEBUG=plugin alone' {
    sealed
    works open -i id sealed
    AGEDEBUG=plugin try open -i id sealed
    [ "$status" = 0 ]
    [ "$(cat "$ERR")" = 'the plugin one speaks' ]
}

@test 'plugin: one that takes its time is waited for, and the user is told' {
    sealed
    says 'sleep 6; unwrap'
    try open -i id sealed
    [ "$status" = 0 ]
    [ "$(cat "$ERR")" = 'open: waiting for age-plugin-one; it may be waiting for you, at a device of yours' ]
    works open -q -i id sealed
}

@test 'plugin: an interrupt ends it with us, however deaf it is' {
    sealed
    export PLUGIN_SCRIPT='trap "" INT TERM HUP; cd "${PLUGIN_LOG%/*}"; echo $$ >pid.new; mv pid.new pid
        while :; do sleep 1; done'
    open -i id -o out sealed 2>"$ERR" &
    us=$!
    await test -s pid
    kill -TERM $us
    status=0
    wait $us || status=$?
    [ "$status" = 143 ]
    await eval '! kill -0 "$(cat pid)"'
    [ ! -e out ]
}

@test 'plugin: one that hears nothing may still answer' {
    sealed
    key=$(sed -n 's/^wrap-file-key //p' log)
    export PLUGIN_DEAF=1
    PLUGIN_SCRIPT="exec <&-; tell 'file-key 0' $key; finish" works open -i id sealed
    cmp "$OUT" plain
}

@test 'keygen public: only the plugin knows' {
    echo "$ID_ONE" >id
    fails 1 'id: only age-plugin-one knows the recipient of the identity in it' \
        'its manual tells how to ask it; seal -i seals to the identity itself' keygen public id
}

@test 'age-plugin-signet: tells its keys, and refuses what it does not know' {
    run -0 age-plugin-signet
    [ "${lines[-1]}" = AGE-PLUGIN-SIGNET-1AHGRYP ]
    [ "${lines[-2]}" = '# recipient: age1signet12yn9gq' ]
    [ "$(bech32 AGE-PLUGIN-SIGNET-)" = AGE-PLUGIN-SIGNET-1AHGRYP ]
    [ "$(bech32 age1signet)" = age1signet12yn9gq ]
    run -0 age-plugin-signet --help
    [[ $output == *'manual: man age-plugin-signet'* ]]
    run -2 age-plugin-signet --age-plugin=identity-v9
    [[ $output == *'the state machine identity-v9 is not known here'* ]]
    run -1 age-plugin-signet --age-plugin=identity-v1 </dev/null
    [[ $output == *'it hung up'* ]]
    run -1 age-plugin-signet --age-plugin=recipient-v1 <<<garbage
    run -1 sh -c 'age-plugin-signet >/dev/full'
}

@test 'age-plugin-signet: age opens what seal -p has sealed, on the terminal' {
    password_file pw 'correct horse'
    seal -p --password-file pw --work 10 -o sealed plain
    expect_script <<'SCRIPT'
spawn sh -c "age -d -j signet sealed >out"
want "Password:"
send "wrong\r"
want "the password does not fit; once more"
want "Password:"
send "correct horse\r"
finish 0
SCRIPT
    cmp out plain
    age-plugin-signet >id
    expect_script <<'SCRIPT'
spawn sh -c "age -d -i id -o out2 sealed"
want "Password:"
send "correct horse\r"
finish 0
SCRIPT
    cmp out2 plain
    expect_script <<'SCRIPT'
spawn sh -c "age -d -j signet sealed"
want "Password:"
send "wrong\r"
want "Password:"
send "wrong\r"
want "Password:"
send "wrong\r"
want "the password does not fit"
finish 1
SCRIPT
}

@test 'age-plugin-signet: age seals with a password that open takes' {
    password_file pw 'correct horse'
    expect_script <<'SCRIPT'
spawn sh -c "age -r age1signet12yn9gq -o sealed plain"
want "New password:"
send "correct horse\r"
want "The same again:"
send "correct hearse\r"
want "the two passwords are not the same; once more"
want "New password:"
send "correct horse\r"
want "The same again:"
send "correct horse\r"
finish 0
SCRIPT
    [ "$(head -n 2 sealed | tail -n 1 | cut -d ' ' -f 1,2,4-)" = '-> signet/argon2id 3 18 4' ]
    works open --password-file pw sealed
    cmp "$OUT" plain
    SIGNET_PASSWORD_FILE=$PWD/pw age -e -j signet -o again plain
    works open --password-file pw again
    SIGNET_PASSWORD_FILE=$PWD/pw age -d -j signet again >out
    cmp out plain
}

@test 'age-plugin-signet: seal and open as its clients' {
    password_file pw 'correct horse'
    expect_script <<'SCRIPT'
spawn seal -r age1signet12yn9gq -o sealed plain
want "age-plugin-signet: New password: "
send "correct horse\r"
want "age-plugin-signet: The same again: "
send "correct horse\r"
finish 0
spawn open -j signet -o out sealed
want "age-plugin-signet: Password: "
send "correct horse\r"
finish 0
unseen horse
SCRIPT
    cmp out plain
    works open --password-file pw sealed
    cmp "$OUT" plain
}

@test 'age-plugin-signet: its label lets no other recipient stand beside the password' {
    new_key key
    password_file pw secret
    # the plugin itself is given the file by a wrapper: we do not pass it on
    printf '#!/bin/sh\nSIGNET_PASSWORD_FILE=%s exec %s "$@"\n' "$PWD/pw" "$BIN/age-plugin-signet" \
        >plugins/age-plugin-signet
    chmod +x plugins/age-plugin-signet
    works seal -r age1signet12yn9gq -o sealed plain
    works open -j signet sealed
    cmp "$OUT" plain
    fails 2 'the recipients of age-plugin-signet are to stand alone in a file, or with their like, and do not mix with the others' \
        'seal twice, to two files' seal -r age1signet12yn9gq -r "$RECIPIENT" -o out plain
    fails 1 'age-plugin-signet says: a password stands alone: name it once' '*' \
        seal -r age1signet12yn9gq -j signet -o out plain
    fails 1 'age-plugin-signet says: it is not age1signet12yn9gq, the one recipient of this plugin' '*' \
        seal -r "$(bech32 age1signet 4)" -o out plain
    bech32 AGE-PLUGIN-SIGNET- 4 >bad
    fails 1 'age-plugin-signet says: it is not AGE-PLUGIN-SIGNET-1AHGRYP, the one identity of this plugin' \
        '*' open -j signet -i bad sealed
    password_file pw 'another one'
    fails 1 'age-plugin-signet says: the password does not fit' '*' open -j signet sealed
    : >pw
    fails 1 'age-plugin-signet says: the password is empty' '*' open -j signet sealed
    rm pw
    fails 1 'age-plugin-signet says: cannot open */pw (SIGNET_PASSWORD_FILE;*' '*' open -j signet sealed
    seal -r "$RECIPIENT" -o other plain
    fails 3 'other: no key fits*' '*' open -j signet other
}

# plays LINE...: what the plugin answers to identity-v1 after these lines and "done".
plays() {
    printf '%s\n' "$@" '-> done' '' | age-plugin-signet --age-plugin=identity-v1 2>/dev/null || true
}

@test 'age-plugin-signet: bad stanzas, costs and orders of files' {
    id=('-> add-identity AGE-PLUGIN-SIGNET-1AHGRYP' '')
    body=$(zeros 43)
    run plays "${id[@]}" '-> recipient-stanza 0 X25519 a' '' '-> grease' AAAA
    [ "$output" = '-> done' ]
    run plays "${id[@]}" "-> recipient-stanza 3 signet/argon2id $(zeros 22) 3 30 4" "$body"
    [ "${lines[0]}" = '-> request-secret' ]
    run plays "${id[@]}" "-> recipient-stanza 3 x" '' "-> recipient-stanza 3 signet/argon2id $(zeros 22) 3 18 4" "$body"
    [ "${lines[0]}" = '-> error stanza 3 1' ]
    [ "$(base64 -d <<<"${lines[1]}" 2>/dev/null)" = 'a password stanza stands beside another' ]
    run plays "${id[@]}" '-> recipient-stanza 0 signet/argon2id' "$body"
    [ "${lines[0]}" = '-> error stanza 0 0' ]
    run plays "${id[@]}" '-> recipient-stanza 1 x' '' '-> recipient-stanza 0 x' ''
    [ "${lines[0]}" = '-> error internal' ]
    run plays '-> add-identity AGE-PLUGIN-OTHER-1QQQQQQ' ''
    [ "${lines[0]}" = '-> error identity 0' ]
    password_file pw secret
    SIGNET_PASSWORD_FILE=$PWD/pw run plays "${id[@]}" \
        "-> recipient-stanza 0 signet/argon2id $(zeros 22) 3 25 4" "$body"
    [ "${lines[0]}" = '-> error stanza 0 0' ]
    [[ $(printf '%s' "${lines[@]:1}" | base64 -d 2>/dev/null) == 'the file asks for more password hashing'* ]]
}
