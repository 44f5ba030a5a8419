#!/usr/bin/env bats
# open --range: parts of plain payloads and of envelopes, with little read of large files.

load helper

teardown() {
    [ -z "$HUGE" ] || rm -rf "$HUGE"
    clean_up
}

setup() {
    prepare
    HUGE=
    new_key k
    keygen -q -t sign -o signer
}

# part FILE OFFSET LENGTH: what a range must be, by tail and head.
part() {
    tail -c "+$(($2 + 1))" "$1" | head -c "$3"
}

# same FILE SEALED OFFSET LENGTH [OPTION...]: the range is the same from the file, from a pipe, and as it is.
same() {
    local file=$1 sealed=$2 offset=$3 length=$4
    shift 4
    works open -q -i k "$@" --range "$offset:$length" "$sealed"
    cmp "$OUT" <(part "$file" "$offset" "$length")
    # shellcheck disable=SC2002 # a pipe is the point
    works open -q -i k "$@" --range "$offset:$length" < <(cat "$sealed")
    cmp "$OUT" <(part "$file" "$offset" "$length")
}

@test "range: plain payloads and envelopes, at every boundary" {
    local options offset length
    bytes 700000 >file
    for options in "" "-z" "--pad" "--sign signer" "-z --pad --sign signer"; do
        # shellcheck disable=SC2086 # options
        works seal -r "$RECIPIENT" $options -o sealed file
        for offset in 0 65535 65536 262143 262144 699999; do
            for length in 1 70000 1000000; do
                [ "$BUILD" = plain ] || ((offset % 262144 <= 1 && length == 1)) || continue
                same file sealed "$offset" "$length"
            done
        done
    done
}

@test "range: OFFSET: is all from there on, and K, M, G may follow a number" {
    bytes 1500000 >file
    works seal -r "$RECIPIENT" -z -o sealed file
    works open -q -i k --range 1400000: sealed
    cmp "$OUT" <(part file 1400000 1500000)
    works open -q -i k --range 0: sealed
    cmp "$OUT" file
    works open -q -i k --range 1K:2K sealed
    cmp "$OUT" <(part file 1024 2048)
    works open -q -i k --range 1M:1G sealed
    cmp "$OUT" <(part file 1048576 1500000)
}

@test "range: one that begins behind the end is told, one that ends there gives what there is" {
    local options
    bytes 1000 >file
    for options in "" "-z" "--sign signer"; do
        # shellcheck disable=SC2086 # options
        works seal -r "$RECIPIENT" $options -o sealed file
        works open -q -i k --range 990:100 sealed
        cmp "$OUT" <(part file 990 10)
        works open -q -i k --range 1000:1 sealed
        [ ! -s "$OUT" ]
        fails 1 'sealed: the range begins at byte 1001, and the content ends at 1000' - \
            open -q -i k --range 1001:1 sealed
        fails 1 'standard input: the range begins at byte 1001, and the content ends at 1000' - \
            open -q -i k --range 1001: < <(cat sealed)
        fails 1 '*the content ends at 1000' - open -q -i k --range 1T:1T sealed
    done
}

@test "range: what is no range is wrong usage" {
    local range
    echo hello | seal -r "$RECIPIENT" -o sealed
    for range in '' 5 : :5 -1:5 5:-1 5:x 5,6 5:6:7 ' 5:6' 5:6k 99999999999999999999:1 9000000T: 0x5:1; do
        fails 2 "--range takes OFFSET:LENGTH, not *" '*' open -i k --range "$range" sealed
    done
}

@test "range: from armor and from a pipe all is read, and its end must be there" {
    bytes 300000 >file
    works seal -a -r "$RECIPIENT" -o armored file
    works open -i k --range 5:10 armored
    cmp "$OUT" <(part file 5 10)
    works seal -r "$RECIPIENT" -o sealed file
    head -c -1 sealed >part
    try open -i k --range 5:10 < <(cat part)
    [ "$status" = 4 ]
}

@test "range: the last chunk is authenticated first" {
    bytes 300000 >file
    works seal -r "$RECIPIENT" -o sealed file
    # cut between two chunks, and inside the last
    head -c $(($(stat -c %s sealed) - 300000 % 65536 - 16)) sealed >part
    fails 4 'part: the payload is truncated: its last part is missing' '*' open -i k --range 5:10 part
    head -c -1 sealed >part
    fails 4 'part: the payload is not authentic: chunk 5 was changed' '*' open -i k --range 5:10 part
    # a changed chunk matters to those who read it
    cp sealed changed
    printf x | dd of=changed bs=1 seek=100000 conv=notrunc status=none
    works open -i k --range 0:60000 changed
    fails 4 'changed: the payload is not authentic: chunk 2 was changed' '*' open -i k --range 70000:5 changed
    fails 4 'changed: the payload is not authentic: chunk 2 was changed' '*' \
        open -i k --range 70000:5 -o out changed
    [ ! -e out ]
}

@test "range: --from checks the part's signature before it is released" {
    keygen -q -t sign -o other
    bytes 700000 >file
    works seal -r "$RECIPIENT" --sign signer -o sealed file
    works open -i k --from "$(keygen public signer)" --range 600000:10 sealed
    cmp "$OUT" <(part file 600000 10)
    fails 4 'sealed: the signer is not among those given with --from: ssh-ed25519 *' '*' \
        open -i k --from "$(keygen public other)" --range 600000:10 sealed
    works seal -r "$RECIPIENT" -o plain file
    fails 4 'plain: it is not signed, by anybody' '*' \
        open -i k --from "$(keygen public signer)" --range 600000:10 plain
    # and without --from the signer is told
    try open -i k --range 5:5 sealed
    [ "$status" = 0 ]
    grep -q "^open: signed by $(keygen public signer | cut -d' ' -f1,2) (SHA256:" "$ERR"
}

@test "range: --raw has ranges of the payload, and --max-output bounds what comes out" {
    bytes 100000 >file
    works seal -r "$RECIPIENT" -z -o sealed file
    works open -i k --raw sealed
    cp "$OUT" raw
    works open -i k --raw --range 16:30 sealed
    cmp "$OUT" <(part raw 16 30)
    works open -i k --range 50:100 --max-output 100 sealed
    failed_with 1 'sealed: more comes out of it than --max-output allows (at most 99 bytes)' - \
        open -i k --range 50:100 --max-output 99 sealed
}

# Bytes that a command reads from a file of which its name is the last word, by strace.
bytes_read_of() {
    ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" strace -f -qq -e trace=openat,read,pread64,readv,preadv,mmap,copy_file_range -e decode-fds=path \
        -o trace "$@" >"$OUT"
    awk -v file="/$(basename "${*: -1}")>" 'index($0, file) && / = [0-9]+$/ && !/openat/ {
        if (/mmap|copy_file_range/) exit 1
        sum += $NF
    } END { print sum + 0 }' trace
}

# reads_little SIZE OPTION...: of a file of so many bytes, zeros but for a mark near its end, ranges
# anywhere read less than a megabyte.
reads_little() {
    local size=$1 offset count
    shift
    HUGE=$(mktemp -d /tmp/signet-range.XXXXXX)
    truncate -s "$size" "$HUGE/file"
    echo 'X marks the spot' | dd of="$HUGE/file" bs=1 seek=$((size - 1000)) conv=notrunc status=none
    seal -r "$RECIPIENT" "$@" "$HUGE/file" >"$HUGE/huge"
    # 8 KiB at the start, over the ends of a chunk and of a member in the middle, and near the end
    for offset in 0 $((size / 2 - 4096)) $((size - 1000)); do
        count=$(bytes_read_of open -q -i k --range "$offset:8192" "$HUGE/huge")
        echo "$*: range at $offset: $count bytes of $(stat -c %s "$HUGE/huge")"
        ((count > 0 && count < 1000000))
    done
    grep -aq 'X marks the spot' "$OUT"
    [ "$(stat -c %s "$OUT")" = 1000 ]
    rm -rf "$HUGE"
}

# large SIZE: that many bytes, and fewer in the builds that are slow.
large() {
    numfmt --from=iec "$([ "$BUILD" = plain ] && echo "$1" || echo 64M)"
}

@test "range: of a plain file of 4 GiB less than a megabyte is read" {
    reads_little "$(large 4G)"
}

# 4 GiB with SG_TEST_FULL=1
@test "range: of a signed and padded envelope, not compressed, less than a megabyte is read" {
    reads_little "$(large "$([ -n "$SG_TEST_FULL" ] && echo 4G || echo 512M)")" --pad --sign signer
}

@test "range: of a compressed envelope of 5 GiB, which has two indices, less than a megabyte is read" {
    reads_little "$(large 5G)" -z --level 1
}
