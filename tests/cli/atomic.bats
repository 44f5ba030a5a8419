#!/usr/bin/env bats
# Outputs: whole or not at all, whatever happens on the way: full disks, closed pipes, signals.

# shellcheck disable=SC2030,SC2031,SC2094 # each test has variables of its own; one file twice is meant
# shellcheck disable=SC2317 # functions are called by way of "try"
load helper

a_key() {
    new_key key
    bytes 300000 >plain
    seal -r "$RECIPIENT" -o sealed plain
    password_file pw 'correct horse'
}

@test 'a full device as standard output' {
    a_key
    full() { "$@" >/dev/full; }
    fails 1 'cannot write standard output: there is no space left' '*' full seal -r "$RECIPIENT" plain
    fails 1 'cannot write standard output: there is no space left' '*' \
        full seal -a -r "$RECIPIENT" plain
    fails 1 'cannot write standard output: there is no space left' '*' full open -i key sealed
    fails 1 'cannot write standard output: there is no space left' '*' full keygen
    fails 1 'cannot write standard output: there is no space left' '*' full keygen -q
    fails 1 'cannot write standard output: there is no space left' '*' \
        full keygen -p --work 5 --password-file pw
    fails 1 'cannot write standard output: there is no space left' '*' full keygen public key
    # So little that it would stay in a buffer.
    echo x >one
    seal -r "$RECIPIENT" -o one.age one
    fails 1 'cannot write standard output: there is no space left' '*' full open -i key one.age
}

@test 'a full device as -o' {
    a_key
    fails 1 'cannot write /dev/full: there is no space left' '*' seal -r "$RECIPIENT" -o /dev/full plain
    fails 1 'cannot write /dev/full: there is no space left' '*' open -i key -o /dev/full sealed
    fails 1 'cannot write /dev/full: there is no space left' '*' keygen -o /dev/full
    fails 1 'cannot write /dev/full: there is no space left' '*' keygen public -o /dev/full key
    [ -c /dev/full ]
}

@test 'a closed standard output' {
    a_key
    closed() { "$@" >&-; }
    fails 1 'cannot write standard output: it is closed' - closed seal -r "$RECIPIENT" plain
    fails 1 'cannot write standard output: it is closed' - closed open -i key sealed
    fails 1 'cannot write standard output: it is closed' - closed keygen
    fails 1 'cannot write standard output: it is closed' - closed keygen public key
    # With -o it is not needed; and no file opened takes its place.
    works closed seal -r "$RECIPIENT" -o out plain
    works open -i key out
    cmp "$OUT" plain
    works closed open -i key -o out sealed
    cmp out plain
}

@test 'a closed standard input and standard error' {
    a_key
    closed_in() { "$@" <&-; }
    fails 1 'cannot read standard input: it is closed' - closed_in seal -r "$RECIPIENT" -o out
    [ ! -e out ]
    fails 1 'cannot read standard input: it is closed' - closed_in open -i key
    works closed_in open -i key sealed
    cmp "$OUT" plain
    # valgrind itself cannot do without standard error.
    closed_err() { if [ "$BUILD" = valgrind ]; then "$@" 2>/dev/null; else "$@" 2>&-; fi; }
    works closed_err seal -r "$RECIPIENT" -o out plain
    works open -i key out
    cmp "$OUT" plain
    # What is said goes nowhere, above all not into the output.
    try closed_err keygen -f -o out
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 3 ]
    try closed_err open -i key -o out missing
    [ "$status" = 1 ]
    [ "$(wc -l <out)" = 3 ]
    none() { closed_err "$@" <&- >&-; }
    try none keygen -f -o out
    [ "$status" = 0 ]
    [ "$(wc -l <out)" = 3 ]
}

# into_closed_pipe STATUS COMMAND...: its standard output is a pipe that nobody reads.
into_closed_pipe() {
    { "$@" 2>"$ERR" || echo $? >.run/status; } | true
}

@test 'a closed pipe: dies of SIGPIPE without a word' {
    a_key
    bytes 3000000 >plain
    seal -r "$RECIPIENT" -o sealed plain
    for command in "seal -r $RECIPIENT plain" "seal -a -r $RECIPIENT plain" 'open -i key sealed'; do
        rm -f .run/status
        # shellcheck disable=SC2086
        into_closed_pipe env --default-signal=PIPE $command
        [ "$(cat .run/status)" = 141 ]
        [ ! -s "$ERR" ]
    done
}

@test 'a closed pipe with SIGPIPE ignored: status 1 and one line' {
    a_key
    bytes 3000000 >plain
    seal -r "$RECIPIENT" -o sealed plain
    trap '' PIPE
    for command in "seal -r $RECIPIENT plain" "seal -a -r $RECIPIENT plain" 'open -i key sealed'; do
        rm -f .run/status
        # shellcheck disable=SC2086
        into_closed_pipe $command
        [ "$(cat .run/status)" = 1 ]
        [ "$(cat "$ERR")" = "${command%% *}: error: cannot write standard output: the program reading it has gone away" ]
    done
    trap - PIPE
}

@test 'a disk that is full: the old file stands and no temporary is left' {
    a_key
    full_disk() {
        # shellcheck disable=SC2016 # expanded by the inner shell
        with_tmpfs 200k sh -c '
            echo old >small/out
            "$@" -o small/out
            status=$?
            [ "$(cat small/out)" = old ] || exit 101
            [ "$(ls -A small)" = out ] || exit 102
            "$@" -o small/new 2>/dev/null
            [ "$(ls -A small)" = out ] || exit 103
            exit $status' sh "$@"
    }
    fails 1 'cannot write small/out: there is no space left' 'make room*' \
        full_disk seal -r "$RECIPIENT" plain
    fails 1 'cannot write small/out: there is no space left' 'make room*' \
        full_disk seal -a -r "$RECIPIENT" plain
    fails 1 'cannot write small/out: there is no space left' 'make room*' \
        full_disk open -i key sealed
}

@test 'a disk that is full: a key is not half written' {
    # shellcheck disable=SC2016
    full_keygen() {
        with_tmpfs 200k sh -c '
            head -c 1000000 /dev/zero >small/filler 2>/dev/null
            keygen -o small/key
            status=$?
            [ "$(ls -A small)" = filler ] || exit 101
            exit $status'
    }
    fails 1 'cannot * small/key: there is no space left' '*' full_keygen
}

@test 'a limit on the size of files, with SIGXFSZ ignored and not' {
    a_key
    echo old >out
    limited() { (trap '' XFSZ && ulimit -f 100 && exec "$@"); }
    fails 1 'cannot write out: the file would be too large' - \
        limited seal -r "$RECIPIENT" -o out plain
    [ "$(cat out)" = old ]
    # shellcheck disable=SC2016
    try env --default-signal=XFSZ sh -c 'ulimit -f 100; exec "$@"' sh open -i key -o out sealed
    [ "$status" = 153 ] || [ "$status" = 1 ]
    [ "$(cat out)" = old ]
}

# begun COMMAND...: starts it with a pipe for standard input and waits until it is in the middle of its
# work, so that its output is open. It is then $tool; descriptor 7 is the pipe, to be closed.
begun() {
    [ -p in ] || mkfifo in
    ${hidden:+without_proc} env --default-signal "$@" <in 2>"$ERR" >"$OUT" &
    tool=$!
    exec 7>in
    # A pipe holds 65536 bytes: when all are written, the tool has taken more than half.
    head -c 150000 "$feed" >&7
}

# ended_by SIGNAL STATUS COMMAND...: it must die of the signal, and leave ./out and the folder alone.
ended_by() {
    local name=$1 want=$2 got=0 before
    shift 2
    before=$(ls -A)
    begun "$@"
    kill "-$name" $tool
    wait $tool || got=$?
    exec 7>&-
    [ "$got" = "$want" ] || flunk "status $got and not $want after SIG$name: $*" || return 1
    if [ "$name" != KILL ] && [ -s "$ERR" ]; then flunk "words after SIG$name"; fi
    [ "$(ls -A)" = "$before" ] || flunk "the folder has changed: $(ls -A)"
}

@test 'signals in the middle of -o: the old file stands and no temporary is left' {
    a_key
    mkfifo in
    echo old >out
    for signal in INT:130 TERM:143 HUP:129 QUIT:131 KILL:137; do
        feed=plain
        ended_by ${signal%:*} ${signal#*:} seal -r "$RECIPIENT" -o out
        feed=sealed
        ended_by ${signal%:*} ${signal#*:} open -i key -o out
        [ "$(cat out)" = old ]
        ended_by ${signal%:*} ${signal#*:} open -i key -o new
        [ ! -e new ]
    done
}

@test 'signals in the middle of -o: nor is one left that has a name from the start' {
    can_hide_proc || skip 'nothing may be mounted here'
    a_key
    mkfifo in
    echo old >out
    hidden=yes
    feed=plain
    if [ "$BUILD" = plain ]; then # there is one, or the test would prove nothing
        begun seal -r "$RECIPIENT" -o out
        [ -n "$(find . -name '.signet-*')" ]
        kill $tool
        wait $tool || true
        exec 7>&-
    fi
    for signal in INT:130 TERM:143 HUP:129 QUIT:131; do
        feed=plain
        ended_by ${signal%:*} ${signal#*:} seal -r "$RECIPIENT" -o out
        feed=sealed
        ended_by ${signal%:*} ${signal#*:} open -i key -o out
        [ "$(cat out)" = old ]
        ended_by ${signal%:*} ${signal#*:} open -i key -o new
        [ ! -e new ]
    done
}

@test 'a signal that was ignored from the start stays ignored' {
    a_key
    feed=plain
    mkfifo in
    (trap '' INT HUP && exec seal -r "$RECIPIENT" -o out <in) &
    tool=$!
    exec 7>in
    head -c 150000 plain >&7
    kill -INT $tool
    kill -HUP $tool
    tail -c +150001 plain >&7
    exec 7>&-
    wait $tool
    works open -i key out
    cmp "$OUT" plain
}

@test 'the output appears only when it is whole' {
    a_key
    feed=plain
    begun seal -r "$RECIPIENT" -o out
    [ ! -e out ]
    tail -c +150001 plain >&7
    [ ! -e out ]
    exec 7>&-
    wait $tool
    works open -i key out
    cmp "$OUT" plain

    echo old >out2
    feed=sealed
    begun open -i key -o out2
    [ "$(cat out2)" = old ]
    tail -c +150001 sealed >&7
    exec 7>&-
    wait $tool
    cmp out2 plain
}

@test 'a file that comes to be while keygen works is not replaced' {
    # The password comes by a pipe, and the file before it.
    mkfifo pipe
    keygen -p --work 5 --password-file pipe -o key 2>err &
    tool=$!
    exec 7>pipe
    echo precious >key
    echo 'correct horse' >&7
    exec 7>&-
    status=0
    wait $tool || status=$?
    [ "$status" = 1 ]
    [ "$(cat key)" = precious ]
    [ "$(head -n 1 err)" = 'keygen: error: key exists, and is not replaced' ]
}

@test 'the folder of the output is missing, or none' {
    a_key
    fails 1 'cannot open the folder of no/out: there is no such file or folder' 'make the folder first*' \
        seal -r "$RECIPIENT" -o no/out plain
    fails 1 'cannot open the folder of no/out: there is no such file or folder' 'make the folder first*' \
        open -i key -o no/out sealed
    fails 1 'cannot open the folder of no/out: there is no such file or folder' 'make the folder first*' \
        keygen -o no/out
    fails 1 'cannot open the folder of plain/out: a part of the path is not a folder' '*' \
        seal -r "$RECIPIENT" -o plain/out plain
    [ ! -e no ]
}

@test 'the output is a folder' {
    a_key
    mkdir folder
    fails 1 'folder is a folder; a file was expected' '*' seal -r "$RECIPIENT" -o folder plain
    fails 1 'folder is a folder; a file was expected' '*' open -i key -o folder sealed
    fails 1 'folder/ is a folder; a file was expected' '*' keygen -f -o folder/
    [ "$(ls -A folder)" = '' ]
}

@test 'the output is a folder that is not there' {
    failed_with 1 '*new/*folder*' '*' keygen -o new/ || failed_with 1 '*new/*folder*' - keygen -o new/
    [ ! -e new ]
}

@test 'the output is a folder: the hint speaks of the output' {
    a_key
    mkdir folder
    # "pack a folder first" is no advice for somebody who named a folder to write to.
    fails 1 'folder is a folder; a file was expected' '*folder/*' \
        seal -r "$RECIPIENT" -o folder plain
}

@test 'the folder of the output may not be written to' {
    user_folder
    a_key
    cp key plain sealed "$U"
    chmod 644 "$U"/*
    mkdir "$U/closed"
    chmod 555 "$U/closed"
    fails 1 'cannot create closed/out: you are not allowed to' 'write to a folder of yours*' \
        as_user seal -r "$RECIPIENT" -o closed/out plain
    fails 1 'cannot create closed/out: you are not allowed to' 'write to a folder of yours*' \
        as_user open -i key -o closed/out sealed
    fails 1 'cannot create closed/out: you are not allowed to' 'write to a folder of yours*' \
        as_user keygen -o closed/out
    [ "$(ls -A "$U/closed")" = '' ]
}

@test 'an output that may not be written to is not replaced' {
    user_folder
    a_key
    cp key plain sealed "$U"
    chmod 644 "$U"/*
    echo precious >"$U/out"
    chmod 444 "$U/out"
    if [ "$(id -u)" = 0 ]; then chown "$NOBODY" "$U/out"; fi
    fails 1 'cannot replace out: you are not allowed to' '*' as_user seal -r "$RECIPIENT" -o out plain
    fails 1 'cannot replace out: you are not allowed to' '*' as_user open -i key -o out sealed
    fails 1 'cannot replace out: you are not allowed to' '*' as_user keygen -f -o out
    [ "$(cat "$U/out")" = precious ]
    [ "$(mode_of "$U/out")" = 444 ]
}

@test 'an ordinary user does ordinary work' {
    user_folder
    as_user keygen -q -o key
    works as_user keygen public key
    RECIPIENT=$(cat "$OUT")
    bytes 100000 >plain
    cp plain "$U"
    works as_user seal -r "$RECIPIENT" -o sealed plain
    works as_user open -i key -o out sealed
    as_user cmp out plain
    works as_user open -i key -o out sealed
    as_user cmp out plain
    [ "$(mode_of "$U/key")" = 600 ]
}

@test 'the output is an input: by name, path, link, and descriptor' {
    a_key
    cp plain keep
    cp sealed keep.age
    ln plain hard
    ln -s plain soft
    ln -s soft softer
    refused() {
        fails 2 "$1 is also what is read: it would be lost" 'write to a new file first*' "${@:2}" ||
            return 1
        cmp plain keep && cmp sealed keep.age
    }
    for name in plain ./plain "$PWD/plain" hard soft softer; do
        refused "$name" seal -r "$RECIPIENT" -o "$name" plain
        refused "$name" seal -r "$RECIPIENT" -o "$name" <plain
    done
    refused plain seal -r "$RECIPIENT" -o plain soft
    refused sealed open -i key -o sealed sealed
    refused sealed open -i key -o sealed <sealed
    to_self() { "$@" >>plain; }
    refused 'standard output' to_self seal -r "$RECIPIENT" plain
    refused 'standard output' to_self seal -r "$RECIPIENT" <plain
    to_self() { "$@" >>sealed; }
    refused 'standard output' to_self open -i key sealed
    to_self() { "$@" 1<>plain; }
    refused 'standard output' to_self seal -r "$RECIPIENT" plain
}

@test 'the output is a key file that is read' {
    a_key
    cp key keep
    echo "$RECIPIENT" >friends
    cp friends keep.friends
    fails 2 'key is also what is read: *' '*' seal -i key -o key plain
    fails 2 'key is also what is read: *' '*' open -i key -o key sealed
    fails 2 'key is also what is read: *' '*' keygen public -o key key
    fails 2 'friends is also what is read: *' '*' seal -R friends -o friends plain
    SIGNET_IDENTITY=key fails 2 'key is also what is read: *' '*' open -o key sealed
    cmp key keep
    cmp friends keep.friends
}

@test 'the output is one of very many inputs' {
    a_key
    echo "$RECIPIENT" >friends
    local many=() all=() n last
    last=$(count 100 66)
    for ((n = 1; n <= last; n++)); do
        cp friends friends$n
        cp key key$n
        many+=(-R "friends$n")
        all+=(-i "key$n")
    done
    cp plain keep
    fails 2 'plain is also what is read: *' '*' seal "${many[@]}" -o plain plain
    cmp plain keep
    fails 2 "friends$last is also what is read: *" '*' seal "${many[@]}" -o "friends$last" plain
    cmp friends "friends$last"
    fails 2 "key$last is also what is read: *" '*' open "${all[@]}" -o "key$last" sealed
    cmp key "key$last"
}

@test 'a mistake that is found when the output is open already leaves no temporary' {
    can_hide_proc || skip 'nothing may be mounted here'
    a_key
    mkdir there
    late() { (without_proc "$@"); }
    fails 2 'two things cannot both be read from standard input' '*' \
        late seal -p --password-file - -o there/out <plain
    fails 2 '--progress cannot be allways' '*' \
        late seal -r "$RECIPIENT" --progress allways -o there/out plain
    fails 2 'the password is empty' '*' late keygen -p --password-file /dev/null -o there/out
    [ -z "$(ls -A there)" ]
}

@test 'the output is the password file that is read' {
    a_key
    cp pw keep
    seal -p --work 5 --password-file pw -o locked plain
    fails 2 'pw is also what is read: *' '*' open --password-file pw -o pw locked
    cmp pw keep
    fails 2 'pw is also what is read: *' '*' seal -p --work 5 --password-file pw -o pw plain
    cmp pw keep
    SIGNET_PASSWORD_FILE=pw fails 2 'pw is also what is read: *' '*' seal -p --work 5 -o pw plain
    cmp pw keep
    fails 2 'pw is also what is read: *' '*' keygen -f -p --work 5 --password-file pw -o pw
    cmp pw keep
}

@test 'devices and pipes as input and output are no files, and are fine' {
    a_key
    works seal -r "$RECIPIENT" -o /dev/null plain
    works seal -r "$RECIPIENT" -o /dev/null /dev/null
    [ -c /dev/null ]
    works seal -r "$RECIPIENT" -o /dev/stdout plain
    cp "$OUT" again
    works open -i key again
    cmp "$OUT" plain
    mkfifo pipe
    cat pipe >got &
    works open -i key -o pipe sealed
    wait $!
    cmp got plain
    [ -p pipe ]
    works open -i key <(cat sealed)
    cmp "$OUT" plain
}

@test 'the permissions of a file that is replaced stay' {
    a_key
    for mode in 600 640 664 777 604; do
        echo old >out
        chmod $mode out
        works seal -r "$RECIPIENT" -o out plain
        [ "$(mode_of out)" = $mode ]
        works open -i key -o out sealed
        [ "$(mode_of out)" = $mode ]
        cmp out plain
        rm out
    done
}

@test 'the owner of a file that is replaced stays, where root may say so' {
    a_key
    echo old >out
    if [ "$(id -u)" = 0 ]; then
        chown "$NOBODY:$NOBODY" out
        chmod 640 out
        works seal -r "$RECIPIENT" -o out plain
        [ "$(stat -c %u:%g:%a out)" = "$NOBODY:$NOBODY:640" ]
    else
        works seal -r "$RECIPIENT" -o out plain
        [ "$(stat -c %u out)" = "$(id -u)" ]
    fi
}

@test 'symbolic links are followed by seal and open, and stay links' {
    a_key
    mkdir there
    echo old >there/target
    ln -s there/target link
    works seal -r "$RECIPIENT" -o link plain
    [ -L link ]
    works open -i key there/target
    cmp "$OUT" plain
    works open -i key -o link sealed
    [ -L link ]
    cmp there/target plain
    [ "$(ls -A there)" = target ]
}

@test 'a replaced file is a new one: other hard links keep the old content' {
    a_key
    echo old >out
    ln out other
    works open -i key -o out sealed
    cmp out plain
    [ "$(cat other)" = old ]
}

@test 'an error before the content leaves the old file alone' {
    a_key
    new_key other
    echo old >out
    fails 3 '*' '*' open -i other -o out sealed
    fails 4 '*' '*' open -i key -o out plain
    fails 1 '*' '*' open -i key -o out missing
    fails 2 '*' '*' seal -o out plain
    fails 1 '*' '*' seal -r "$RECIPIENT" -o out missing
    fails 2 '*' '*' seal -p --password-file /dev/null -o out plain
    [ "$(cat out)" = old ]
}

@test 'the longest names' {
    a_key
    local longest
    longest=$(printf '%255s' '' | tr ' ' n)
    works seal -r "$RECIPIENT" -o "$longest" plain
    works seal -r "$RECIPIENT" -o "$longest" plain
    works open -i key "$longest"
    cmp "$OUT" plain
    fails 1 "cannot * ${longest}n: the name is too long" '*' seal -r "$RECIPIENT" -o "${longest}n" plain || true
    try seal -r "$RECIPIENT" -o "${longest}n" plain
    [ "$status" = 1 ]
    [[ $(head -n 1 "$ERR") == *': the name is too long' ]]
}

@test 'a folder that may be written to and entered, but not listed' {
    user_folder
    a_key
    cp key plain sealed "$U"
    chmod 644 "$U"/*
    mkdir "$U/blind"
    if [ "$(id -u)" = 0 ]; then chown "$NOBODY" "$U/blind"; fi
    chmod 333 "$U/blind"
    works as_user open -i key -o blind/out sealed
    works as_user open -i key -o blind/out sealed
    chmod 755 "$U/blind"
    cmp "$U/blind/out" plain
    [ "$(ls -A "$U/blind")" = out ]
}
