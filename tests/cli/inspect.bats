#!/usr/bin/env bats
# open --inspect: every figure against a count made here with other tools, every sentence where it is
# true and nowhere else, the JSON against its schema, and files that are wrong.

load helper

GOLDEN=$BATS_TEST_DIRNAME/golden

# key TYPE FILE: an identity file; its recipient is in $RECIPIENT.
key() {
    keygen -q -t "$1" -o "$2"
    RECIPIENT=$(keygen public "$2")
    secret "$(grep '^AGE-SECRET' "$2" | cut -c 24-44)"
}

# report COMMAND...: its JSON, checked against the schema, is in the file report.
report() {
    try "$@"
    node "$GOLDEN/inspect.mjs" <"$OUT" >report || flunk "$(cat report)"
}

# is EXPRESSION VALUE [EXPRESSION VALUE]...: what JavaScript expressions make of the report r.
is() {
    # shellcheck disable=SC2016 # JavaScript
    node -e '
        const r = JSON.parse(require("fs").readFileSync("report"));
        const [, ...pairs] = process.argv;
        for (let i = 0; i < pairs.length; i += 2) {
            const got = String(eval(pairs[i]));
            if (got === pairs[i + 1]) continue;
            console.log(`${pairs[i]} is ${got} and not ${pairs[i + 1]}`);
            process.exit(1);
        }' -- "$@"
}

# ids LEARNED...: the sentences of what is learned are these, and no others.
ids() {
    is 'r.exposure.learned.map(x => x.id).join(" ")' "$*"
}

# counted FILE CONTENT: counts a binary sealed file with sed, grep and wc alone, and compares.
counted() {
    local file=$1 content=$2 header stanzas payload chunks
    header=$(sed '/^---/q' "$file" | wc -c)
    stanzas=$(sed '1d;/^---/Q' "$file" | wc -c)
    payload=$(tail -c "+$((header + 1))" "$file" | wc -c)
    chunks=$(((content + 65535) / 65536))
    ((chunks)) || chunks=1
    is r.sizes.header "$header" \
        r.sizes.header_stanzas "$stanzas" \
        r.sizes.header_mac "$(sed -n '/^---/{p;q}' "$file" | wc -c)" \
        r.sizes.payload "$payload" \
        r.sizes.payload_nonce 16 \
        r.sizes.payload_chunks "$chunks" \
        r.sizes.payload_tags $((16 * chunks)) \
        r.sizes.content "$content" \
        'r.sizes.payload_nonce + r.sizes.payload_tags + r.sizes.content' "$payload" \
        r.stanzas.length "$(sed '/^---/q' "$file" | grep -ac '^-> ')" \
        'r.stanzas.map(s => s.type).join(" ")' "$(sed '/^---/q' "$file" | sed -n 's/^-> \([^ ]*\).*/\1/p' | paste -sd ' ')" \
        'r.stanzas.reduce((n, s) => n + s.bytes, 0)' "$stanzas"
}

@test "inspect: the figures are those of an independent count, at every boundary of the chunks" {
    local n
    key x25519 a
    alice=$RECIPIENT
    key x25519 b
    for n in 0 1 65535 65536 65537 131072 131073 300000; do
        bytes "$n" >plain
        works seal -r "$alice" -r "$RECIPIENT" -o f plain
        report open --inspect --json f
        counted f "$n"
        is r.sizes.total "$(stat -c %s f)" \
            r.sizes.armor 0 \
            r.armored false \
            r.fault null
        # the same from a pipe, whose size nobody knows
        cp report first
        # shellcheck disable=SC2002 # a pipe is the point
        cat f | open --inspect --json >second
        diff <(sed 's/"file":"f"/"file":null/' first) <(node "$GOLDEN/inspect.mjs" <second)
    done
}

@test "inspect: armor is counted apart, whatever its line ends and the white space around it" {
    local n
    key x25519 a
    for n in 0 1 100 65536 200000; do
        bytes "$n" >plain
        works seal -a -r "$RECIPIENT" -o f plain
        sed '1d;$d' f | base64 -d >binary
        report open --inspect --json f
        counted binary "$n"
        is r.armored true \
            r.sizes.total "$(stat -c %s f)" \
            r.sizes.armor $(($(stat -c %s f) - $(stat -c %s binary)))
        { printf '\n \t\n'; sed 's/$/\r/' f; printf '\n\n '; } >g
        report open --inspect --json g
        counted binary "$n"
        is r.sizes.total "$(stat -c %s g)" \
            r.sizes.armor $(($(stat -c %s g) - $(stat -c %s binary)))
    done
}

@test "inspect: post-quantum recipients" {
    key pq a
    echo hello >plain
    works seal -r "$RECIPIENT" -o f plain
    report open --inspect --json f
    counted f 6
    is r.post_quantum true \
        r.password null \
        'JSON.stringify(r.stanzas[0])' "{\"type\":\"mlkem768x25519\",\"class\":\"post_quantum_hybrid\",\"known\":true,\"recognisable\":false,\"tag\":null,\"linkable\":false,\"post_quantum\":true,\"bytes\":$(sed '1d;/^---/Q' f | wc -c)}"
    ids format recipients content_length
    is 'r.exposure.not_learned.map(x => x.id).join(" ")' 'content recipient_identity sealer inside integrity'
    works open --inspect f
    grep -qx 'Post-quantum: yes, every recipient' "$OUT"
}

@test "inspect: X25519 recipients are not post-quantum, and cannot be recognised" {
    key x25519 a
    echo hello >plain
    works age -r "$RECIPIENT" -o f plain
    report open --inspect --json f
    counted f 6
    is r.post_quantum false \
        'r.stanzas[0].recognisable' false \
        'r.stanzas[0].class' x25519
    ids format recipients content_length quantum
    works open --inspect f
    grep -qx 'Post-quantum: no, and the weakest recipient counts' "$OUT"
    grep -q 'Who the X25519 recipients are' "$OUT"
    run ! grep -q mlkem768x25519 "$OUT"
}

@test "inspect: passwords, and what a guess costs" {
    echo hello >plain
    password_file pw 'correct horse'
    works seal -p --password-file pw --work 7 -o f plain
    report open --inspect --json f
    counted f 6
    is 'JSON.stringify(r.password)' '{"kdf":"argon2id","memory_log2_kib":7,"passes":3,"lanes":4}' \
        r.post_quantum true \
        'r.stanzas[0].class' password_argon2id
    ids format password password_guessing content_length
    is 'r.exposure.not_learned.map(x => x.id).join(" ")' 'content sealer inside integrity'
    works open --inspect f
    grep -q '3 x 128 KiB' "$OUT"
    tr -s ' \n' ' ' <"$OUT" | grep -q 'Each takes 128 KiB of memory and 3 passes over it (Argon2id)'

    works seal -p --password-file pw --kdf scrypt --work 12 -o f plain
    report open --inspect --json f
    is 'JSON.stringify(r.password)' '{"kdf":"scrypt","memory_log2_kib":12,"passes":1,"lanes":1}'
    works open --inspect f
    grep -q '4 MiB' "$OUT"

    header "-> scrypt $(zeros 22) 999999999" "$(zeros 43)" >f
    works open --inspect f
    grep -q '2^999999999 KiB' "$OUT"
    header "-> signet/argon2id $(zeros 22) 1 69 1" "$(zeros 43)" >f
    works open --inspect f
    grep -q '1 x 2^69 KiB' "$OUT" || flunk "$(cat "$OUT")"
    header "-> signet/argon2id $(zeros 22) 1 59 1" "$(zeros 43)" >f
    works open --inspect f
    grep -q '1 x 512 EiB' "$OUT"
    header "-> signet/argon2id $(zeros 22) 1 20 1" "$(zeros 43)" >f
    works open --inspect f
    tr -s ' \n' ' ' <"$OUT" | grep -q '1 GiB of memory and 1 pass over it'
}

@test "inspect: SSH keys that age sealed to are named by their fingerprints" {
    local fingerprint
    ssh-keygen -q -t ed25519 -N '' -C '' -f ed
    ssh-keygen -q -t rsa -b 2048 -N '' -C '' -f rsa
    key x25519 a
    echo hello >plain
    works age -R ed.pub -R rsa.pub -r "$RECIPIENT" -o f plain
    report open --inspect --json f
    counted f 6
    is r.post_quantum false \
        'r.stanzas.map(s => s.class).join(" ")' 'x25519 ssh_ed25519 ssh_rsa' \
        'r.stanzas.map(s => String(s.recognisable)).join(" ")' 'false true true' \
        'r.stanzas.map(s => String(s.linkable)).join(" ")' 'false true true'
    ids format recipients ssh_recognisable linkable content_length quantum
    works open --inspect f
    for name in ed rsa; do
        fingerprint=$(ssh-keygen -l -f $name.pub | cut -d ' ' -f 2)
        grep -qF "${fingerprint:0:12}..." "$OUT" || flunk "no $fingerprint in $(cat "$OUT")"
    done
    # a second file to the same key carries the same tag, one to another key does not
    works age -R ed.pub -o g plain
    ssh-keygen -q -t ed25519 -N '' -C '' -f other
    works age -R other.pub -o h plain
    tag() { open --inspect --json "$1" | sed -n 's/.*"tag": "\(.*\)".*/\1/p' | head -n 1; }
    [ "$(tag f)" = "$(tag g)" ]
    [ "$(tag f)" != "$(tag h)" ]
}

@test "inspect: tagged, plugin, grease and unknown types" {
    header '-> p256tag CXBuUw AA' '' '-> mlkem768p256tag Ke5Xmw AA' '' '-> piv-p256 CXBuUw AA' '' \
        '-> ?J.-grease x' '' '-> yubikey-of-2030 x' '' >f
    report open --inspect --json f
    is 'r.stanzas.map(s => s.class).join(" ")' 'tagged_p256 tagged_post_quantum_hybrid tagged_piv_p256 grease unknown' \
        'r.stanzas.map(s => s.known).join(" ")' 'true true true true false' \
        'r.stanzas.map(s => String(s.recognisable)).join(" ")' 'true true true null null' \
        'r.stanzas.map(s => String(s.linkable)).join(" ")' 'false false true null null' \
        'r.stanzas.map(s => String(s.post_quantum)).join(" ")' 'false true false null null' \
        'r.stanzas.map(s => String(s.tag)).join(" ")' 'CXBuUw Ke5Xmw CXBuUw null null' \
        r.post_quantum false
    ids format recipients hardware_recognisable linkable unknown_types content_length quantum
    works open --inspect f
    grep -q 'unknown .*: yubikey-of-2\.\.\.\|unknown .*yubikey-o\.\.\.' "$OUT"
    header '-> mlkem768p256tag Ke5Xmw AA' '' '-> new x' '' >f
    report open --inspect --json f
    is r.post_quantum null
    ids format recipients hardware_recognisable unknown_types content_length
    works open --inspect f
    grep -qx 'Post-quantum: unknown, as a type of recipient is' "$OUT"
}

@test "inspect: types that would break JSON, and names that would steer a terminal" {
    local name=$'a"\\\e[31m\xff\xc2\x9b\tz'
    header '-> "\"},{\\ x' '' '-> </script>&'"'" '' >"$name"
    report open --inspect --json "$name"
    is 'r.stanzas.map(s => s.type).join(" ")' '"\"},{\\ </script>&'"'" \
        r.file $'a"\\\e[31m\xef\xbf\xbd\xc2\x9b\tz'
    open --inspect --json "$name" | LC_ALL=C grep -qP '[^\n\x20-\x7e\xef\xbf\xbd]' && flunk 'a control character'
    works open --inspect "$name"
    head -n 1 "$OUT" | grep -qF 'a"\\x1b[31m' || head -n 1 "$OUT" | grep -qF 'a"\\x1b' ||
        flunk "$(head -n 1 "$OUT" | cat -v)"
    LC_ALL=C grep -qP '\x1b|\xc2\x9b' "$OUT" && flunk 'a control character'
    cp "$name" $'evil\u202egpj.age'
    works open --inspect $'evil\u202egpj.age'
    [ "$(head -n 1 "$OUT")" = 'evil\xe2\x80\xaegpj.age: an age file, version 1' ]
}

@test "inspect: many recipients, and many unknown types, in a report that stays short" {
    local n
    n=$(count 20000 500)
    seq 0 $((n - 1)) | sed 's/.*/-> type& AAAAAAAA\n/' >stanzas
    { echo age-encryption.org/v1; cat stanzas; echo "--- $(zeros 43)"; head -c 64 /dev/zero; } >f
    works open --inspect f
    [ "$(wc -l <"$OUT")" -lt 40 ]
    grep -q 'type0, type1, \.\.\.' "$OUT"
    report open --inspect --json f
    is r.stanzas.length "$n"
}

@test "inspect: every report fits 80 columns" {
    local i types=()
    ssh-keygen -q -t ed25519 -N '' -C '' -f ed
    for i in 1 2 3 4 5; do
        types+=("-> piv-p256 AAAAAA x" '' "-> $(printf 'long%076d' "$i")" '' "-> ssh-rsa AAAA${i}A" '' "-> p256tag AAAAAA" '')
    done
    header "${types[@]}" >f
    works open --inspect f
    [ "$(wc -L <"$OUT")" -le 80 ] || flunk "$(cat "$OUT")"
    password_file pw x
    echo hi | seal -p --work 8 --password-file pw -o f
    works open --inspect f
    [ "$(wc -L <"$OUT")" -le 80 ] || flunk "$(cat "$OUT")"
    header "-> scrypt $(zeros 22) 999999999" "$(zeros 43)" >f
    works open --inspect f
    [ "$(wc -L <"$OUT")" -le 80 ] || flunk "$(cat "$OUT")"
}

@test "inspect: the golden reports" {
    header '-> ssh-ed25519 jhEvXA '"$(zeros 43)" "$(zeros 43)" "-> X25519 $(zeros 42)E" "$(zeros 43)" \
        '-> a"b\c x' '' >golden.age
    works open --inspect golden.age
    diff "$GOLDEN/inspect.txt" "$OUT"
    works open --inspect --json golden.age
    diff "$GOLDEN/inspect.json" "$OUT"
}

@test "inspect: impossible payloads: the report is whole, the status is 4" {
    local header n damaged='it was changed or damaged after it was sealed: fetch it again from its sender'
    key x25519 a
    bytes 65536 >plain
    works seal -r "$RECIPIENT" -o whole plain
    header=$(sed '/^---/q' whole | wc -c)

    for n in 0 15; do
        head -c $((header + n)) whole >f
        failed_with 4 'f: the header is malformed: the file ends before its payload' "$damaged" \
            open --inspect f
        grep -qx 'Damaged: the payload is missing' "$OUT"
        report open --inspect --json f
        is r.fault payload_missing \
            r.sizes.header "$header" \
            r.sizes.payload "$n" \
            r.sizes.content null \
            'r.exposure.learned.some(x => x.id === "content_length")' false
    done

    head -c $((header + 16)) whole >f
    failed_with 4 'f: the payload is truncated: nothing follows the header' \
        'fetch the whole file again' open --inspect f
    report open --inspect --json f
    is r.fault payload_missing

    for n in 17 31; do
        head -c $((header + n)) whole >f
        failed_with 4 'f: the payload is not authentic: chunk 1: it is shorter than its tag' \
            "$damaged" open --inspect f
        grep -qx 'Damaged: no payload has such a length' "$OUT"
        report open --inspect --json f
        is r.fault payload_length
    done
    { cat whole; head -c 15 /dev/zero; } >f
    failed_with 4 'f: the payload is not authentic: chunk 2: it is shorter than its tag' "$damaged" \
        open --inspect f
    { cat whole; head -c 16 /dev/zero; } >f
    failed_with 4 'f: the payload is not authentic: chunk 2: it is empty' "$damaged" open --inspect f
    # from a pipe likewise, and into a file
    # shellcheck disable=SC2094
    failed_with 4 'standard input: the payload is not authentic: chunk 2: it is empty' "$damaged" \
        open --inspect -o report.txt - <f
    [ ! -s "$OUT" ]
    grep -qx 'Damaged: no payload has such a length' report.txt
    [ "$status" = 4 ]
}

@test "inspect: armor that is malformed behind the header" {
    key x25519 a
    bytes 1000 >plain
    works seal -a -r "$RECIPIENT" -o whole plain
    sed '10s/^./*/' whole >f
    failed_with 4 'f: the armor is malformed: line 10: the line is not canonical base64' \
        'copy the text again, *' open --inspect f
    grep -qx 'Damaged: the armor is malformed behind the header' "$OUT"
    report open --inspect --json f
    is r.fault armor \
        r.sizes.total "$(stat -c %s f)" \
        r.sizes.armor null \
        r.sizes.payload null \
        r.sizes.content null \
        r.stanzas.length 1
    head -n 12 whole >f
    failed_with 4 'f: the armor is malformed: line 13: the file ends before -----END AGE ENCRYPTED FILE-----' \
        'copy the text again, *' open --inspect f
}

@test "inspect: what is no sealed file, or has no header to speak of, gives an error and no report" {
    : >f
    fails 4 'f: not a sealed file: it looks like an empty file' '*' open --inspect f
    echo hello >f
    fails 4 'f: not a sealed file' '*' open --inspect --json f
    printf 'age-encryption.org/v2\n' >f
    fails 4 'f: sealed in a version of the format that is not known here' '*' open --inspect f
    printf 'age-encryption.org/v1\n-> X25519 AAAA\n' >f
    fails 4 'f: the header is malformed: line 3: the file ends inside the header' '*' open --inspect f
    header '-> X25519 AAAA' "$(zeros 43)" >f
    fails 4 'f: the header is malformed: line 2: the X25519 share is not 32 bytes of canonical base64' \
        '*' open --inspect f
    fails 1 'cannot open absent: there is no such file or folder' '*' open --inspect absent
    mkdir folder
    fails 1 'folder is a folder; a file was expected' '*' open --inspect folder
}

@test "inspect: options that make no sense with it, and --json without it" {
    : >f
    fails 2 '--inspect needs no key and no password: --identity is of no use' \
        'leave it out, or leave --inspect out to open the file' open --inspect -i f f
    fails 2 '--inspect needs no key and no password: --max-work is of no use' '*' \
        open --inspect --max-work 20 f
    fails 2 '--inspect needs no key and no password: --password-file is of no use' '*' \
        open --inspect --password-file f f
    fails 2 '--json goes with --inspect' 'open --inspect --json reports as JSON' open --json f
}

@test "inspect: needs no key, and the environment's is not touched" {
    key x25519 a
    echo hello >plain
    works seal -r "$RECIPIENT" -o f plain
    SIGNET_IDENTITY=/nonexistent SIGNET_PASSWORD_FILE=/nonexistent works open --inspect f
    key pq b
}

@test "inspect: -o writes the report, and a full disk or a closed pipe is an error" {
    key x25519 a
    echo hello >plain
    works seal -r "$RECIPIENT" -o f plain
    works open --inspect f
    cp "$OUT" want
    works open --inspect -o report.txt f
    cmp want report.txt
    works open --inspect -o - f
    cmp want "$OUT"
    fails 2 'f is also what is read: it would be lost' '*' open --inspect -o f f
    status=0
    open --inspect f >/dev/full 2>"$ERR" || status=$?
    [ "$status" = 1 ]
    status=0
    open --inspect --json f >/dev/full 2>"$ERR" || status=$?
    [ "$status" = 1 ]
}

@test "inspect: a large file is not read, and a stream takes no memory" {
    key x25519 a
    : | seal -r "$RECIPIENT" -o f
    truncate -s $((1 << 40)) f
    try timeout 10 open --inspect f
    grep -q ' 1099511627776  in all' "$OUT"
    [ "$BUILD" = plain ] || return 0
    head -c 200000000 /dev/zero | seal -r "$RECIPIENT" -o f
    # shellcheck disable=SC2002
    cat f | /usr/bin/time -f %M -o memory open --inspect >"$OUT"
    grep -q ' 200000000  content' "$OUT"
    [ "$(cat memory)" -lt 20000 ] || flunk "$(cat memory) KiB"
}
