#!/usr/bin/env bats
# SSH keys: sealed to and opened with, beside Debian's age; made by keygen -t sign, and used by ssh-keygen
# and git; and what is refused.

load helper

# ssh_key FILE [OPTION...]: a key made by ssh-keygen, an ed25519 one without passphrase unless told.
ssh_key() {
    local file=$1
    shift
    ssh-keygen -q -t ed25519 -N '' -C 'me@here' -f "$file" "$@"
    no_line_of "$file"
}

# No message may show a line of the private key file (the first two are the same in all of them).
no_line_of() {
    local line
    while read -r line; do
        case $line in
        -----* | b3BlbnNzaC1rZXktdjE* | MII*) ;;
        *) secret "${line:4:30}" ;;
        esac
    done <"$1"
}

public_of() {
    cut -d ' ' -f 1,2 "$1.pub"
}

stanzas() {
    sed -n '/^-> /p; /^---/q' "$1"
}

@test 'ssh: what seal makes, age opens' {
    ssh_key id
    bytes 100000 >plain
    works seal -r "$(cat id.pub)" -o sealed plain
    age -d -i id sealed | cmp - plain
    works seal -r "$(public_of id)" -a -o sealed plain
    age -d -i id sealed | cmp - plain
    works seal -R id.pub -o sealed plain
    age -d -i id sealed | cmp - plain
    works seal -i id -o sealed plain
    age -d -i id sealed | cmp - plain
    works open -i id sealed
    cmp "$OUT" plain
}

@test 'ssh: what age makes, open opens' {
    ssh_key id
    bytes 100000 >plain
    age -r "$(cat id.pub)" -o sealed plain
    works open -i id sealed
    cmp "$OUT" plain
    age -a -R id.pub -o sealed plain
    works open -i id sealed
    cmp "$OUT" plain
    age -e -i id -o sealed plain
    works open -i id sealed
    cmp "$OUT" plain
    works env SIGNET_IDENTITY=id open sealed
    cmp "$OUT" plain
}

@test 'ssh: the stanza is as age lays it out, and its tag is the one of age' {
    ssh_key id
    echo hello | seal -R id.pub -o ours
    echo hello | age -R id.pub -o theirs
    [[ $(stanzas ours) =~ ^'-> ssh-ed25519 '[A-Za-z0-9+/]{6}' '[A-Za-z0-9+/]{43}$ ]]
    [ "$(stanzas ours | cut -d ' ' -f 3)" = "$(stanzas theirs | cut -d ' ' -f 3)" ]
    [ "$(stanzas ours | cut -d ' ' -f 3)" = "$(cut -d ' ' -f 2 id.pub | base64 -d |
        openssl dgst -sha256 -binary | head -c 4 | base64 | tr -d =)" ]
    [ "$(wc -c <ours)" = "$(wc -c <theirs)" ]
}

@test 'ssh: among other recipients, each opens, in seal and in age' {
    ssh_key a
    ssh_key b
    keygen -q -t x25519 -o c
    bytes 1000 >plain
    seal -R a.pub -r "$(cat b.pub)" -i c -o ours plain
    age -R a.pub -r "$(cat b.pub)" -i c -e -o theirs plain
    for sealed in ours theirs; do
        for key in a b c; do
            works open -i $key $sealed
            cmp "$OUT" plain
            age -d -i $key $sealed | cmp - plain
        done
    done
    ssh_key stranger
    fails 3 'ours: no key fits: *' '*-i' open -i stranger ours
    works open -i stranger -i c ours
    works seal -R a.pub -i a -r "$(cat a.pub)" -o once plain # none counts twice
    [ "$(stanzas once | wc -l)" = 1 ]
}

@test 'ssh: keys do not mix with post-quantum ones' {
    ssh_key id
    keygen -q -o pq
    echo hello >plain
    fails 2 '1 of the 2 recipients is post-quantum, *' \
        'whoever breaks the weakest recipient reads the file; seal twice, to two files, *' \
        seal -R id.pub -i pq -o out plain
    [ ! -e out ]
}

@test 'ssh: authorized_keys, with options, comments and blank lines' {
    ssh_key a
    ssh_key b
    ssh_key c
    ssh_key d -C ''
    bytes 1000 >plain
    {
        echo '# my keys'
        echo
        cat a.pub
        printf 'command="echo \\"hello world\\" > /dev/null",no-pty  %s\r\n' "$(cat b.pub)"
        printf '\trestrict,from="10.0.0.0/8,*.example.org"\t%s with a long comment\n' "$(public_of c)"
        cat d.pub
    } >authorized_keys
    works seal -R authorized_keys -o sealed plain
    [ "$(stanzas sealed | wc -l)" = 4 ]
    for key in a b c d; do
        works open -i $key sealed
        cmp "$OUT" plain
        age -d -i $key sealed | cmp - plain
    done
    # age 1.1.1 reads such a file without options.
    cat {a,b,c,d}.pub >for-age
    age -R for-age -o sealed plain
    for key in a b c d; do
        works open -i $key sealed
        cmp "$OUT" plain
    done
    # What is no option is not passed over.
    printf 'command="echo %s\n' "$(cat a.pub)" >bad
    fails 4 'bad: line 1: not a recipient: *' '*' seal -R bad -o out plain
    fails 2 'not a recipient: it does not begin with age1' '*' \
        seal -r "restrict $(cat a.pub)" -o out plain
    [ ! -e out ]
}

of_type() {
    echo "it is an SSH key of type $1, which is not supported"
}

WEAK='it is an SSH key of type ssh-rsa with fewer than 2048 bits, which is too weak'
TYPES_HINT='of SSH keys, ssh-ed25519 is accepted, and so is age1...; ssh-keygen -t ed25519 or keygen makes one'

@test 'ssh: public keys of other types are named, on the command line and in a file' {
    ssh_key id
    ssh-keygen -q -t rsa -b 1024 -N '' -f rsa
    ssh-keygen -q -t ecdsa -b 384 -N '' -f ecdsa
    ssh-keygen -q -s id -I someone -n root id.pub # makes id-cert.pub
    echo 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t me' >sk.pub
    echo hello >plain
    fails 2 "not a recipient: $WEAK" "$TYPES_HINT" seal -r "$(cat rsa.pub)" -o out plain
    fails 2 "not a recipient: $(of_type ecdsa-sha2-nistp384)" "$TYPES_HINT" \
        seal -r "$(cat ecdsa.pub)" -o out plain
    fails 2 "not a recipient: $(of_type 'sk-ssh-ed25519 (a security key)')" "$TYPES_HINT" \
        seal -r "$(cat sk.pub)" -o out plain
    fails 2 'not a recipient: it is an SSH certificate, which is not supported' "$TYPES_HINT" \
        seal -r "$(cat id-cert.pub)" -o out plain
    [ ! -e out ]
}

@test 'ssh: in a file, keys of other types are passed over, and who is left out is told' {
    local options line
    ssh_key id
    ssh-keygen -q -t rsa -b 1024 -N '' -f rsa
    ssh-keygen -q -t ecdsa -b 521 -N '' -f ecdsa
    ssh-keygen -q -s id -I someone -n root id.pub
    echo 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t me' >sk.pub
    echo hello >plain
    {
        cat rsa.pub
        echo '# a forge publishes such a list'
        printf 'restrict,command="echo hi" '
        cat ecdsa.pub id.pub sk.pub id-cert.pub
    } >keys
    printf 'seal: keys: line %s\n' "1 is passed over, and its owner left out: $WEAK" >expected
    printf 'seal: keys: line %s, which is not supported\n' \
        '3 is passed over, and its owner left out: it is an SSH key of type ecdsa-sha2-nistp521' \
        '5 is passed over, and its owner left out: it is an SSH key of type sk-ssh-ed25519 (a security key)' \
        '6 is passed over, and its owner left out: it is an SSH certificate' >>expected
    for options in -o -qo; do
        try seal -R keys $options out plain
        [ "$status" = 0 ]
        cmp "$ERR" expected
        [ "$(stanzas out | wc -l)" = 1 ]
        works open -i id out
        cmp "$OUT" plain
        rm out
    done
    # Nobody left is an error; so is what only begins like a key.
    try seal -R rsa.pub -o out plain
    [ "$status" = 4 ]
    grep -qx 'seal: error: rsa.pub: there is no key that can be sealed to in it' "$ERR"
    for line in 'ssh-rsa' 'ssh-rsa AAAA' 'ssh-rsa !!!!' "ecdsa-sha2-nistp521 $(cut -d ' ' -f 2 rsa.pub)" \
        "ssh-rsa $(cut -d ' ' -f 2 id.pub)" 'ssh-rsa AAAAB3NzaC1yc2'; do
        { cat id.pub; echo "$line"; } >keys
        fails 4 'keys: line 2: not a recipient: *' '*' seal -R keys -o out plain
    done
    [ ! -e out ]
}

@test 'ssh: a damaged public key' {
    local line copy='copy the line again from the .pub file; *'
    ssh_key id
    line=$(public_of id)
    echo hello >plain
    fails 2 'not a recipient: an ssh-ed25519 key has 68 characters of base64 after its type' "$copy" \
        seal -r "${line%?}" -o out plain
    fails 2 'not a recipient: an ssh-ed25519 key has 68 characters of base64 after its type' "$copy" \
        seal -r ssh-ed25519 -o out plain
    fails 2 'not a recipient: its base64 is not as ssh-ed25519 keys have it' "$copy" \
        seal -r "${line%?}=" -o out plain
    fails 2 'not a recipient: what its base64 stands for is not an ssh-ed25519 key' "$copy" \
        seal -r "ssh-ed25519 $(zeros 68)" -o out plain
    fails 2 "not a recipient: it is no point that an ssh-ed25519 key can have: nobody's key" "$copy" \
        seal -r "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI$(zeros 43)" -o out plain
    printf '# one\n%s\n%s\n' "$line" "${line%?}" >keys
    fails 4 'keys: line 3: not a recipient: an ssh-ed25519 key has 68 *' "$copy" \
        seal -R keys -o out plain
    [ ! -e out ]
}

@test 'ssh: a public key given as an identity, a private one as a recipient' {
    ssh_key id
    ssh-keygen -q -t rsa -b 1024 -m PEM -N '' -f pem
    no_line_of pem
    echo hello | seal -R id.pub -o sealed
    fails 4 'id.pub: line 1: not an identity: it is an SSH public key' \
        'an identity is the private half: the file whose name does not end in .pub' \
        open -i id.pub -o out sealed
    fails 4 'id.pub: line 1: not an identity: it is an SSH public key' '*' keygen public id.pub
    fails 4 'id: line 1: not a recipient: it is an SSH private key' \
        'a file is sealed to the public half: keygen public id prints it' \
        seal -R id -o out sealed
    fails 4 'pem: line 1: not a recipient: it is a private key of another program' \
        'a file is sealed to the public half: *' seal -R pem -o out sealed
    fails 2 'not a recipient: it is an SSH private key' '*may be in the shell*' \
        seal -r "$(cat id)" -o out sealed
    [ ! -e out ]
}

@test 'ssh: a key with a passphrase is refused, and the hint helps' {
    ssh_key id -N 'correct horse'
    echo hello | seal -R id.pub -o sealed
    fails 4 'id: not an identity: the SSH private key is encrypted with a passphrase' \
        "make a copy without one: cp FILE COPY, then ssh-keygen -p -N '' -f COPY; *" \
        open -i id -o out sealed
    fails 4 'id: not an identity: the SSH private key is encrypted with a passphrase' '*' \
        keygen public id
    fails 4 'id: not an identity: the SSH private key is encrypted with a passphrase' '*' \
        seal -i id -o out sealed
    [ ! -e out ]
    cp id copy
    ssh-keygen -q -p -P 'correct horse' -N '' -f copy
    works open -i copy sealed
    [ "$(cat "$OUT")" = hello ]
}

@test 'ssh: private keys of other types and formats are named' {
    local hint='of SSH keys, OpenSSH?s ssh-ed25519 is accepted: ssh-keygen -t ed25519 -f NEW, *'
    echo hello | age -r "$(age-keygen 2>&1 | sed -n 's/^Public key: //p')" -o sealed
    refused_key() {
        no_line_of "$1"
        fails 4 "$1: $2" "${3:-$hint}" open -i "$1" -o out sealed
        fails 4 "$1: $2" "${3:-$hint}" keygen public "$1"
        fails 4 "$1: $2" "${3:-$hint}" seal -i "$1" -o out sealed
        [ ! -e out ]
    }
    ssh-keygen -q -t rsa -b 1024 -N '' -f rsa
    refused_key rsa "not an identity: $WEAK"
    ssh-keygen -q -t rsa -b 2048 -N secret -f rsa-passphrase
    refused_key rsa-passphrase 'not an identity: the SSH private key is encrypted with a passphrase' \
        'make a copy without one: cp FILE COPY, then ssh-keygen -p *'
    ssh-keygen -q -t ecdsa -N '' -f ecdsa
    refused_key ecdsa "not an identity: $(of_type ecdsa-sha2-nistp256)"
    ssh-keygen -q -t rsa -b 1024 -m PEM -N '' -f rsa-pem
    refused_key rsa-pem 'line 1: not an identity: it is an RSA private key in PEM format' \
        "make a copy as OpenSSH writes it: cp FILE COPY, then ssh-keygen -p -N '' -f COPY; *"
    ssh-keygen -q -t ecdsa -m PEM -N '' -f ec-pem
    refused_key ec-pem 'line 1: not an identity: it is an ECDSA private key in PEM format'
    openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out ec-pkcs8
    refused_key ec-pkcs8 'not an identity: it is a private key in PKCS #8 format, and not of type ed25519'
    openssl genpkey -algorithm x25519 -out x25519-pkcs8
    refused_key x25519-pkcs8 'not an identity: it is a private key in PKCS #8 format, and not of type ed25519'
    openssl pkcs8 -topk8 -in ec-pkcs8 -passout pass:secret -out locked-pkcs8
    refused_key locked-pkcs8 'line 1: not an identity: it is a private key in PKCS #8 format'
    echo 'PuTTY-User-Key-File-3: ssh-ed25519' >ppk
    refused_key ppk 'line 1: not an identity: it is a private key of PuTTY' \
        'if it is an ed25519 key: puttygen FILE -O private-openssh-new -o COPY'
}

@test 'ssh: an ed25519 key in PKCS #8, as openssl writes it' {
    openssl genpkey -algorithm ed25519 -out key
    no_line_of key
    secret "$(sed -n 2p key | cut -c 30-60)"
    echo hello >plain
    # The last 32 bytes of the public half are the key; age reads the private one too.
    works keygen public key
    [ "$(cut -d ' ' -f 2 "$OUT" | base64 -d | tail -c 32 | xxd -p -c 32)" = \
        "$(openssl pkey -in key -pubout -outform DER | tail -c 32 | xxd -p -c 32)" ]
    works seal -i key -o sealed plain
    works open -i key sealed
    cmp "$OUT" plain
    age -d -i key sealed | cmp - plain
    age -r "$(keygen public key)" plain | open -i key | cmp - plain
    sed 's/$/\r/' key >crlf
    works open -i crlf sealed
    fails 4 'key: line 1: not a recipient: it is an SSH private key' '*' seal -R key plain
    sed '2s/.$//' key >bad
    fails 4 'bad: not an identity: the SSH private key is damaged: *' '*' open -i bad sealed
    sed '2s/^...././' key >bad
    fails 4 'bad: not an identity: the SSH private key is damaged: *' '*' open -i bad sealed
    sed '3d' key >bad
    fails 4 'bad: not an identity: the SSH private key is cut off: its last line is missing' '*' \
        open -i bad sealed
    { sed 3d key; echo '-----END OPENSSH PRIVATE KEY-----'; } >bad
    fails 4 'bad: not an identity: the SSH private key is cut off: *' '*' open -i bad sealed
    cat key key >bad
    fails 4 'bad: not an identity: an SSH private key needs a file of its own, *' '*' open -i bad sealed
}

@test 'ssh-rsa: what seal makes, age opens, and the other way round' {
    local bits
    bytes 100000 >plain
    ssh_key ed
    for bits in 2048 3072 $(count 4096 2056); do
        rm -f id id.pub
        ssh-keygen -q -t rsa -b "$bits" -N '' -C 'me@here' -f id
        no_line_of id
        works seal -r "$(cat id.pub)" -o sealed plain
        [[ $(stanzas sealed) =~ ^'-> ssh-rsa '[A-Za-z0-9+/]{6}$ ]]
        age -d -i id sealed | cmp - plain
        works open -i id sealed
        cmp "$OUT" plain
        age -R id.pub -o theirs plain
        [ "$(stanzas sealed)" = "$(stanzas theirs)" ]
        [ "$(wc -c <sealed)" = "$(wc -c <theirs)" ]
        works open -i id theirs
        cmp "$OUT" plain
        works keygen public id
        [ "$(cat "$OUT")" = "$(public_of id)" ]
    done
    works seal -i id -R ed.pub -a -o sealed plain # beside another, and in a file with options
    for key in id ed; do
        works open -i $key sealed
        cmp "$OUT" plain
        age -d -i $key sealed | cmp - plain
    done
    printf 'no-pty,command="x" %s\n' "$(cat id.pub)" >authorized_keys
    works seal -R authorized_keys -o sealed plain
    age -d -i id sealed | cmp - plain
    works seal --rewrap -i id -R ed.pub -o new sealed
    works open -i ed new
    cmp "$OUT" plain
    fails 3 'new: no key fits: *' '*' open -i id new
    keygen -q -o pq
    fails 2 '1 of the 2 recipients is post-quantum, *' \
        'whoever breaks the weakest recipient reads the file; seal twice, to two files, *' \
        seal -R id.pub -i pq -o out plain
    # A copy of a key in PEM, as the hint has it; and the key in a sealed file.
    ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f pem
    cp pem copy
    ssh-keygen -q -p -N '' -f copy
    age -R pem.pub plain | open -i copy | cmp - plain
    password_file pw 'correct horse'
    works seal -p --work 5 --password-file pw -o id.age id
    works open --password-file pw -i id.age sealed
    cmp "$OUT" plain
}

@test 'ssh-rsa: a stranger, damage, and malformed stanzas' {
    local tag i damaged=0
    ssh-keygen -q -t rsa -b 2048 -N '' -f id
    ssh-keygen -q -t rsa -b 2048 -N '' -f stranger
    no_line_of id
    echo hello >plain
    seal -R id.pub -o sealed plain
    tag=$(stanzas sealed | cut -d ' ' -f 3)
    fails 3 'sealed: no key fits: *' '*' open -i stranger sealed
    # In modulus and private exponent any change shows; the primes are not used.
    for ((i = 3; i < 18; i++)); do
        awk -v n=$i 'NR == n { c = substr($0, 30, 1); $0 = substr($0, 1, 29) (c == "A" ? "B" : "A") substr($0, 31) } 1' id >bad
        try open -i bad sealed
        if [ "$status" != 0 ]; then
            [ "$status" = 4 ] || flunk "status $status"
            grep -q 'open: error: bad: not an identity: ' "$ERR"
            damaged=$((damaged + 1))
        fi
    done
    [ "$damaged" -ge 12 ] || flunk "only $damaged of 15"
    for change in 's/^ssh-rsa .\{60\}/&A/' 's/^\(ssh-rsa .\{60\}\)./\1/' 's/^ssh-rsa AAAAB/ssh-rsa AAAAC/' 's/AQAB/AQAA/'; do
        fails 2 'not a recipient: *' 'copy the line again from the .pub file; it looks like ssh-rsa *' \
            seal -r "$(cut -d ' ' -f 1,2 id.pub | sed "$change")" -o out plain
    done
    malformed() {
        header "-> $1" "${@:3}" >bad
        fails 4 "bad: the header is malformed: $2" '*' open -i id -o out bad
    }
    full=()
    for i in 1 2 3 4 5; do full+=("$(zeros 64)"); done
    malformed 'ssh-rsa' 'line 2: an ssh-rsa stanza has one argument, a tag of 4 bytes' "$(zeros 43)"
    malformed "ssh-rsa $tag x" 'line 2: an ssh-rsa stanza has one argument, *' "$(zeros 43)"
    malformed "ssh-rsa ${tag}AA" 'line 2: an ssh-rsa stanza has one argument, *' "$(zeros 43)"
    malformed "ssh-rsa $tag" "line 2: the stanza's body is not as long as the ssh-rsa key" "${full[@]}" "$(zeros 20)"
    malformed "ssh-rsa $tag" "line 2: the stanza's body is not as long as the ssh-rsa key" "$(zeros 43)"
    header "-> ssh-rsa $tag" "${full[@]}" "$(zeros 22)" >bad # nothing that was sealed
    fails 3 'bad: no key fits: *' '*' open -i id -o out bad
    [ ! -e out ]
}

@test 'ssh-rsa: where libcrypto is missing, such keys are refused' {
    mkdir none
    echo none >none/libcrypto.so.3
    ssh_key ed
    openssl version >/dev/null
    ssh-keygen -q -t rsa -b 2048 -N '' -f id
    echo hello >plain
    seal -R id.pub -R ed.pub -o sealed plain
    cat id.pub ed.pub >keys
    fails 2 "not a recipient: $(of_type ssh-rsa)" "$TYPES_HINT" \
        env LD_LIBRARY_PATH="$PWD/none" seal -r "$(cat id.pub)" -o out plain
    fails 4 "id: not an identity: $(of_type ssh-rsa)" '*' \
        env LD_LIBRARY_PATH="$PWD/none" open -i id -o out sealed
    works env LD_LIBRARY_PATH="$PWD/none" open -i ed sealed
    try env LD_LIBRARY_PATH="$PWD/none" seal -R keys -o out plain
    [ "$status" = 0 ]
    [ "$(cat "$ERR")" = "seal: keys: line 1 is passed over, and its owner left out: $(of_type ssh-rsa)" ]
    works open -i ed out
}

@test 'ssh: a damaged private key' {
    local again='take it again from where you keep a copy; ssh-keygen -y -f FILE *'
    ssh_key id
    echo hello | seal -R id.pub -o sealed
    damaged() {
        fails 4 "bad: not an identity: $1" "$again" open -i bad -o out sealed
        [ ! -e out ]
    }
    sed '$d' id >bad
    damaged 'the SSH private key is cut off: its last line is missing'
    sed 3d id >bad
    damaged 'the SSH private key is damaged: its *'
    sed '3s/^.//; 4s/^/A/' id >bad
    damaged 'the SSH private key is damaged: its *'
    sed '4s/^..../AAAA/' id >bad
    damaged 'the SSH private key is damaged: its check numbers differ'
    sed '5s/^..../AAAA/' id >bad
    damaged "the SSH private key is damaged: *"
    sed '3s/^./!/' id >bad
    damaged 'the SSH private key is damaged: its lines are not canonical base64'
    sed '1s/KEY/KEYS/' id >bad
    damaged 'the SSH private key is damaged: its first line is not as OpenSSH has it'
    keygen -q -t x25519 -o age
    cat id age >bad
    fails 4 'bad: not an identity: an SSH private key needs a file of its own, and more follows it' \
        'give each file with an -i of its own' open -i bad -o out sealed
    cat age id >bad
    fails 4 'bad: line 4: not an identity: an SSH private key needs a file of its own' \
        'give each file with an -i of its own' open -i bad -o out sealed
    works open -i age -i id sealed
}

@test 'ssh: a malformed stanza, and a share that is nobody'\''s' {
    local tag share='7/zOnE6RYJVWHSap1cWaRhCL3sOBVdhWVtCU+fq8PG0'
    ssh_key id
    echo hello | seal -R id.pub -o sealed
    tag=$(stanzas sealed | cut -d ' ' -f 3)
    malformed() {
        header "-> $1" "$(zeros "${3:-43}")" >bad
        fails 4 "bad: the header is malformed: line 2: $2" '*' open -i id -o out bad
        [ ! -e out ]
    }
    malformed "ssh-ed25519 $tag" 'an ssh-ed25519 stanza has two arguments, tag and share'
    malformed "ssh-ed25519 $tag $share x" 'an ssh-ed25519 stanza has two arguments, tag and share'
    malformed "ssh-ed25519 ${tag}AA $share" 'the ssh-ed25519 tag is not 4 bytes of canonical base64'
    malformed "ssh-ed25519 $tag ${share}A" \
        'the ssh-ed25519 share is not 32 bytes of canonical base64'
    malformed "ssh-ed25519 $tag $share" "the stanza's body is not 32 bytes" 42
    malformed "ssh-ed25519 $tag $(zeros 43)" 'the ssh-ed25519 share is a point of low order'
    header "-> ssh-ed25519 $tag $share" "$(zeros 43)" >bad
    fails 3 'bad: no key fits: *' '*' open -i id -o out bad
    [ ! -e out ]
}

@test 'keygen -t sign: a key that ssh-keygen reads, in its own layout' {
    try keygen -t sign -o key
    [ "$status" = 0 ]
    no_line_of key
    [ ! -s "$OUT" ]
    [ "$(cat "$ERR")" = "Public key: $(ssh-keygen -y -f key)" ]
    [ "$(mode_of key)" = 600 ]
    works keygen public key
    [ "$(cat "$OUT")" = "$(ssh-keygen -y -f key)" ]
    ssh_key theirs -C ''
    rm theirs.pub # which -l would read instead
    shape() {
        ssh-keygen -l -f "$1" | sed -E 's,SHA256:[A-Za-z0-9+/]{43},HASH,'
    }
    [ "$(shape key)" = "$(shape theirs)" ]
    [ "$(ssh-keygen -l -f key | cut -d ' ' -f 2)" = "SHA256:$(keygen public key | cut -d ' ' -f 2 |
        base64 -d | openssl dgst -sha256 -binary | base64 | tr -d =)" ]
    [ "$(wc -c <key)" = "$(wc -c <theirs)" ]
    [ "$(awk '{ print length }' key)" = "$(awk '{ print length }' theirs)" ]
    # ssh-keygen writes it anew: but for the check numbers, nothing changes.
    cp key copy
    ssh-keygen -q -p -P '' -N '' -f copy
    decoded() {
        sed '1d;$d' "$1" | base64 -d | xxd -p -c 1 | sed '99,106d'
    }
    cmp <(decoded key) <(decoded copy)
    [ "$(sed '1d;$d' key | base64 -d | tail -c +99 | head -c 4 | xxd -p)" = \
        "$(sed '1d;$d' key | base64 -d | tail -c +103 | head -c 4 | xxd -p)" ]
}

@test 'keygen -t sign: to standard output, and quietly' {
    umask 077
    try keygen -t sign
    [ "$status" = 0 ]
    cp "$OUT" key
    [ "$(cat "$ERR")" = "Public key: $(ssh-keygen -y -f key)" ]
    works keygen -q -t sign
    run ! cmp -s key "$OUT"
    keygen -q --type=sign -o - >other
    chmod 600 other
    ssh-keygen -y -f other
    fails 1 'cannot write *' '*' sh -c 'exec keygen -t sign >/dev/full'
}

@test 'keygen -t sign: never overwrites a key without -f' {
    ssh_key id
    cp id before
    fails 1 'id exists, and is not replaced' '*-f' keygen -t sign -o id
    cmp id before
    works keygen -q -t sign -f -o id
    run ! cmp -s id before
    [ "$(mode_of id)" = 600 ]
}

@test 'keygen -t sign --comment: what ssh calls the key' {
    local i comment=''
    keygen -q -t sign --comment 'Zoë <zoe@example.org>' -o key
    [ "$(ssh-keygen -y -f key)" = "$(keygen public key) Zoë <zoe@example.org>" ]
    [[ $(ssh-keygen -l -f key) == *' Zo'*' <zoe@example.org> (ED25519)' ]]
    for ((i = 0; i < 9; i++)); do # every length of padding
        keygen -q -f -t sign --comment "$comment" -o key
        [ "$(ssh-keygen -y -f key)" = "$(keygen public key)${comment:+ $comment}" ]
        comment+=x
    done
    fails 2 '--comment is for SSH keys' 'add -t sign to make such a key' keygen --comment me -o out
    fails 2 '--comment is for SSH keys' '*' keygen -t x25519 --comment me -o out
    fails 2 'the comment holds a control character, such as the end of a line' '*' \
        keygen -t sign --comment $'me\nssh-rsa' -o out
    fails 2 'the comment holds a control character, *' '*' keygen -t sign --comment $'\e[31m' -o out
    fails 2 'the comment is over 1024 bytes long' '*' \
        keygen -t sign --comment "$(zeros 1025)" -o out
    [ ! -e out ]
    works keygen -q -t sign --comment "$(zeros 1024)" -o out
    ssh-keygen -y -f out
    works keygen public out
}

@test 'keygen -t sign: ssh-keygen -Y signs with it and verifies' {
    keygen -q -t sign --comment me -o key
    keygen public key -o key.pub
    echo hello >message
    ssh-keygen -q -Y sign -f key -n file message
    echo "me@here $(keygen public key)" >allowed
    ssh-keygen -Y verify -f allowed -I me@here -n file -s message.sig <message
    ssh-keygen -Y check-novalidate -n file -s message.sig <message
    run ! ssh-keygen -Y verify -f allowed -I me@here -n file -s message.sig <<<'hello, you'
}

@test 'keygen -t sign: git signs with it and verifies' {
    keygen -q -t sign -o key
    keygen public key -o key.pub
    echo "me@here $(keygen public key)" >allowed
    git init -q work
    git -C work -c user.name=me -c user.email=me@here -c gpg.format=ssh \
        -c user.signingkey="$PWD/key" commit -q -S --allow-empty -m 'A signed commit'
    git -C work -c gpg.ssh.allowedSignersFile="$PWD/allowed" verify-commit HEAD
}

@test 'keygen -t sign: such a key seals and opens, here and in age' {
    keygen -q -t sign -o key
    bytes 1000 >plain
    seal -r "$(keygen public key)" plain | age -d -i key | cmp - plain
    age -r "$(keygen public key)" plain | open -i key | cmp - plain
    seal -i key plain | open -i key | cmp - plain
}

@test 'keygen -t sign -p: the key in a sealed file' {
    password_file pw 'correct horse'
    try keygen -p --work 5 --password-file pw -t sign --comment me -o key.age
    [ "$status" = 0 ]
    cp "$ERR" said
    [ "$(head -n 1 key.age)" = '-----BEGIN AGE ENCRYPTED FILE-----' ]
    [ "$(mode_of key.age)" = 600 ]
    works keygen public --password-file pw key.age
    cp "$OUT" key.pub
    cmp said <(sed 's/^/Public key: /' key.pub)
    (umask 077 && open --password-file pw key.age >key)
    no_line_of key
    [ "$(ssh-keygen -y -f key)" = "$(cat key.pub) me" ]
    bytes 1000 >plain
    age -R key.pub -o sealed plain
    works open --password-file pw -i key.age sealed
    cmp "$OUT" plain
    works seal --password-file pw -i key.age -o ours plain
    age -d -i key ours | cmp - plain
    echo 'another' >wrong
    fails 3 'key.age: the password does not fit' '*' open --password-file wrong -i key.age sealed
}

@test 'keygen -t sign -p: a key of ssh-keygen, sealed by hand' {
    ssh_key id
    password_file pw 'correct horse'
    seal -p --work 5 --password-file pw -o id.age id
    works keygen public --password-file pw id.age
    [ "$(cat "$OUT")" = "$(public_of id)" ]
    ssh_key locked -N 'another one'
    seal -p --work 5 --password-file pw -o locked.age locked
    fails 4 'locked.age: not an identity: the SSH private key is encrypted with a passphrase' '*' \
        keygen public --password-file pw locked.age
}
