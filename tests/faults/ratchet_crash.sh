#!/usr/bin/env bash
# Kills `ratchet send` and `ratchet receive` at every system call that changes a file or writes, one
# after another, and looks afterwards whether any message's key served two texts, and whether any
# message was lost, or shown twice without the word "recovered". Two processes on one conversation at
# once come last. SIGNET_BIN: the tools.
#
#     SG_CRASH_FULL=1   at every system call of whatever kind
#
# The kill is strace's: the call is not made, and the process is gone.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

: "${SIGNET_BIN:=$PWD/build/bin}"
PATH=$SIGNET_BIN:$PATH
passed=0 failed=0
if [[ -w /dev/shm ]]; then folder=$(mktemp -d -p /dev/shm); else folder=$(mktemp -d); fi
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

if ! strace -o /dev/null true 2>/dev/null; then
    echo 'strace is not there, or may not trace'
    echo '0 passed, 1 failed'
    exit 1
fi

# as WHO COMMAND...: with WHO's home and guard
as() {
    local who=$1
    shift
    SIGNET_HOME=$folder/$who/home XDG_STATE_HOME=$folder/$who/state SIGNET_IDENTITY=$folder/key.txt "$@"
}

# fresh NEW OLD: a copy of somebody, guard and all, as if he had stopped there
fresh() {
    rm -rf "${folder:?}/$1"
    cp -a "$folder/$2" "$folder/$1"
}

bad() {
    printf 'not so: %s\n' "$*"
    failed=$((failed + 1))
    wrong=1
}

tokens() {
    grep -oh 'rt1m\.[A-Za-z0-9_-]*\.' "$@" | sort -u
}

keygen -q -o key.txt
mkdir -p alice bob
as alice vault init -q -i key.txt
as bob vault init -q -i key.txt
as bob ratchet offer -q >bob.offer
as alice ratchet start -q bob bob.offer
echo one | as alice ratchet send -q bob >m1
as bob ratchet receive -q --accept any m1 >/dev/null
alice=$(as bob ratchet list | awk '{ print $1; exit }')
echo two | as bob ratchet send -q "$alice" >m2
as alice ratchet receive -q m2 >/dev/null
echo three | as alice ratchet send -q bob >m3
if ! [[ -s m3 && $(as bob ratchet receive -q m3) == *three* ]]; then
    echo 'the conversation does not begin'
    echo '0 passed, 1 failed'
    exit 1
fi

# kill_at CALL N WHO COMMAND...: status 137 when it was killed there
kill_at() {
    local call=$1 n=$2 who=$3
    shift 3
    as "$who" strace -f -qqq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$n" "$@"
}

# After a kill: what left, what is sent again, and a next message go to the other side, all of it.
judge_send() {
    local where=$1 t
    as x ratchet resend -q bob >again 2>resend.err
    echo 'five' | as x ratchet send -q bob >next 2>next.err || bad "$where: the next cannot be sent: $(<next.err)"
    fresh y bob
    tokens out again next >all
    : >shown
    while read -r t; do
        [[ $t == "$(tokens m3)" ]] && continue
        printf '%s\n' "$t" | as y ratchet receive -q --json >one 2>one.err ||
            bad "$where: a message that left is refused: $(<one.err)"
        cat one >>shown
    done <all
    grep -q five shown || bad "$where: the next message does not arrive"
    # a message that left whole is one of those that are sent again, or it was marked as gone
    [[ $(tokens out | wc -l) -le 1 ]] || bad "$where: two messages left"
    [[ $(grep -c four shown) -le 1 ]] || bad "$where: one text in two messages"
    # distinct wires, distinct numbers
    local wires numbers
    wires=$(grep -vcxF "$(tokens m3)" all)
    numbers=$(grep -oE '"n": *[0-9]+' shown | sort -u | wc -l)
    [[ $wires == "$numbers" ]] || bad "$where: $wires messages, $numbers numbers"
    if ((killed == 0)) && ! grep -q four shown; then bad "$where: it was not sent"; fi
}

# After a kill: the same message again. Shown once at least; a second time only as recovered.
judge_receive() {
    local where=$1 first again
    as y ratchet receive -q --json <four >again 2>again.err
    first=$(grep -c '"text": *"four' out)
    again=$(grep -c '"text": *"four' again)
    ((first + again >= 1)) || bad "$where: the message is lost: $(<again.err)"
    if ((first && again)) && ! grep -q recovered again; then bad "$where: shown twice, and not as recovered"; fi
    ((first + again <= 2)) || bad "$where: shown $((first + again)) times"
    echo 'six' | as x ratchet send -q bob >next6 2>/dev/null
    [[ $(as y ratchet receive -q next6 2>&1) == *six* ]] || bad "$where: the next one does not arrive"
}

fresh x alice
echo four | as x ratchet send -q bob >four
fresh sent x

calls=(write pwrite64 fsync fdatasync ftruncate unlink rename)
if [[ ${SG_CRASH_FULL:-} ]]; then
    mapfile -t calls < <({
        fresh x alice
        echo four | as x strace -f -qqq -o >(awk '{ sub(/\(.*/, "", $2); print $2 }') ratchet send -q bob >/dev/null
        fresh y bob
        as y strace -f -qqq -o >(awk '{ sub(/\(.*/, "", $2); print $2 }') ratchet receive -q four >/dev/null
    } | grep -E '^[a-z0-9_]+$' | grep -vxE 'execve|exit_group|exit' | sort -u)
fi

for call in "${calls[@]}"; do
    for ((n = 1, killed = 1; killed; n++)); do
        wrong=0
        fresh x alice
        echo four | kill_at "$call" "$n" x ratchet send -q bob >out 2>err
        killed=$(($? == 137))
        judge_send "send, killed at $call $n"
        ((wrong)) || passed=$((passed + 1))
    done
    sends=$((n - 2))
    for ((n = 1, killed = 1; killed; n++)); do
        wrong=0
        fresh x sent
        fresh y bob
        kill_at "$call" "$n" y ratchet receive -q --json four >out 2>err
        killed=$(($? == 137))
        judge_receive "receive, killed at $call $n"
        ((wrong)) || passed=$((passed + 1))
    done
    printf '%-12s killed at %d of send, %d of receive\n' "$call" "$sends" $((n - 2))
done

# Two at once, several times: each waits for the other.
wrong=0
fresh x alice
fresh y bob
for i in {1..10}; do
    echo "left $i" | as x ratchet send -q bob >"l$i" &
    left=$!
    echo "right $i" | as x ratchet send -q bob >"r$i" &
    right=$!
    wait "$left" || bad "two at once: $i on the left was not sent"
    wait "$right" || bad "two at once: $i on the right was not sent"
done
[[ $(tokens l* r* | wc -l) == 20 ]] || bad 'two at once: not 20 messages'
for i in {1..10}; do
    as y ratchet receive -q "l$i" >"gl$i" &
    left=$!
    as y ratchet receive -q "r$i" >"gr$i" &
    right=$!
    wait "$left" || bad "two at once: $i on the left was not received"
    wait "$right" || bad "two at once: $i on the right was not received"
done
for i in {1..10}; do
    [[ $(cat gl* gr* | grep -cx "left $i") == 1 && $(cat gl* gr* | grep -cx "right $i") == 1 ]] ||
        bad "two at once: $i is not shown once on either side"
done
((wrong)) || passed=$((passed + 1))

# That the kills happened at all.
((passed + failed > 60)) || bad "only $passed kills"

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
