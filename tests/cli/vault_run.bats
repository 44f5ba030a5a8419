#!/usr/bin/env bats
# vault: entries handed to a command.

load helper

setup() {
    prepare
    new_key key.txt
    export SIGNET_IDENTITY=$PWD/key.txt
    export SIGNET_HOME=$BATS_TEST_TMPDIR/home
    vault init -q -i key.txt
    secret 'hunter2hunter2'
    vault put mail/pass-word <<<'hunter2hunter2'
    printf 'two\nlines\n\n' | vault put two
    bytes 300000 >large
    vault put large large
}

@test "run: an entry as a variable, named after it or as one says" {
    # shellcheck disable=SC2016 # expanded by the inner shell
    works vault run mail/pass-word two=TWO -- sh -c 'printf "%s|%s|" "$MAIL_PASS_WORD" "$TWO"'
    [ "$(<"$OUT")" = $'hunter2hunter2|two\nlines\n|' ]
}

@test "run: an entry behind a descriptor, by number, by variable, as standard input" {
    # shellcheck disable=SC2016
    works vault run large=@5 -- sh -c 'cat /dev/fd/5'
    cmp large "$OUT"
    # shellcheck disable=SC2016
    works vault run large=@FILE -- sh -c 'cat "$FILE" "$FILE" && ! echo x 2>/dev/null >"$FILE"'
    cmp "$OUT" <(cat large large)
    works vault run large=@0 -- cat
    cmp large "$OUT"
    # shellcheck disable=SC2016
    works vault run two=@A large=@4 mail/pass-word=@B -- sh -c 'cat "$B" "$A"; cat <&4'
    cmp "$OUT" <(printf 'hunter2hunter2\ntwo\nlines\n\n'; cat large)
}

@test "run: the command takes the place of vault: its status, signals, arguments" {
    run -7 vault run two -- sh -c 'exit 7'
    run -143 vault run two -- sh -c 'kill -TERM $$'
    works vault run two -- printf '%s,' --json -x -- 'a b'
    [ "$(<"$OUT")" = '--json,-x,--,a b,' ]
    fails 127 'cannot run nothing-of-the-kind: there is no such program' - vault run two -- nothing-of-the-kind
    fails 126 'cannot run ./large: *' - vault run two -- ./large
}

@test "run: nothing of it stands in an argument, and no descriptor is left over" {
    # shellcheck disable=SC2016
    works vault run mail/pass-word=@3 -- sh -c 'tr "\0" " " </proc/$$/cmdline; ls /proc/$$/fd'
    run ! grep -q hunter2 "$OUT"
    run ! grep -q store.db <(vault run two -- ls -l /proc/self/fd)
}

@test "run: what a variable cannot hold" {
    printf 'a\0b' | vault put nul
    fails 1 'nul: it holds a NUL byte, which no variable can' 'nul=@NUL gives *' vault run nul -- true
    fails 1 'large: it * which *' '*' vault run large -- true
    base64 large >text
    vault put text text
    fails 1 'text: it is over 131000 bytes long*' 'text=@TEXT gives *' vault run text -- true
}

@test "run: wrong usage" {
    fails 2 'no command follows the --' '*' vault run two --
    fails 2 'there is no -- before a command' '*' vault run two true
    fails 2 'no entry is named' '*' vault run -- true
    fails 2 'two=1X: *' '*' vault run two=1X -- true
    fails 2 'two=@1: *' '*' vault run two=@1 -- true
    fails 2 'two=@300: *' '*' vault run two=@300 -- true
    fails 2 'two entries are to be ?X' '*' vault run two=X large=X -- true
    fails 2 'two entries are to be descriptor 4' - vault run two=@4 large=@4 -- true
    fails 1 'none: there is no such entry' '*' vault run none -- true
}
