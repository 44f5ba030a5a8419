#!/usr/bin/env bats
# Memory: how little is used, and how little of it anyone else may see.

# shellcheck disable=SC2030,SC2031 # each test has variables of its own
load helper

@test '4 GiB through seal and open in under 16 MB of memory each' {
    new_key key
    local size=4294967296
    case $BUILD in
    asan) size=200000000 ;;
    valgrind) size=3000000 ;;
    esac
    # The comparison reads all that comes out: its content, and that it ends where it should.
    head -c $size /dev/zero |
        command time -f %M -o seal.peak seal -r "$RECIPIENT" |
        command time -f %M -o open.peak open -i key |
        cmp - <(head -c $size /dev/zero)
    [ "${PIPESTATUS[*]}" = '0 0 0 0' ]
    cat seal.peak open.peak
    if [ "$BUILD" = plain ]; then
        [ "$(cat seal.peak)" -lt 16384 ]
        [ "$(cat open.peak)" -lt 16384 ]
    fi
}

@test 'the content of a long stream comes out with the hash it went in with' {
    new_key key
    local size=100000000
    [ "$BUILD" = plain ] || size=3000000
    bytes $size | tee >(sha256sum >before) | seal -a -r "$RECIPIENT" | open -i key | sha256sum >after
    await test -s before
    cmp before after
}

@test 'armor, many recipients and long pipes need no more memory' {
    local size=50000000 recipients=() n
    [ "$BUILD" = plain ] || size=3000000
    for ((n = 0; n < $(count 20 3); n++)); do
        new_key key$n
        recipients+=(-r "$RECIPIENT")
    done
    bytes "$size" >plain
    command time -f %M -o seal.peak seal -a "${recipients[@]}" -o sealed plain
    command time -f %M -o open.peak open -i key1 -o got sealed
    cmp got plain
    cat seal.peak open.peak
    if [ "$BUILD" = plain ]; then
        [ "$(cat seal.peak)" -lt 16384 ]
        [ "$(cat open.peak)" -lt 16384 ]
    fi
}

@test 'password hashing takes the memory that was asked for' {
    password_file pw 'correct horse'
    echo hello >plain
    [ "$BUILD" = valgrind ] && work=8 || work=16
    for kdf in argon2id scrypt; do
        command time -f %M -o peak seal -p --kdf $kdf --work "$work" --password-file pw -o sealed plain
        works open --password-file pw sealed
        if [ "$BUILD" = plain ]; then
            [ "$(cat peak)" -gt 65536 ]
            [ "$(cat peak)" -lt 90000 ]
        fi
    done
}

@test 'memory for a password cannot be had: status 1, and why' {
    password_file pw 'correct horse'
    echo hello >plain
    if [ "$BUILD" != plain ]; then # no limit on memory goes with it
        works seal -p --work 8 --password-file pw -o sealed plain
        return
    fi
    for kdf in argon2id scrypt; do
        seal -p --kdf $kdf --work 16 --password-file pw -o sealed plain
        limited() { (ulimit -v 50000 && exec "$@"); }
        fails 1 '*there is not enough memory: * bytes were needed' '*' \
            limited open --password-file pw -o out sealed
        fails 1 '*there is not enough memory: * bytes were needed' '*' \
            limited seal -p --kdf $kdf --work 16 --password-file pw -o out plain
        [ ! -e out ]
    done
}

@test 'nothing of memory may be locked: it works all the same' {
    new_key key
    echo hello >plain
    # valgrind itself cannot do without.
    unlocked() { (if [ "$BUILD" != valgrind ]; then ulimit -l 0; fi && become_user "$@"); }
    user_folder
    cp key plain "$U"
    chmod 644 "$U"/*
    works unlocked seal -r "$RECIPIENT" -o sealed plain
    works unlocked open -i key sealed
    cmp "$OUT" plain
}

# waiting COMMAND...: starts it as an ordinary user with a standard input that does not come, so that its
# key is in its memory. Its process is $tool.
waiting() {
    mkfifo "$U/wait"
    chmod 666 "$U/wait"
    exec 8<>"$U/wait" # so that opening it does not block
    become_user "$@" <"$U/wait" >"$OUT" 2>"$ERR" &
    tool=$!
    # It has started in earnest when it has given up what starting needs: the shell, setpriv.
    await grep -qE '^Name:.(open|seal|keygen|memcheck)' "/proc/$tool/status"
    sleep "$(count 0.2 3)"
    kill -0 $tool
}

@test 'no core file: SIGQUIT and SIGSEGV leave none' {
    new_key key
    mkfifo in
    local signal got
    for signal in QUIT SEGV ABRT; do
        (ulimit -c unlimited && exec env --default-signal open -i key <in >"$OUT" 2>"$ERR") &
        tool=$!
        exec 7>in
        await grep -qE '^Name:.(open|memcheck)' "/proc/$tool/status"
        sleep "$(count 0.2 3)"
        kill -$signal $tool
        got=0
        wait $tool || got=$?
        exec 7>&-
        if [ "$BUILD" = plain ] || [ $signal = QUIT ]; then
            [ "$got" = $((128 + $(kill -l $signal))) ]
        fi
        [ "$(find . -name '*core*')" = '' ]
    done
}

@test 'no core file: the system is told so' {
    new_key key
    mkfifo in
    (ulimit -c unlimited && exec open -i key <in >"$OUT" 2>"$ERR") &
    tool=$!
    exec 7>in
    await grep -qE '^Name:.(open|memcheck)' "/proc/$tool/status"
    sleep "$(count 0.2 3)"
    grep -qE '^Max core file size +0 +0 ' "/proc/$tool/limits"
    kill $tool
    wait $tool || true
    exec 7>&-
}

@test 'the memory of a tool is closed to other processes of the same user' {
    user_folder
    # Of a process like any other it is open: else the test would prove nothing.
    become_user sleep 60 &
    local plain=$!
    await grep -q '^Name:.sleep' "/proc/$plain/status"
    as_user test -r "/proc/$plain/environ"
    as_user head -c 1 "/proc/$plain/environ" >/dev/null
    kill $plain
    wait $plain || true

    as_user keygen -q -o key
    for command in 'open -i key' 'keygen public' 'seal -i key'; do
        # shellcheck disable=SC2086
        waiting $command
        # Not dumpable: what is the user's otherwise belongs to root.
        [ "$(stat -c %u "/proc/$tool/environ")" = 0 ]
        # What is secret is in memory that is never written to a swap file.
        if [ "$BUILD" = plain ] && [ "$(ulimit -l)" != 0 ]; then
            [ "$(awk '/^VmLck:/ { print $2 }' "/proc/$tool/status")" -gt 0 ]
        fi
        for file in mem maps environ; do
            run as_user dd if="/proc/$tool/$file" of=/dev/null bs=1 count=1
            [ "$status" != 0 ]
        done
        kill $tool
        wait $tool || true
        exec 8>&-
        rm "$U/wait"
    done
}

@test 'arguments of a process show no secret' {
    # What anybody sees in ps while a password is in use.
    user_folder
    password_file pw 'correct horse'
    mkfifo "$U/in"
    seal -p --work 5 --password-file pw <"$U/in" >"$OUT" 2>"$ERR" &
    tool=$!
    exec 7>"$U/in"
    sleep "$(count 0.2 3)"
    run ! grep -qF 'correct horse' "/proc/$tool/cmdline"
    run ! grep -qF 'correct horse' "/proc/$tool/environ"
    exec 7>&-
    wait $tool
}

@test 'the identity is not found in memory any more after it was used' {
    new_key key
    bytes 300000 >plain
    seal -r "$RECIPIENT" -o sealed plain
    if [ "$BUILD" != plain ] || [ "$(id -u)" != 0 ]; then
        # Nobody may look, or too much else is there: then let it work.
        works open -i key sealed
        return
    fi
    cat >look.pl <<'PERL'
# look.pl PID KEY-FILE PLAIN-FILE: looks for both in the memory of the process. It must find the chunk of
# the plain file that is at hand, or it has not looked well.
my ($pid, $key, $plain) = @ARGV;
my (%needles, %symbols);
@symbols{split //, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"} = 0 .. 31;
open my $file, "<", $key or die;
my ($text) = join("", <$file>) =~ /^AGE-SECRET-KEY-1([A-Z0-9]{52})/m or die;
my $bytes = pack "B256", join "", map { sprintf "%05b", $symbols{$_} } split //, $text;
$needles{"its text"} = substr $text, 4, 20;
$needles{"its first half"} = substr $bytes, 1, 15; # X25519 changes the first byte and the last
$needles{"its second half"} = substr $bytes, 16, 15;
open $file, "<:raw", $plain or die;
sysseek $file, 65536 + 1000, 0;
sysread $file, $needles{"the chunk"}, 32;
open my $maps, "<", "/proc/$pid/maps" or die "maps: $!";
open my $mem, "<:raw", "/proc/$pid/mem" or die "mem: $!";
my %found;
while (<$maps>) {
    my ($from, $to) = /^([0-9a-f]+)-([0-9a-f]+) r/ or next;
    next if /\[v(var|syscall)/;
    sysseek $mem, hex $from, 0;
    next unless sysread $mem, my $bytes, hex($to) - hex($from);
    for my $name (keys %needles) {
        $found{$name} .= "$name is in $_" if index($bytes, $needles{$name}) >= 0;
    }
}
die "the chunk at hand is not found: the search is blind\n" unless delete $found{"the chunk"};
print values %found;
exit(%found ? 1 : 0);
PERL
    mkfifo in
    open -i key <in >"$OUT" 2>"$ERR" &
    tool=$!
    exec 7>in
    head -c 180000 sealed >&7
    await sh -c "[ \"\$(stat -c %s '$OUT')\" -ge 131072 ]" # two chunks are done
    perl look.pl $tool key plain
    tail -c +180001 sealed >&7
    exec 7>&-
    wait $tool
    cmp "$OUT" plain
}

@test 'the search that finds no identity would find one' {
    if [ "$BUILD" != plain ] || [ "$(id -u)" != 0 ]; then
        works keygen -q
        return
    fi
    # seal -i reads its identities first, and then waits for another file of them.
    new_key key
    mkfifo in
    seal -i key -i in -o sealed /dev/null 2>"$ERR" &
    tool=$!
    exec 7>in
    sleep 0.2
    perl -e '
        my ($pid, $text) = @ARGV;
        open my $maps, "<", "/proc/$pid/maps" or die;
        open my $mem, "<:raw", "/proc/$pid/mem" or die;
        my %symbols;
        @symbols{split //, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"} = 0 .. 31;
        my $bytes = pack "B256", join "", map { sprintf "%05b", $symbols{$_} } split //, $text;
        while (<$maps>) {
            my ($from, $to) = /^([0-9a-f]+)-([0-9a-f]+) r/ or next;
            next if /\[v(var|syscall)/;
            sysseek $mem, hex $from, 0;
            next unless sysread $mem, my $got, hex($to) - hex($from);
            exit 0 if index($got, substr($bytes, 1, 15)) >= 0;
        }
        exit 1;
    ' $tool "$(sed -n 's/^AGE-SECRET-KEY-1//p' key)"
    cat key >&7
    exec 7>&-
    wait $tool
    works open -i key sealed
}
