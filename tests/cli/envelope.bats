#!/usr/bin/env bats
# seal -z, --pad and --sign, and open that undoes them: what is inside the encryption.

load helper

setup() {
    prepare
    new_key k
    keygen -q -t sign -o signer
    keygen -q -t sign -o other
    SIGNER=$(keygen public signer)
    FINGERPRINT=$(ssh-keygen -lf signer | cut -d' ' -f2)
    MIB=1048576
}

# noise N, text N: bytes that do not shrink, and bytes that do.
noise() { bytes "$1"; }
text() { head -c "$1" /dev/zero | tr '\0' 'x'; }

# from_signer FILE: opens it as signed by $SIGNER.
from_signer() {
    works open -i k --from "$SIGNER" "$1"
}

COMBINATIONS=("-z" "--pad" "--sign signer" "-z --pad" "-z --sign signer" "--pad --sign signer"
    "-z --pad --sign signer" "-z --level 1" "-z --level 9")

@test "envelope: age -d and gunzip give the plaintext, of every size and combination" {
    local size kind options sizes=(0 1 $((MIB - 1)) "$MIB" $((MIB + 1)) $((12 * MIB + 345)))
    [ "$BUILD" = plain ] || sizes=(0 $((MIB + 1)))
    for size in "${sizes[@]}"; do
        for kind in noise text; do
            "$kind" "$size" >file
            for options in "${COMBINATIONS[@]}"; do
                # shellcheck disable=SC2086 # options
                works seal -r "$RECIPIENT" $options -o sealed file
                age -d -i k sealed | gunzip | cmp - file || flunk "$size bytes of $kind, $options"
                works open -q -i k sealed
                cmp "$OUT" file
            done
        done
    done
}

@test "envelope: it goes through pipes, armor and passwords" {
    noise 3000000 >file
    password_file pw 'correct horse'
    seal -a -z --sign signer --pad -p --work 8 --password-file pw <file | cat >sealed
    grep -q '^-----BEGIN AGE' sealed
    works open --password-file pw --from "$SIGNER" <sealed
    cmp "$OUT" file
}

@test "envelope: without an option there is none" {
    text 1000 >file
    works seal -r "$RECIPIENT" -o sealed file
    age -d -i k sealed | cmp - file
    works open -i k --raw sealed
    cmp "$OUT" file
}

@test "envelope: -z makes less of what shrinks, and hardly more of what does not" {
    local sizes=() level
    for level in 1 6 9; do
        seal --help | seal -r "$RECIPIENT" -z --level "$level" -o small
        cat "$REPOSITORY"/lib/*/*.c "$REPOSITORY"/man/* | head -c 400000 >file
        works seal -r "$RECIPIENT" -z --level "$level" -o "sealed.$level" file
        sizes+=("$(stat -c %s "sealed.$level")")
    done
    ((sizes[0] > sizes[1] && sizes[1] >= sizes[2] && sizes[0] < 200000))
    works seal -r "$RECIPIENT" -z -o sealed file
    # the usual level is 6, but for what is random in a header
    [ "$(stat -c %s sealed)" = "${sizes[1]}" ]
    noise 4000000 >file
    works seal -r "$RECIPIENT" -z -o sealed file
    (($(stat -c %s sealed) < 4008000))
}

@test "envelope: --from takes a key, or a file in each of OpenSSH's forms, several times" {
    echo hello | seal -r "$RECIPIENT" --sign signer -o sealed
    from_signer sealed
    [ "$(<"$OUT")" = hello ]
    works open -i k --from "$SIGNER a comment" sealed
    keygen public signer >signer.pub
    works open -i k --from signer.pub sealed
    { echo '# mine'; echo 'restrict,command="echo a b" '"$(keygen public other)"; echo "no-pty $SIGNER me"; } >authorized_keys
    works open -i k --from authorized_keys sealed
    {
        echo "bob@example.org $(keygen public other)"
        echo "alice@example.org,*@example.net namespaces=\"git,signet\" $SIGNER"
    } >allowed_signers
    works open -i k --from allowed_signers sealed
    works open -i k --from "$(keygen public other)" --from signer.pub sealed
    works open -i k --from - sealed <signer.pub
}

@test "envelope: keys in a file that are not for this, or of other types, are passed over" {
    local line
    echo hello | seal -r "$RECIPIENT" --sign signer -o sealed
    ssh-keygen -q -t ecdsa -N '' -f ecdsa
    for line in "$(cat ecdsa.pub)" "alice $(cat ecdsa.pub)" "alice cert-authority $SIGNER" \
        "cert-authority $SIGNER" "alice namespaces=\"git\" $SIGNER" "alice namespaces=\"*,!signet\" $SIGNER"; do
        echo "$line" >keys
        fails 4 'keys: there is no signer that could be verified in it' 'a signer is ssh-ed25519 *' \
            open -i k --from keys sealed
        keygen public other >>keys
        fails 4 "sealed: the signer is not among those given with --from: $SIGNER ($FINGERPRINT)" '*' \
            open -i k --from keys sealed
        echo "$SIGNER" >>keys
        works open -i k --from keys sealed
    done
}

@test "envelope: a line that is no signer ends it, by its number" {
    echo hello | seal -r "$RECIPIENT" --sign signer -o sealed
    { echo "$SIGNER"; echo; echo 'ssh-ed25519 AAAAC3Nz'; } >keys
    fails 4 'keys: line 3: not a signer: an ssh-ed25519 key has 68 characters *' '*' open -i k --from keys sealed
    { echo "$SIGNER"; echo 'what is this'; } >keys
    fails 4 'keys: line 2: not a signer: there is no SSH public key in it' '*' open -i k --from keys sealed
    echo "alice valid-before=\"20990101\" $SIGNER" >keys
    fails 4 'keys: line 1: not a signer: it says when the key is valid, and that is not judged here' \
        'name the keys that count in a file of their own*' open -i k --from keys sealed
    fails 4 'signer: not a signer: it is a private key' 'keygen public FILE*' open -i k --from signer sealed
    fails 1 'cannot open nobody: *' '*' open -i k --from nobody sealed
    fails 2 'not a signer: its base64 *' '*' open -i k --from "${SIGNER%?????}AAAA!" sealed
    fails 2 'not a signer: it is an SSH key of another type than ssh-ed25519, *' '*' open -i k --from 'ssh-rsa AAAA' sealed
}

@test "envelope: --from refuses what is not signed, or by another, before a byte is released" {
    noise 700000 >file
    works seal -r "$RECIPIENT" --sign other -o sealed file
    fails 4 "sealed: the signer is not among those given with --from: $(keygen public other) (SHA256:*)" \
        'if that is who should have signed*' open -i k --from "$SIGNER" sealed
    works seal -r "$RECIPIENT" -z --pad -o sealed file
    fails 4 'sealed: it is not signed, by anybody' 'ask for one made with seal --sign*' \
        open -i k --from "$SIGNER" sealed
    works seal -r "$RECIPIENT" -o sealed file
    fails 4 'sealed: it is not signed, by anybody' '*' open -i k --from "$SIGNER" sealed
    age -r "$RECIPIENT" -o sealed file
    fails 4 'sealed: it is not signed, by anybody' '*' open -i k --from "$SIGNER" -o out sealed
    [ ! -e out ]
    seal -r "$RECIPIENT" -o sealed </dev/null
    fails 4 'sealed: it is not signed, by anybody' '*' open -i k --from "$SIGNER" sealed
}

@test "envelope: without --from the signer is named, and that nobody vouched for the key" {
    echo hello | seal -r "$RECIPIENT" --sign signer -o sealed
    try open -i k sealed
    [ "$status" = 0 ]
    [ "$(<"$OUT")" = hello ]
    diff "$ERR" - <<END
open: signed by $SIGNER ($FINGERPRINT)
open: nobody has vouched for that key; --from names those whose signature counts
END
    works open -q -i k sealed
    works open -i k --raw sealed
    # of something forged nobody is named
    { open -i k --raw sealed | head -c -1; } >part
    age -r "$RECIPIENT" -o forged part
    failed_with 4 '*' '*' open -i k forged
}

@test "envelope: --sign takes OpenSSH's key files, also sealed with a password" {
    echo hello >file
    ssh-keygen -q -t ed25519 -N '' -C me@example.org -f id_ed25519
    works seal -r "$RECIPIENT" --sign id_ed25519 -o sealed file
    works open -i k --from id_ed25519.pub sealed
    password_file pw 'correct horse'
    works keygen -q -t sign -p --work 8 --password-file pw -o fresh.age
    works seal -r "$RECIPIENT" --sign fresh.age --password-file pw -o sealed file
    works open -q -i k sealed
    seal -p --work 8 --password-file pw -o signer.age signer
    works seal -r "$RECIPIENT" --sign signer.age --password-file pw -o sealed file
    from_signer sealed
    works seal -r "$RECIPIENT" --sign - -o sealed file <signer
    from_signer sealed
}

@test "envelope: a key that does not sign is refused, and nothing is written" {
    echo hello >file
    fails 4 'k: not an identity: it opens files, and does not sign' \
        'keygen -t sign -o NEW makes a key that signs*' seal -r "$RECIPIENT" --sign k -o sealed file
    ssh-keygen -q -t ed25519 -N secret -f locked
    fails 4 'locked: not an identity: the SSH private key is encrypted with a passphrase' '*' \
        seal -r "$RECIPIENT" --sign locked -o sealed file
    ssh-keygen -q -t ecdsa -N '' -f ecdsa
    fails 4 'ecdsa: not an identity: it is an SSH key of type ecdsa-sha2-nistp256*' '*' \
        seal -r "$RECIPIENT" --sign ecdsa -o sealed file
    keygen public signer >signer.pub
    fails 4 'signer.pub: *not an identity: it is an SSH public key' '*' \
        seal -r "$RECIPIENT" --sign signer.pub -o sealed file
    fails 1 'cannot open nothing: *' '*' seal -r "$RECIPIENT" --sign nothing -o sealed file
    fails 2 'two things cannot both be read from standard input' '*' seal -r "$RECIPIENT" --sign - -o sealed
    [ ! -e sealed ]
}

@test "envelope: the signer is invisible to whoever lacks the key" {
    local key
    echo hello | seal -r "$RECIPIENT" --sign signer -o sealed
    key=$(cut -d' ' -f2 <<<"$SIGNER" | base64 -d | tail -c 32 | od -An -v -tx1 | tr -d ' \n')
    run ! grep -q "$key" <(od -An -v -tx1 sealed | tr -d ' \n')
    run ! grep -aqi -e "${SIGNER:20:20}" -e "$FINGERPRINT" sealed
    try open --inspect sealed
    run ! grep -qi -e "${SIGNER:20:20}" -e "$FINGERPRINT" -e 'It is signed' "$OUT"
    # with the key it is there
    open -i k --raw sealed | od -An -v -tx1 | tr -d ' \n' | grep -q "$key"
}

@test "envelope: the report says what shows of padding and signing, and that the rest is unknown" {
    local options
    learned() {
        open --inspect --json sealed | node -e '
            const r = JSON.parse(require("fs").readFileSync(0));
            console.log(JSON.stringify(r.inside), r.exposure.learned.concat(r.exposure.not_learned)
                .map((x) => x.id).filter((id) => /inside|padded|signed/.test(id)).join(" "))'
    }
    noise 100000 >file
    # the same is said whatever is inside, as long as the length is one that padding gives
    for options in "--pad" "--pad --sign signer" "-z --pad"; do
        # shellcheck disable=SC2086 # options
        works seal -r "$RECIPIENT" $options -o sealed file
        [ "$(learned)" = '{"compressed":null,"padded":null,"signed":null} padded_length inside' ]
    done
    head -c 102400 /dev/zero | seal -r "$RECIPIENT" -o sealed
    [ "$(learned)" = '{"compressed":null,"padded":null,"signed":null} padded_length inside' ]
    open --inspect sealed | tr -s ' \n' ' ' |
        grep -q 'one that padding gives, as one in 2048 is by chance: it is probably padded inside'
    # a length that padding never gives
    for options in "" "-z" "--sign signer"; do
        # shellcheck disable=SC2086 # options
        works seal -r "$RECIPIENT" $options -o sealed file
        [ "$(learned)" = '{"compressed":null,"padded":false,"signed":null} not_padded inside' ]
    done
    # and lengths too short for it
    head -c 281 file | seal -r "$RECIPIENT" -o sealed
    [ "$(learned)" = '{"compressed":false,"padded":false,"signed":false} nothing_inside' ]
    head -c 282 file | seal -r "$RECIPIENT" -o sealed
    [ "$(learned)" = '{"compressed":null,"padded":false,"signed":false} not_padded not_signed inside' ]
    seal -r "$RECIPIENT" -z -o sealed </dev/null
    [ "$(learned)" = '{"compressed":null,"padded":false,"signed":false} not_padded not_signed inside' ]
    seal -r "$RECIPIENT" --sign signer -o sealed </dev/null
    [ "$(learned)" = '{"compressed":null,"padded":false,"signed":null} not_padded inside' ]
}

@test "envelope: sizes of padded files take only Padmé values, and hide the rest" {
    local n a b size
    padme() { # the next Padmé value, by its definition
        awk -v n="$1" 'BEGIN { e = int(log(n) / log(2)); if (2 ^ (e + 1) <= n) e++
            s = int(log(e) / log(2)); if (2 ^ (s + 1) <= e) s++
            u = 2 ^ (e - s - 1); print int((n + u - 1) / u) * u }'
    }
    for n in 1 2 99 1000 65000 262144 262145 $((RANDOM * 30)) $((RANDOM * 30)) 999999; do
        noise "$n" | seal -r "$RECIPIENT" --pad -o sealed
        size=$(open -i k --raw sealed | wc -c)
        [ "$(padme "$size")" = "$size" ]
        ((size >= n && size * 100 <= (n + 600) * 112))
    done
    # neighbours look alike
    a=$(noise 99000 | seal -r "$RECIPIENT" --pad | wc -c)
    b=$(noise 100000 | seal -r "$RECIPIENT" --pad | wc -c)
    [ "$a" = "$b" ]
}

@test "envelope: a user's own gzip files pass through untouched" {
    local file
    text 300000 | gzip >one.gz
    { gzip </dev/null; gzip <k; noise 1000 | gzip -1; } >several.gz
    printf '\037\213\010\004\0\0\0\0\0\377\006\0BC\002\0\033\0\003\0\0\0\0\0\0\0\0\0' >eof.bgz
    # BGZF: a member with its own size in the subfield BC, and the empty one at the end
    text 500 | gzip -n | tail -c +11 >deflated
    {
        printf '\037\213\010\004\0\0\0\0\0\377\006\0BC\002\0'
        printf '%02x00' $(($(stat -c %s deflated) + 17)) | xxd -r -p
        cat deflated eof.bgz
    } >blocks.bgz
    gunzip <blocks.bgz | cmp - <(text 500)
    printf '\037\213' >two-bytes.gz
    gzip <one.gz | head -c 100 >cut.gz
    # a subfield of the same name, elsewhere, or under another header
    printf '\037\213\010\004\0\0\0\0\0\003\006\0SG\002\0\033\0\003\0\0\0\0\0\0\0\0\0' >sg.gz
    for file in *.gz *.bgz; do
        works seal -r "$RECIPIENT" -o sealed "$file"
        age -d -i k sealed | cmp - "$file"
        works open -i k sealed
        cmp "$OUT" "$file"
        works open -i k sealed --range 0:
        cmp "$OUT" "$file"
        works seal -r "$RECIPIENT" -z --pad -o sealed "$file"
        works open -i k sealed
        cmp "$OUT" "$file"
    done
}

@test "envelope: content that is itself an envelope comes back as it is" {
    local options
    text 5000 >file
    for options in "-z" "--pad --sign signer"; do
        # shellcheck disable=SC2086 # options
        works seal -r "$RECIPIENT" $options -o first file
        age -d -i k first >inner
        works open -i k --raw first
        cmp "$OUT" inner
        # sealed plainly it gets an envelope of its own, so that it is not taken for one
        works seal -r "$RECIPIENT" -o second inner
        works open -i k second
        cmp "$OUT" inner
        age -d -i k second | gunzip | cmp - inner
        works seal -r "$RECIPIENT" -z -o second inner
        works open -i k second
        cmp "$OUT" inner
        works open -i k --range 10:20 second
        cmp "$OUT" <(tail -c +11 inner | head -c 20)
    done
    # and so does the beginning of one
    head -c 16 inner >start
    works seal -r "$RECIPIENT" -o second start
    works open -i k second
    cmp "$OUT" start
}

@test "envelope: one from another file that age sealed is refused, and --raw takes it" {
    text 5000 >file
    works seal -r "$RECIPIENT" -z -o first file
    age -d -i k first >inner
    age -r "$RECIPIENT" -o second inner
    fails 4 'second: the envelope in it was made for another file' 'open --raw takes it as it is; *' \
        open -i k second
    works open -i k --raw second
    cmp "$OUT" inner
    works seal -r "$RECIPIENT" --sign signer -o first file
    age -d -i k first | age -r "$RECIPIENT" -o second
    fails 4 'second: it was signed for other recipients, and sealed anew by somebody else' '*' \
        open -i k second
    fails 4 'second: it was signed for other recipients, and sealed anew by somebody else' '*' \
        open -i k --from "$SIGNER" second
}

@test "envelope: rewrapping keeps what is inside, but not a signature" {
    local mine=$RECIPIENT
    new_key friend
    text 400000 >file
    works seal -r "$mine" -z --pad -o sealed file
    works seal --rewrap -i k -r "$RECIPIENT" -o moved sealed
    works open -i friend moved
    cmp "$OUT" file
    works open -i friend --range 300000:10 moved
    works seal -r "$mine" --sign signer -o sealed file
    cp sealed before
    fails 1 'sealed: it is signed for the recipients that it has' 'sign it anew: *' \
        seal --rewrap -i k -r "$RECIPIENT" -o moved2 sealed
    [ ! -e moved2 ]
    fails 1 'sealed: it is signed for *' '*' seal --rewrap -i k -r "$RECIPIENT" -o sealed sealed
    cmp sealed before
    fails 1 'standard input: it is signed for *' '*' seal --rewrap -i k -r "$RECIPIENT" <sealed
    # as the hint has it: passed on inside another, with its signature
    open -i k --raw sealed | seal -r "$RECIPIENT" -o inside
    works open -i friend inside
    gunzip <"$OUT" | cmp - file
}

@test "envelope: a bomb takes no memory, and --max-output ends it" {
    local size
    size=67108864
    [ "$BUILD" != plain ] || size=1073741824
    head -c "$size" /dev/zero | seal -r "$RECIPIENT" -z --level 9 -o bomb
    (($(stat -c %s bomb) < size / 150))
    if [ "$BUILD" = plain ]; then
        /usr/bin/time -f %M -o memory open -i k bomb >/dev/null
        echo "peak memory: $(<memory) KiB"
        (($(<memory) < 16384 + $(nproc) * 2048))
    fi
    failed_with 1 'bomb: more comes out of it than --max-output allows (at most 1048576 bytes)' - \
        open -i k --max-output 1M bomb
    [ "$(stat -c %s "$OUT")" = 1048576 ]
    fails 1 'bomb: more comes out of it than *' - open -i k --max-output 1M -o out bomb
    [ ! -e out ]
    works open -i k --max-output "$size" -o out bomb
    [ "$(stat -c %s out)" = "$size" ]
    # also of what is in no envelope
    echo hello | seal -r "$RECIPIENT" -o sealed
    failed_with 1 'sealed: more comes out *' - open -i k --max-output 5 sealed
    works open -i k --max-output 6 sealed
    failed_with 1 'sealed: more comes out *' - open -i k --max-output 0 sealed
}

@test "envelope: compression takes all cores, and constant memory" {
    local threads small large
    export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" # which looks in vain under strace
    noise 400000 >file
    # one for each core beside the first thread, where there are several; none for what is small
    threads=$(strace -f -qq -e trace=clone,clone3 -o trace seal -r "$RECIPIENT" -z -o out file && grep -c 'CLONE_THREAD' trace || true)
    [ "$threads" = "$(($(nproc) > 1 ? $(nproc) : 0))" ]
    strace -f -qq -e trace=clone,clone3 -o trace seal -r "$RECIPIENT" -z -o out k
    run ! grep -q CLONE_THREAD trace
    [ "$BUILD" = plain ] || return 0
    bytes 4000000 >file
    /usr/bin/time -f %M -o small seal -r "$RECIPIENT" -z --pad --sign signer -o out file
    for _ in {1..40}; do cat file; done | /usr/bin/time -f %M -o large seal -r "$RECIPIENT" -z --pad --sign signer -o out
    small=$(<small) large=$(<large)
    echo "peak memory: $small KiB for 4 MB, $large KiB for 160 MB"
    ((large < small + 1024 && large < 16384 + $(nproc) * 2048))
}

@test "envelope: a signed stream is released as it flows" {
    noise 3000000 >file
    works seal -r "$RECIPIENT" --sign signer -o sealed file
    mkfifo pipe
    local pid
    open -i k --from "$SIGNER" <pipe >out &
    pid=$!
    exec 7>pipe
    head -c 2000000 sealed >&7
    # within the pieces that are under way everything authentic comes out
    some_came() { (($(stat -c %s out) >= 262144)); }
    await some_came
    cmp <(head -c "$(stat -c %s out)" file) out
    # the rest never comes
    exec 7>&-
    status=0
    wait "$pid" || status=$?
    [ "$status" = 4 ]
    (($(stat -c %s out) % 262144 == 0 && $(stat -c %s out) > 1500000))
    cmp <(head -c "$(stat -c %s out)" file) out
}

@test "envelope: no temporaries, no hanging threads: full disks, closed pipes, signals" {
    noise 4000000 >file
    # shellcheck disable=SC2016 # expanded by the inner shell
    fails 1 'cannot write standard output: there is no space left' '*' \
        env TO="$RECIPIENT" bash -c 'exec seal -r "$TO" -z --sign signer file >/dev/full'
    works seal -r "$RECIPIENT" -z --sign signer -o sealed file
    fails 1 'cannot write standard output: there is no space left' '*' \
        bash -c 'exec open -q -i k sealed >/dev/full'
    run bash -c 'seal -r "$0" -z file | head -c 1000 | wc -c' "$RECIPIENT"
    [ "$output" = 1000 ]
    run bash -c 'open -q -i k sealed | head -c 1000 | cmp - <(head -c 1000 file)'
    [ "$status" = 0 ]
    mkfifo pipe
    seal -r "$RECIPIENT" -z -o out <pipe &
    exec 7>pipe
    cat file >&7
    kill -TERM $!
    status=0
    wait $! || status=$?
    exec 7>&-
    [ "$status" = 143 ]
    [ ! -e out ]
}

@test "envelope: options that make no sense are wrong usage" {
    echo hello >file
    works seal -r "$RECIPIENT" -o sealed file
    fails 2 '--level goes with -z' 'add -z to compress' seal -r "$RECIPIENT" --level 3 file
    fails 2 '--level takes a number from 1 to 9, not 0' - seal -r "$RECIPIENT" -z --level 0 -o x file
    fails 2 '--level takes a number from 1 to 9, not 10' - seal -r "$RECIPIENT" -z --level 10 -o x file
    local option
    for option in -z --pad --sign=signer; do
        fails 2 '--rewrap leaves the content as it is: --* is of no use' 'open the file and seal it anew: *' \
            seal --rewrap -i k -r "$RECIPIENT" "$option" -o x sealed
    done
    fails 2 '--raw looks at no signature: it does not go with --from' '*' open -i k --raw --from "$SIGNER" sealed
    for option in --from=x --range=1:1 --max-output=1 --raw; do
        fails 2 '--inspect needs no key and no password: --* is of no use' '*' open --inspect "$option" sealed
    done
    for option in x -1 1X 1KK '' ' 1'; do
        fails 2 '--max-output takes a size, not *' '*' open -i k --max-output "$option" sealed
    done
}
