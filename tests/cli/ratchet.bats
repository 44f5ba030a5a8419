#!/usr/bin/env bats
# ratchet: two people, two homes, and files between them.

load helper

setup() {
    prepare
    new_key key.txt
    export SIGNET_IDENTITY=$PWD/key.txt
    for who in alice bob carol; do
        as $who vault init -q -i key.txt
    done
}

# as WHO COMMAND...: in the home of WHO, on a device of WHO's own.
as() {
    local who=$1
    shift
    SIGNET_HOME=$PWD/$who XDG_STATE_HOME=$PWD/$who-state "$@"
}

# says WHO NAME TEXT FILE: WHO sends NAME a text, into a file.
says() {
    printf '%s\n' "$3" | as "$1" ratchet send -q "$2" >"$4"
}

# reads WHO FILE TEXT: WHO receives the file, and it is that text.
reads() {
    works as "$1" ratchet receive -q "$2"
    [ "$(cat "$OUT")" = "$3" ] || flunk "not the text: $(cat "$OUT")"
}

# Alice has begun a conversation with bob, who has let her in.
meet() {
    as bob ratchet offer -q >bobs
    works as alice ratchet start -q bob bobs
    says alice bob 'hello bob' m0
    fails_with 1 as bob ratchet receive m0
    name=$(as bob ratchet list | cut -d' ' -f1)
    works as bob ratchet accept -q "$name" alice
    [ "$(cat "$OUT")" = 'hello bob' ]
}

fails_with() {
    local want=$1
    shift
    try "$@"
    [ "$status" = "$want" ] || flunk "status $status, not $want: $*"
}

@test "ratchet: an offer, a stranger who waits, and a conversation" {
    meet
    [ "$(wc -l <m0)" = 1 ]
    says bob alice 'hello alice' m1
    reads alice m1 'hello alice'
    says alice bob one m2
    says alice bob two m3
    reads bob m3 two
    reads bob m2 one
    fails_with 4 as bob ratchet receive m2
    grep -q duplicate-or-expired "$ERR"
    as bob ratchet list | grep -q '^alice  unverified'
    works as bob ratchet verify --confirm alice
    as bob ratchet show alice | grep -q verified
}

@test "ratchet: messages are found in other text, each in its own right; the worst status counts" {
    meet
    says alice bob one a
    says alice bob two b
    { echo '<alice> see this:'; sed 's/^/> /' a; head -c 100 m0; echo; fold -w 60 b | sed 's/^/> /'; } >log
    works as bob ratchet receive -q log
    [ "$(cat "$OUT")" = $'one\ntwo' ]
    says alice bob three c
    try as bob ratchet receive -q < <(cat a c)
    [ "$status" = 4 ] && [ "$(cat "$OUT")" = three ]
    works as alice ratchet receive -q --status-fd 3 c 3>words
    [ "$(cat words)" = own ]
}

@test "ratchet: bad input changes nothing and says what it is" {
    meet
    as carol ratchet offer -q >carols
    says alice bob text m
    fails_with 3 as carol ratchet receive m
    echo nothing >none
    fails_with 4 as bob ratchet receive none
    head -c 200 m >half
    fails_with 4 as bob ratchet receive half
    sed 's/\(.\{150\}\)./\1_/; s/__/_A/' m >changed
    fails_with 4 as bob ratchet receive changed || cmp -s changed m
    reads bob m text
    fails_with 4 as bob ratchet start me bobs
    sed 's/^\(.\{300\}\)./\1_/' carols >bad
    cmp -s bad carols && sed 's/^\(.\{300\}\)./\1A/' carols >bad
    fails_with 4 as bob ratchet start carol bad
    fails_with 1 as bob ratchet start alice carols
    fails_with 1 as bob ratchet send nobody none
    fails_with 1 as carol ratchet accept nobody
}

@test "ratchet: what did not leave is there again, to the byte; what was not shown is recovered" {
    meet
    fails_with 1 as alice sh -c 'echo lost | ratchet send -q bob >/dev/full'
    works as alice ratchet resend -q bob
    cp "$OUT" m
    reads bob m lost
    says alice bob again n
    works as alice ratchet resend -q bob
    cmp "$OUT" n
    fails_with 1 as bob sh -c 'ratchet receive -q n >/dev/full'
    fails_with 4 as bob ratchet receive -q --json n
    grep -q '"recovered": true' "$OUT" && grep -q '"text": "again' "$OUT"
    fails_with 4 as bob ratchet receive -q --json n
    [ ! -s "$OUT" ]
}

@test "ratchet: a store put back is told, stops, and begins anew" {
    meet
    cp -r bob saved
    says bob alice x m
    rm -rf bob && mv saved bob
    echo x >x
    fails_with 1 as bob ratchet send alice x
    grep -q 'older state' "$ERR" && grep -q rollback "$ERR"
    says alice bob y n
    fails_with 1 as bob ratchet receive n
    as alice ratchet offer -q >again
    works as bob ratchet start -q --replace alice again
    says bob alice back k
    reads alice k back
}

@test "ratchet: one fingerprint's offer, offers listed and revoked, contacts blocked and forgotten" {
    meet
    as alice ratchet offer -q --for "$(as bob ratchet verify alice | sed -n 's/^mine *//p')" >for-bob
    works as carol ratchet start -q alice for-bob
    says carol alice hi m
    fails_with 3 as alice ratchet receive m
    as alice ratchet offer -q --reusable >/dev/null
    [ "$(as alice ratchet offer list | wc -l)" = 2 ]
    works as alice ratchet offer revoke 2
    [ "$(as alice ratchet offer list | wc -l)" = 1 ]
    fails_with 1 as alice ratchet offer revoke 2
    works as bob ratchet rename alice al
    works as bob ratchet block al
    says alice bob hey n
    fails_with 1 as bob ratchet receive n
    [ ! -s "$OUT" ]
    works as bob ratchet forget al
    [ -z "$(as bob ratchet list)" ]
}

@test "ratchet: two processes on one conversation at once lose nothing and repeat nothing" {
    local i
    meet
    for i in 1 2 3 4 5 6 7 8; do
        says alice bob "text $i" "m$i" &
    done
    wait
    cat m[1-8] >all
    works as bob ratchet receive -q all
    sort "$OUT" >sorted
    seq -f 'text %g' 8 | cmp - sorted
}

@test "ratchet: a message in short lines, in any order" {
    meet
    head -c 3000 /dev/zero | tr '\0' x >long
    as alice ratchet send -q --max-chars 200 bob long >pieces
    [ "$(wc -L <pieces)" -le 200 ] && [ "$(wc -l <pieces)" -gt 10 ]
    tail -n +2 pieces | sort -r >most
    works as bob ratchet receive -q most
    [ ! -s "$OUT" ]
    head -1 pieces >first
    works as bob ratchet receive -q --status-fd 3 first 3>words
    grep -qx 'ok name=alice' words
    tr -d '\n' <"$OUT" | cmp - long
    fails_with 1 as alice ratchet send -q --max-chars 32 bob long
    says alice bob after m
    reads bob m after
}

@test "ratchet: pipe, line by line and many at once, and a clean end on SIGTERM" {
    local pid
    meet
    seq 500 >lines
    fails_with 1 as alice sh -c 'ratchet pipe send -q bob <lines >some'
    [ "$(wc -l <some)" = 15 ] && [ "$(wc -l <"$ERR")" = 1 ]
    [ "$(as bob ratchet pipe receive -q alice <some)" = "$(seq 15)" ]
    says bob alice answer a
    reads alice a answer
    as alice ratchet pipe send -q bob <lines >wires
    [ "$(wc -l <wires)" = 500 ]
    as bob ratchet pipe receive -q alice <wires | cmp - lines
    mkfifo in
    as alice ratchet pipe send -q bob <"$PWD/in" >"$PWD/more" &
    pid=$!
    exec 4>in
    echo first >&4
    until [ -s more ]; do sleep 0.05; done
    echo second >&4
    until [ "$(wc -l <"$PWD/more")" = 2 ]; do sleep 0.05; done
    kill $(pgrep -P $pid) 2>/dev/null || kill $pid
    wait $pid
    exec 4>&-
    works as bob ratchet receive -q more
    [ "$(cat "$OUT")" = $'first\nsecond' ]
}
