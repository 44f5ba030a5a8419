#!/usr/bin/env bats
# vault: many processes at once, and much content. Full size: SIGNET_MANY_SECONDS=60, SIGNET_LARGE_MB=2048.

load helper

setup() {
    prepare
    new_key key.txt
    export SIGNET_IDENTITY=$PWD/key.txt
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
    vault init -q -i key.txt
}

# One of several: puts, appends and gets until the time is over, and writes down what it has done.
worker() {
    local i=$1 n=0 end=$((SECONDS + $2)) k
    while ((SECONDS < end)); do
        n=$((n + 1))
        echo "worker $i, entry $n, $RANDOM$RANDOM" >"in.$i"
        ((n % 7)) || bytes $((RANDOM * 5)) $((i * 1000 + n)) >>"in.$i"
        vault put "w$i/$n" "in.$i" 2>>"errors.$i" || return
        echo "w$i/$n $(sha256sum <"in.$i")" >>"ledger.$i"
        echo "$i $n" | vault append log 2>>"errors.$i" || return
        echo "$i $n" >>"log.$i"
        k=$((RANDOM % n + 1))
        vault get "w$i/$k" 2>>"errors.$i" >"out.$i" || return
        grep -qxF "w$i/$k $(sha256sum <"out.$i")" "ledger.$i" || {
            echo "w$i/$k is wrong" >>"errors.$i"
            return 1
        }
        ((n % 5)) || vault list "w$i" >/dev/null 2>>"errors.$i" || return
        ((n % 9)) || vault search -q "entry $k" >/dev/null 2>>"errors.$i" || return
    done
    echo over >>"finished.$i"
}

@test "many: eight processes put and get at once; nothing is lost, and nobody is refused" {
    local i seconds=${SIGNET_MANY_SECONDS:-$(count 6 12)} total
    for i in {1..8}; do
        worker "$i" "$seconds" &
    done
    wait
    cat errors.* >all-errors
    [ ! -s all-errors ] || flunk "$(head all-errors)"
    [ "$(cat finished.* | wc -l)" = 8 ]
    total=$(cat ledger.* | wc -l)
    while read -r name sum; do
        [ "$(vault get "$name" | sha256sum)" = "$sum" ] || flunk "$name is wrong"
    done < <(cat ledger.*)
    vault get log | sort | cmp - <(sort log.*)
    [ "$(vault list w* | wc -l)" = "$total" ]
    works vault check
    echo "# $total entries put, $total parts appended, by 8 processes in $seconds s" >&3
}

@test "many: a writer waits for another, as long as --wait says" {
    vault put a <<<one
    mkfifo pipe
    # an export holds a snapshot for as long as nobody reads on
    bytes 3000000 >large
    vault put large large
    vault export -q -i key.txt >pipe &
    local pid=$!
    exec 9<pipe
    head -c 100000 <&9 >/dev/null
    fails 1 '*: in use: *' '*--wait SECONDS' vault put --wait 0 a key.txt
    fails 1 '*: in use: *' '*--wait SECONDS' vault put --wait 1 a key.txt
    works vault get a
    (sleep 1; cat <&9 >/dev/null) &
    exec 9<&-
    works vault put --wait 20 a key.txt
    wait "$pid"
    fails 2 '--wait takes a number *' - vault put --wait soon a key.txt
}

@test "many: an entry of any size streams in and out, in little memory" {
    local mb=${SIGNET_LARGE_MB:-$(count 64 8)} want got memory
    want=$(bytes "${mb}M" | sha256sum)
    bytes "${mb}M" | /usr/bin/time -f '%e s %M KiB' -o put.time vault put large
    vault list --json large | grep -q "\"size\": $((mb * 1048576)),"
    got=$(/usr/bin/time -f '%e s %M KiB' -o get.time vault get large | sha256sum)
    [ "$want" = "$got" ]
    { bytes "$((mb / 8))M" | base64 -w 60; } | /usr/bin/time -f '%e s %M KiB' -o text.time vault put text
    works vault remove --forget large
    works vault check
    echo "# $mb MiB: put $(<put.time), get $(<get.time), text $(<text.time)" >&3
    if [ "$BUILD" = plain ]; then
        for memory in put get text; do
            [ "$(awk '{ print $3 }' $memory.time)" -lt 65536 ] || flunk "$memory: $(<$memory.time)"
        done
    fi
}

@test "many: killed at any moment, it keeps what was done, and nothing by halves" {
    local n pid kills=${SIGNET_KILLS:-$(count 40 5)}
    bytes 9000000 >large
    base64 -w 70 large | head -c 1500000 >text
    vault put kept <<<'kept all along'
    vault export -q -i key.txt -o archive
    for ((n = 1; n <= kills; n++)); do
        case $((n % 8)) in
        0) vault put large large & ;;
        1) vault put text text & ;;
        2) vault append log <<<"part $n" & ;;
        3) vault import -q --existing add archive & ;;
        4) vault prune -q & ;;
        5) vault remove -r --forget large 2>/dev/null & ;;
        6) vault rekey -q & ;;
        7) vault move -f text moved 2>/dev/null & ;;
        esac
        pid=$!
        sleep "0.$(printf '%03d' $((RANDOM % (n % 3 ? 60 : 500))))"
        kill -9 "$pid" 2>/dev/null || true
        if wait "$pid" 2>/dev/null && ((n % 8 == 2)); then
            echo "part $n" >>appended
        fi
        vault get log 2>/dev/null >parts || true
        ! grep -vxFf parts appended 2>/dev/null || flunk "a part is lost"
    done
    works vault get kept
    [ "$(<"$OUT")" = 'kept all along' ]
    for name in large text moved; do
        if vault get "$name" >got 2>/dev/null; then
            cmp got large 2>/dev/null || cmp got text || flunk "$name is wrong"
        fi
    done
    works vault check
}
