#!/usr/bin/env bats
# Terminals: what is shown there, what is refused, and how a password is asked for.

# shellcheck disable=SC2030,SC2031 # each test has variables of its own
load helper

a_key() {
    new_key key
    bytes 1000 >plain
    seal -r "$RECIPIENT" -o sealed plain
    password_file pw 'correct horse'
}

# on_terminal STATUS COMMAND...: runs it with all three streams on a terminal; what it shows is in ./shown.
on_terminal() {
    local want=$1
    shift
    status=0
    SHELL=/bin/bash script -qec "$(printf '%q ' "$@")" /dev/null </dev/null >shown 2>&1 || status=$?
    [ "$status" = "$want" ] || {
        cat -v shown
        flunk "exit status $status and not $want of: $*"
    }
}

# What the terminal showed, without the line ends and the clearing of lines that belong to it.
shown() {
    sed -e 's/\r$//' -e 's/\r\x1b\[K//' -e 's/\x1b\[[0-9;]*m//g' shown
}

@test 'seal: binary is refused on a terminal, and text and files are not' {
    a_key
    on_terminal 2 seal -r "$RECIPIENT" plain
    [ "$(shown)" = $'seal: error: sealed bytes are not for a terminal\nseal: hint: -a writes text, -o FILE a file; -o - insists' ]
    on_terminal 0 seal -a -r "$RECIPIENT" plain
    shown >armored
    works open -i key armored
    cmp "$OUT" plain
    on_terminal 0 seal -r "$RECIPIENT" -o out plain
    [ ! -s shown ]
    works open -i key out
    cmp "$OUT" plain
}

@test 'seal -o -: insists on binary on a terminal' {
    a_key
    on_terminal 0 seal -r "$RECIPIENT" -o - plain
    grep -aq '^age-encryption.org/v1' shown
    [ "$(stat -c %s shown)" -gt 1100 ]
}

@test 'keygen: on a terminal the key is shown once, without a second public key' {
    on_terminal 0 keygen
    shown >key
    [ "$(wc -l <key)" = 3 ]
    keygen public key
    run ! grep -q '^Public key' shown
    on_terminal 0 keygen -t x25519 -o other
    [ "$(shown)" = "Public key: $(keygen public other)" ]
}

@test 'open: text goes to a terminal as it is, with all of UTF-8' {
    a_key
    printf 'Gr\303\274\303\237e, \316\272\317\214\317\203\316\274\316\265 \342\202\254 \360\237\224\221\n\ttabs\nand lines\n' >text
    seal -r "$RECIPIENT" -o sealed text
    on_terminal 0 open -i key sealed
    shown | cmp - text
    printf 'one\r\ntwo\r\n' >text
    seal -r "$RECIPIENT" -o sealed text
    on_terminal 0 open -i key sealed
    [ "$(shown | tr -d '\r')" = $'one\ntwo' ]
}

@test 'open: control characters are refused on a terminal, not shown' {
    a_key
    local evil
    for evil in '\033[31mred' '\033]0;title\007' 'bell\007' 'back\b\b\b' 'over\rwritten\n' \
        'delete\177' 'nul\000' 'c1\302\23331m' 'bare\23331m' 'overlong\300\233[31m' \
        'overlong\340\200\233' 'surrogate\355\240\200' 'beyond\364\220\200\200' 'broken\303(' \
        'vt\013' 'ff\014' 'so\016'; do
        # shellcheck disable=SC2059
        printf "harmless\n$evil" >text
        seal -r "$RECIPIENT" -o sealed text
        on_terminal 1 open -i key sealed
        [ "$(shown | sed -n 1p)" = 'open: error: sealed: its content is not plain text, and a terminal would act on it' ]
        [ "$(shown | sed -n 2p)" = 'open: hint: -o FILE writes it to a file; -o - insists' ]
        [ "$(wc -l <shown)" = 2 ]
        # Elsewhere it goes as it is.
        works open -i key sealed
        cmp "$OUT" text
    done
}

@test 'open: a control character in the second chunk stops it there' {
    a_key
    { yes 'a line of text' | head -c 70000; printf '\033[31m'; } >text
    seal -r "$RECIPIENT" -o sealed text
    on_terminal 1 open -i key sealed
    run ! grep -aq $'\e\\[31mred' shown
    tr -d '\r' <shown | head -c 65536 | cmp - <(head -c 65536 text)
    shown | tail -n 2 | grep -q 'error: sealed: its content is not plain text'
}

@test 'open -o -: insists on a terminal' {
    a_key
    printf 'harmless\n\033[31mred\n' >text
    seal -r "$RECIPIENT" -o sealed text
    on_terminal 0 open -i key -o - sealed
    grep -aqF $'\e[31mred' shown
}

@test 'open: a character cut in two by the end of a chunk is whole on the terminal' {
    a_key
    { head -c 65535 /dev/zero | tr '\0' x; printf '\303\274\n'; } >text
    seal -r "$RECIPIENT" -o sealed text
    on_terminal 0 open -i key sealed
    shown | cmp - text
}

@test 'reading from a terminal is announced, and -q is silent' {
    a_key
    expect_script "$RECIPIENT" <<'SCRIPT'
spawn -noecho seal -r [lindex $argv 0] -o out
want "seal: reading from the terminal; Ctrl-D on a line of its own ends it\r\n"
send "typed\r"
send "\004"
finish 0
SCRIPT
    works open -i key out
    [ "$(cat "$OUT")" = typed ]
    expect_script "$RECIPIENT" <<'SCRIPT'
spawn -noecho seal -q -r [lindex $argv 0] -o out
send "typed\r\004"
finish 0
unseen "reading"
SCRIPT
    expect_script <<'SCRIPT'
spawn -noecho keygen public
want "keygen: reading from the terminal"
send "\004"
finish 4
SCRIPT
}

@test 'key files and passwords that are read from a terminal are announced too' {
    a_key
    expect_script "$RECIPIENT" <<'SCRIPT'
spawn -noecho seal -R - -o out plain
want "seal: reading from the terminal; Ctrl-D on a line of its own ends it\r\n"
send "[lindex $argv 0]\r\004"
finish 0
SCRIPT
    works open -i key out
    cmp "$OUT" plain
    expect_script <<'SCRIPT'
spawn -noecho open -i - -o out sealed
want "open: reading from the terminal; Ctrl-D on a line of its own ends it\r\n"
set f [open key]
while {[gets $f line] >= 0} { send -- "$line\r" }
send "\004"
finish 0
SCRIPT
    cmp out plain
    expect_script <<'SCRIPT'
spawn -noecho seal -p --work 5 --password-file - -o locked plain
want "seal: reading the password from the terminal, which shows it as it is typed\r\n"
send "correct horse\r"
finish 0
SCRIPT
    works open --password-file pw locked
    cmp "$OUT" plain
}

@test 'open: armor pasted at the terminal, to the terminal' {
    a_key
    echo 'the content' >text
    seal -a -r "$RECIPIENT" -o armored text
    expect_script <<'SCRIPT'
spawn -noecho open -i key
want "open: reading from the terminal"
set f [open armored]
while {[gets $f line] >= 0} { send -- "$line\r" }
want "-----END AGE ENCRYPTED FILE-----\r\n"
finish 0
if {![string match "*the content\r\n" $seen]} { oops "the content does not come last" }
SCRIPT
}

@test 'open: armor sealed with a password, pasted; then the password is asked for' {
    a_key
    echo 'the content' >text
    seal -a -p --work 5 --password-file pw -o armored text
    expect_script <<'SCRIPT'
spawn -noecho open
want "open: reading from the terminal"
set f [open armored]
while {[gets $f line] >= 0} { send -- "$line\r" }
want "-----END AGE ENCRYPTED FILE-----\r\n"
want "Password for the pasted text: "
send "correct horse\r"
want "the content\r\n"
finish 0
unseen "correct horse"
SCRIPT
}

@test 'a password is asked for with the echo off, which is then on again' {
    a_key
    seal -p --work 5 --password-file pw -o locked plain
    expect_script <<'SCRIPT'
spawn -noecho sh -c "stty -echoctl; stty -a | grep -o ' echo '; open -o out locked; stty -a | grep -o ' echo '"
want " echo "
want "Password for locked: "
set modes [exec stty -a < $spawn_out(slave,name)]
if {![string match "* -echo *" $modes]} { oops "echo is on: $modes" }
send "correct horse\r"
want "\r\n"
want " echo "
finish 0
unseen "correct horse"
unseen "-echo"
SCRIPT
    cmp out plain
}

@test 'a new password is asked for twice' {
    a_key
    expect_script <<'SCRIPT'
spawn -noecho seal -p --work 5 -o locked plain
want "Password for plain: "
send "correct horse\r"
want "The same again: "
send "correct horse\r"
finish 0
unseen "correct"
SCRIPT
    works open --password-file pw locked
    cmp "$OUT" plain
    expect_script <<'SCRIPT'
spawn -noecho keygen -p --work 5 -o key.age
want "Password for the new identity file: "
send "correct horse\r"
want "The same again: "
send "correct horse\r"
want "Public key: age1"
finish 0
unseen "correct"
SCRIPT
    works keygen public --password-file pw key.age
}

@test 'a new password that is mistyped the second time, or is empty' {
    a_key
    echo old >out
    expect_script <<'SCRIPT'
spawn -noecho seal -p --work 5 -o out plain
want "Password for plain: "
send "correct horse\r"
want "The same again: "
send "correct horze\r"
want "error: "
want "the two passwords are not the same"
want "hint: "
finish 2
unseen "correct ho"
SCRIPT
    # A first one that the second begins like, too.
    expect_script <<'SCRIPT'
spawn -noecho seal -p --work 5 -o out plain
want "Password for plain: "
send "correct horse\r"
want "The same again: "
send "correct horse \r"
want "the two passwords are not the same"
finish 2
SCRIPT
    expect_script <<'SCRIPT'
spawn -noecho seal -p --work 5 -o out plain
want "Password for plain: "
send "\r"
want "the password is empty"
finish 2
SCRIPT
    expect_script <<'SCRIPT'
spawn -noecho seal -p --work 5 -o out plain
want "Password for plain: "
send "\004"
want "the password is empty"
finish 2
SCRIPT
    [ "$(cat out)" = old ]
}

@test 'three tries at the password of a file' {
    a_key
    seal -p --work 5 --password-file pw -o locked plain
    expect_script <<'SCRIPT'
spawn -noecho open -o out locked
want "Password for locked: "
send "wrong\r"
want "open: the password does not fit; once more"
want "Password for locked: "
send "wrong again\r"
want "open: the password does not fit; once more"
want "Password for locked: "
send "correct horse\r"
finish 0
SCRIPT
    cmp out plain
    rm out
    expect_script <<'SCRIPT'
spawn -noecho open -o out locked
foreach try {1 2 3} {
    want "Password for locked: "
    send "wrong number $try\r"
}
want "locked: the password does not fit"
want "hint: "
finish 3
unseen "wrong number"
SCRIPT
    [ ! -e out ]
}

@test 'the password of an identity file is asked for by its name' {
    a_key
    seal -p -a --work 5 --password-file pw -o key.age key
    expect_script <<'SCRIPT'
spawn -noecho open -i key.age -o out sealed
want "Password for key.age: "
send "correct horse\r"
finish 0
SCRIPT
    cmp out plain
}

@test 'the password of an identity file is asked for only when nothing else opens the file' {
    a_key
    seal -p -a --work 5 --password-file pw -o key.age key
    password_file pw2 'another one'
    new_key second
    seal -p -a --work 5 --password-file pw2 -o second.age second
    cp sealed one
    seal -i second -o two plain
    new_key third
    # Whatever the order, the key that needs no password is enough.
    for order in '-i key -i second.age' '-i second.age -i key' '-i second.age -i third -i key'; do
        # shellcheck disable=SC2086
        works setsid -w open $order one
        cmp "$OUT" plain
    done
    works setsid -w env SIGNET_IDENTITY=key.age open -i key one
    fails 2 'a password is needed, and there is no terminal to ask for it' '*' \
        setsid -w open -i third -i second.age one
    # One after the other, until one opens it.
    expect_script <<'SCRIPT'
spawn -noecho open -i second.age -i third -i key.age -o out one
want "Password for second.age: "
send "another one\r"
want "Password for key.age: "
send "correct horse\r"
finish 0
spawn -noecho open -i second.age -i key.age -o out2 two
want "Password for second.age: "
send "another one\r"
finish 0
SCRIPT
    cmp out plain
    cmp out2 plain
    fails 3 'one: no key fits: *' '*' open --password-file pw2 -i second.age -i third one
    # From a pipe, which can be read but once, and beside a plugin that fails.
    works open --password-file pw -i third -i <(cat key.age) one
    cmp "$OUT" plain
    works open --password-file pw -j gone -i key.age one
    cmp "$OUT" plain
    fails 1 'there is no program age-plugin-gone *' '*' open --password-file pw2 -j gone -i second.age one
    works seal --rewrap --password-file pw2 -i second.age -i key -r "$RECIPIENT" -o new one
}

@test 'a password is asked for at the terminal though the streams are pipes' {
    a_key
    seal -p --work 5 --password-file pw -o locked plain
    expect_script <<'SCRIPT'
spawn -noecho sh -c "cat locked | open 2>err | cat >out"
want "Password for standard input: "
send "correct horse\r"
finish 0
SCRIPT
    cmp out plain
    [ ! -s err ]
}

@test 'signals at the prompt: the echo is on again' {
    a_key
    seal -p --work 5 --password-file pw -o locked plain
    # The shell stands by, and looks at the terminal afterwards.
    expect_script <<'SCRIPT'
foreach {name key status} {INT "\003" 130 QUIT "\034" 131} {
    set seen ""
    spawn -noecho sh -c "trap : INT QUIT; open -o out locked; echo status=\$?; stty -a | grep -o -e '-*echo '"
    want "Password for locked: "
    set modes [exec stty -a < $spawn_out(slave,name)]
    if {![string match "* -echo *" $modes]} { oops "echo is on: $modes" }
    send $key
    want "status=$status"
    want "echo \r\n"
    if {[string match "*-echo *" $seen]} { oops "echo is off after SIG$name" }
    finish 0
}
SCRIPT
    # By a signal from elsewhere.
    for signal in TERM HUP; do
        expect_script $signal <<'SCRIPT'
spawn -noecho sh -c "open -o out locked & echo \$! >pid; wait \$!; stty -a | grep -o -e '-*echo '"
# A process in the background may still read: sh without job control keeps one group.
want "Password for locked: "
exec sh -c "kill -[lindex $argv 0] \$(cat pid)"
want "echo \r\n"
if {[string match "*-echo *" $seen]} { oops "echo is off" }
finish 0
SCRIPT
    done
    [ ! -e out ]
}

@test 'what was typed before the prompt is not taken for the password' {
    a_key
    seal -p --work 5 --password-file pw -o locked plain
    expect_script <<'SCRIPT'
spawn -noecho sh -c "sleep 1; open -o out locked"
send "typed too early\r"
want "Password for locked: "
send "correct horse\r"
finish 0
SCRIPT
    cmp out plain
}

@test 'a file name does not steer the terminal from the prompt' {
    a_key
    local name
    for name in $'evil\e]0;title\a' $'evil\xc2\x9b31m' $'evil\x9b31m'; do
        seal -p --work 5 --password-file pw -o "$name" plain
        expect_script "$name" <<'SCRIPT'
spawn -noecho open -o out [lindex $argv 0]
want "Password for evil"
want ": "
send "correct horse\r"
finish 0
unseen "\033"
unseen "\007"
unseen "\u009b"
SCRIPT
    done
}

@test 'colour on a terminal, and not with NO_COLOR, a dumb terminal, or into a file' {
    on_terminal 2 seal
    grep -aqF $'seal: \e[1;31merror: \e[0mthere is nobody to seal to' shown
    grep -aqF $'seal: \e[1mhint: \e[0m' shown
    on_terminal 2 signet sael
    grep -aqF $'\e[' shown
    NO_COLOR=1 on_terminal 2 seal
    run ! grep -aqF $'\e' shown
    NO_COLOR='' on_terminal 2 seal # empty counts as unset: no-color.org
    grep -aqF $'\e[' shown
    TERM=dumb on_terminal 2 seal
    run ! grep -aqF $'\e' shown
    fails 2 'there is nobody to seal to' '*' seal
    on_terminal 2 sh -c 'seal 2>err'
    run ! grep -aqF $'\e' err
}

@test 'control characters in a file name are shown, not obeyed' {
    NO_COLOR=1 on_terminal 1 open $'evil\e[31m\a'
    run ! grep -aqP '\x1b|\x07' shown
    grep -aqF 'evil\x1b[31m\x07' shown
}

@test 'progress: a bar for work of more than a second, on a terminal, and gone afterwards' {
    a_key
    slow='(head -c 200000 /dev/zero; sleep 1.3; head -c 200000 /dev/zero)'
    on_terminal 0 sh -c "$slow | seal -r $RECIPIENT -o out"
    grep -aq 'KiB/s' shown
    tail -c 4 shown | cmp - <(printf '\r\033[K')
    on_terminal 0 sh -c "$slow | seal -q -r $RECIPIENT -o out"
    [ ! -s shown ]
    on_terminal 0 sh -c "$slow | seal --progress never -r $RECIPIENT -o out"
    [ ! -s shown ]
    # Short work shows none.
    if [ "$BUILD" != valgrind ]; then
        on_terminal 0 seal -r "$RECIPIENT" -o out plain
        [ ! -s shown ]
    fi
}

@test 'progress: the time that somebody takes to type a password does not count' {
    a_key
    seal -p --work 5 --password-file pw -o locked plain
    expect_script <<'SCRIPT'
spawn -noecho sh -c "cat locked | open --progress always -o out"
want "Password for standard input: "
sleep 1.2
send "correct horse\r"
want "B/s  0:00"
finish 0
SCRIPT
    cmp out plain
}

@test 'progress: the bar is gone before an error is told' {
    a_key
    bytes 200000 >plain
    seal -r "$RECIPIENT" -o sealed plain
    head -c 150000 sealed >short
    on_terminal 4 open -i key --progress always -o out short
    grep -aqP '\r\x1b\[Kopen: ' shown
}

@test 'help and version on a terminal' {
    for tool in keygen seal open vault signet; do
        on_terminal 0 $tool --help
        run ! grep -aqF $'\e' shown
        on_terminal 0 $tool --version
    done
}
