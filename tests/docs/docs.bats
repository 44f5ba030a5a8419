#!/usr/bin/env bats
# What the documentation says is so: its examples run, its options exist, its numbers are right.

bats_require_minimum_version 1.5.0

setup_file() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    SIGNET_BIN=${SIGNET_BIN:-$root/build/bin}
    PATH=$SIGNET_BIN:$PATH
    export root PATH
}

setup() {
    unset SIGNET_IDENTITY SIGNET_PASSWORD_FILE SIGNET_HOME XDG_DATA_HOME XDG_STATE_HOME
    export HOME=$BATS_TEST_TMPDIR LC_ALL=C TZ=UTC
    cd "$HOME" || return
}

# A section of a man page: section PAGE NAME
section() {
    sed -n "/^\.Sh $2\$/,/^\.Sh /p" "$root/man/$1" | sed '1d;/^\.Sh /d'
}

# The literal blocks of mdoc on standard input, as they are typed.
literal() {
    sed -n -e 's/^\.Dl //p' -e '/^\.Bd -literal/,/^\.Ed/{/^\.Bd/d;/^\.Ed/d;p}' |
        sed -e 's/\\(dq/"/g' -e "s/\\\\(aq/'/g" -e 's/\\&//g' -e 's/\\e/\\/g'
}

# The shell examples in Markdown on standard input.
fences() {
    # shellcheck disable=SC2016 # fences, not commands
    sed -n '/^```sh$/,/^```$/{/^```/d;p}'
}

# A folder as a reader of the examples has it, and a password file in the place of a terminal.
prepare() {
    mkdir "$1"
    cd "$1" || return
    echo 'six words, none of them secret' >../password
    mkdir docs
    echo 'Dear diary' >notes.txt
    echo 'a page' >docs/page.txt
    keygen -q -o key.txt
    keygen -q -o friend.txt
    keygen public friend.txt >friends.pub
    keygen -q -t sign --comment friend -o friend_ed25519
    keygen public friend_ed25519 >friend_ed25519.pub
    keygen -q -t sign -o id_ed25519
    keygen public id_ed25519 >id_ed25519.pub
    seal -i key.txt -o notes.txt.age notes.txt
    seal -i key.txt -o config.age notes.txt
    tar c docs | seal -i key.txt -o docs.tar.age
    tar c docs | seal -i key.txt -o team.age
    echo 'an old password' >old-password
    echo 'a new password' >new-password
    seal -p --work 8 --password-file ../password -o letter.age notes.txt
    seal -p --work 8 --password-file old-password -o vault.age notes.txt
    keygen -q -o old.txt
    seal -i key.txt -o backup-key.age old.txt
    seal -i old.txt -o old.txt.age notes.txt
    rm old.txt
    seal -i key.txt --sign friend_ed25519 -o signed.age notes.txt
    head -c 8K /dev/zero | tr '\0' x | seal -i key.txt -z -o log.age
}

# The verbs of vault or pseudonym, a line each; some have two words.
verbs_of() {
    sed -n "s/^_signet_$1_\([a-z_-]*\)() {\$/\1/p" "$root/completions/signet.bash" | tr _ ' '
}

# Every command of every tool.
commands() {
    printf '%s\n' "keygen new" "keygen public" seal open
    verbs_of vault | sed 's/^/vault /'
    verbs_of pseudonym | sed 's/^/pseudonym /'
}

# Runs a script as a reader would, in a folder of its own; its output is $output and $stderr.
run_examples() {
    prepare "$BATS_TEST_TMPDIR/work"
    [[ -n $1 ]]
    export SIGNET_PASSWORD_FILE=../password
    run -0 --separate-stderr setsid --wait bash -euo pipefail -c "$1" </dev/null
    # Whatever was said, no error was.
    [[ $stderr != *error:* ]]
}

# The options of a command that its --help names, and those that a list in mdoc on standard input
# describes, as lines of "-r --recipient RECIPIENT" with the argument in lower case.
help_options() {
    # several may share a line: "-h, --help, --version   what they do"
    "$@" --help | perl -ne 'next unless s/^ +(?=(?:-., )?--)//;
        while (s/^(?:(-.), )?(--[a-z-]+)(?: ([A-Z:-]+))?(?:, (?=-)|(?= )|$)//) {
            print join(" ", grep { defined } $1, $2, defined $3 ? lc $3 : undef), "\n" }' | sort
}

page_options() {
    sed -n 's/^\.It Fl //p' | sed -e 's/ , Fl -/ --/' -e 's/^-/--/' -e 's/^\([a-zA-Z]\) --/-\1 --/' \
        -e 's/ Ar / /' -e 's/ out$/ file/' | sort
}

@test "docs: mandoc has nothing to warn of" {
    run -0 mandoc -T lint -W warning "$root"/man/*.[0-9]
    [[ -z $output ]]
}

@test "docs: every page calls itself by the name of its file" {
    local page name
    for page in "$root"/man/*.[0-9]; do
        name=$(basename "$page")
        grep -qix "\.Dt ${name%.*} ${name##*.}" "$page"
        grep -qx "\.Nm ${name%.*}" "$page"
        [[ $name == *signet* ]]
    done
}

@test "docs: every page of signet that is referred to exists" {
    local name number
    while read -r name number; do
        [[ $name != *signet* || -f $root/man/$name.$number ]] || { echo "$name($number)"; false; }
    done < <(sed -n 's/^\.Xr \([^ ]*\) \([0-9]\).*/\1 \2/p' "$root"/man/*.[0-9])
    while IFS='()' read -r name number _; do
        [[ -f $root/man/$name.$number ]] || { echo "$name($number) in README.md"; false; }
    done < <(grep -o '[a-z-]*signet[a-z-]*([0-9])' "$root/README.md")
}

@test "docs: every page that --help names exists" {
    local tool
    for tool in keygen seal open vault pseudonym signet age-plugin-signet; do
        run -0 "$tool" --help
        [[ $output =~ man\ ([a-z-]*signet[a-z-]*) ]]
        [[ -f $root/man/${BASH_REMATCH[1]}.1 ]]
    done
}

@test "docs: seal: the options of --help and of the page are the same" {
    diff <(help_options seal) <(section signet-seal.1 DESCRIPTION | page_options)
}

@test "docs: open: the options of --help and of the page are the same" {
    diff <(help_options open) <(section signet-open.1 DESCRIPTION | page_options)
}

@test "docs: age-plugin-signet: the options of --help and of the page are the same" {
    diff <(help_options age-plugin-signet) <(section age-plugin-signet.1 DESCRIPTION | page_options)
}

@test "docs: the synopsis of each page has every option" {
    local page option short
    for page in keygen seal open; do
        while read -r option; do
            short=$(sed -n "s/^\.It Fl \(.\) , Fl -$option\( .*\)\?\$/\1/p" "$root/man/signet-$page.1" | head -n 1)
            section signet-$page.1 SYNOPSIS |
                grep -qE -- "Fl (-$option|[a-zA-Z]*${short:-!}[a-zA-Z]*)( |\$)" ||
                { echo "$page: --$option"; false; }
        done < <(grep -o '^\.It Fl \(. , Fl \)\?-[a-z-]*' "$root/man/signet-$page.1" |
            sed 's/.* Fl -//; s/^\.It Fl -//' | grep -vx -e help -e version)
    done
}

@test "docs: keygen: the options of --help and of the page are the same, verb by verb" {
    local verb
    for verb in new public; do
        diff <(help_options keygen $verb) \
            <(sed -n "/^\.Ss keygen $verb\$/,/^\.S[sh] /p" "$root/man/signet-keygen.1" |
                sed '1b;/^\.S[sh]/d' | page_options)
    done
    # and no verb is left out
    run -0 keygen --help
    [[ $(sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' <<<"$output" | paste -sd' ') == \
        "$(sed -n 's/^\.Ss keygen \([a-z]*\)$/\1/p' "$root/man/signet-keygen.1" | paste -sd' ')" ]]
}

# A tool with many verbs: its page has the options of each, but for those under the heading.
same_verbs() {
    local tool=$1 heading=$2 page=$root/man/signet-$1.1 verb words shared
    shared=$(sed -n "/^\.Ss $heading\$/,/^\.Ss /p" "$page" | page_options
        printf '%s\n' '-q --quiet' '-h --help' --version '--progress when')
    while read -r verb; do
        read -ra words <<<"$verb"
        diff <(help_options "$tool" "${words[@]}" | grep -vxF "$shared") \
            <(sed -n "/^\.Ss $tool $verb\$/,/^\.S[sh] /p" "$page" |
                sed '1b;/^\.S[sh]/d' | page_options | grep -vxF "$shared") || { echo "$tool $verb"; return 1; }
    done < <(verbs_of "$tool")
    # and no verb is left out, of the page, of the synopsis, or of the overview
    diff <(verbs_of "$tool" | sort) <(sed -n "s/^\.Ss $tool \(.*\)\$/\1/p" "$page" | sort)
    diff <(verbs_of "$tool" | sort) <(section "signet-$tool.1" SYNOPSIS | sed -n 's/^\.Cm //p' | sort)
    "$tool" --help >help
    (($(wc -l <help) <= 24))
    while read -r verb; do
        grep -qw -- "${verb%% *}" help
    done < <(verbs_of "$tool")
}

@test "docs: vault: the options of --help and of the page are the same, verb by verb" {
    same_verbs vault Unlocking
}

@test "docs: pseudonym: the options of --help and of the page are the same, verb by verb" {
    same_verbs pseudonym 'Root and store'
}

@test "docs: signet-pseudonym(1): the examples run" {
    run_examples "$(section signet-pseudonym.1 EXAMPLES | literal)"
    [[ $(grep -cx 'Dear diary' <<<"$output") == 1 ]]            # open
    [[ $output == *'Good "signet" signature for work'* ]]       # ssh-keygen
    [[ $output == *'Signature and comment signature verified'* ]] # minisign
    [[ $output == *'proved: one owner'* && $output == *$'\n2\n'* ]] # two voters, three ballots
    [[ $output == *'signed by: ssh-ed25519 '* && $output == *$'\nwelcome\n'* ]]
    [[ ${lines[-1]} =~ ^[a-z2-7]{56}\.onion$ ]]
    # What is sealed to the friend is a proof for the friend.
    open -i friend.txt link.age | pseudonym check | grep -qx "for: $(cat friend_ed25519.pub)"
    # The copy of the root is good.
    [[ $(pseudonym show work --as ssh -i root.age --password-file ../password) == "$(cat work.pub)" ]]
}

@test "docs: --help fits a screen" {
    local command words
    while read -r command; do
        read -ra words <<<"$command"
        run -0 "${words[@]}" --help
        [[ ${#lines[@]} -le 24 && $(wc -L <<<"$output") -le 80 ]] ||
            { printf '%s\n' "$command" "${lines[@]}"; false; }
    done < <(commands)
}

@test "docs: signet-vault(1): the examples run" {
    run_examples "$(section signet-vault.1 EXAMPLES | sed '/^\.Ss From/,$d' | literal)"
    [[ $output == *$'notes/today\tDear [diary]'* ]]
    [[ $output == *$'chats/bob\tMeet me at the [harbour]'* ]]
    [[ $output == *$'Meet me at the harbour\nAt noon'* ]]
    [[ $output == *age1pq1* && $output == *current/notes/today* ]]
    [[ $(SIGNET_IDENTITY=$HOME/key.txt vault get docs/page.txt) == 'a page' ]]
    [[ $(SIGNET_HOME=$HOME/other SIGNET_IDENTITY=$HOME/key.txt vault get notes/today) == 'Dear diary' ]]
}

@test "docs: signet-vault(1): the recipe brings over a store of pass and one of passage" {
    export SIGNET_IDENTITY=$HOME/key.txt GNUPGHOME=$HOME/.gnupg
    mkdir -m 700 .gnupg
    mkdir -p .password-store/mail .passage
    keygen -q -o key.txt
    vault init -q -i key.txt
    gpg -q --batch --passphrase '' --quick-gen-key me@example.org default default never
    echo 'hunter2' | gpg -q --batch -e -r me@example.org -o .password-store/mail/work.gpg
    echo 'with a space' | gpg -q --batch -e -r me@example.org -o '.password-store/mail/at home.gpg'
    keygen -q -t x25519 -o .passage/identities
    echo 'of passage' | age -r "$(keygen public .passage/identities)" -o .password-store/other.age
    echo 'not sealed' >.password-store/broken.gpg
    run -0 bash -c "$(sed -n '/^\.Ss From pass/,$p' "$root/man/signet-vault.1" | sed '/^\.Sh/,$d' | literal)"
    [[ $(vault get pass/mail/work) == hunter2 ]]
    [[ $(vault get 'pass/mail/at home') == 'with a space' ]]
    [[ $(vault get pass/other) == 'of passage' ]]
    gpgconf --kill gpg-agent
}

@test "docs: signet-keygen(1): the default type of key is the one that the page says" {
    local type
    type=$(sed -n '/^\.It Cm /{s/^\.It Cm //;h};/^The default\.$/{x;p;q}' "$root/man/signet-keygen.1")
    [[ -n $type ]]
    keygen -q -o default.txt
    keygen -q -t "$type" -o named.txt
    [[ $(grep -o '^AGE-SECRET-KEY-[A-Z-]*1' default.txt) == "$(grep -o '^AGE-SECRET-KEY-[A-Z-]*1' named.txt)" ]]
    # and the page has each type that there is
    run -2 keygen -t nothing-of-the-kind
    [[ $output =~ 'it is one of: '(.*) ]]
    local word words
    read -ra words <<<"${BASH_REMATCH[1]}"
    for word in "${words[@]}"; do
        grep -qx "\.It Cm $word" "$root/man/signet-keygen.1"
    done
}

@test "docs: every option in the text of a page is an option of some tool" {
    local option all
    all=$({ while read -r tool; do
        # shellcheck disable=SC2086
        help_options $tool
    done < <(commands; printf 'ratchet %s\n' offer start send receive accept 'pipe send' verify
        echo age-plugin-signet); echo --exec-path; } | grep -o -- '--[a-z-]*' | sort -u)
    while read -r option; do
        grep -qx -- "$option" <<<"$all" || { echo "$option"; false; }
    done < <(sed -n 's/.*Fl -\([a-z][a-z-]*\).*/--\1/p' "$root"/man/*.[0-9] | sort -u)
    while read -r option; do
        grep -qx -- "$option" <<<"$all" || { echo "$option in README.md"; false; }
    done < <(grep -o -- '--[a-z][a-z-]*' "$root/README.md" | sort -u)
}

@test "docs: each tool page has the sections that are promised" {
    local page title
    for page in keygen seal open pseudonym; do
        for title in NAME SYNOPSIS DESCRIPTION ENVIRONMENT "EXIT STATUS" EXAMPLES DIAGNOSTICS \
            "SEE ALSO" "SECURITY CONSIDERATIONS"; do
            grep -qx "\.Sh $title" "$root/man/signet-$page.1"
        done
        [[ $(section signet-$page.1 "EXIT STATUS" | grep -c '^\.It [0-4]$') == 5 ]]
    done
}

@test "docs: README.md fits on two screens and has seven examples" {
    (($(wc -l <"$root/README.md") <= 92))
    [[ $(grep -c '^```sh$' "$root/README.md") == 7 ]]
    grep -q 'make deps demo' "$root/README.md"
    grep -q 'make deps check' "$root/README.md"
}

@test "docs: README.md: the examples run" {
    # The last example is of a file that somebody else sealed to the key of the first.
    run_examples "rm key.txt; $(fences <"$root/README.md" |
        sed '/^open -q/i seal -i key.txt -o config.age notes.txt')"
    # four times: open, open of the message, age -d, open of what age wrote
    [[ $(grep -cx 'Dear diary' <<<"$output") == 4 ]]
    cmp notes.txt config.new
    [[ $(<docs/page.txt) == 'a page' ]]
    [[ $(head -n 1 message.txt) == '-----BEGIN AGE ENCRYPTED FILE-----' ]]
}

@test "docs: README.md: the last example tells the failures apart" {
    local last
    last=$(sed -n '/^Know in a script/,$p' "$root/README.md" | fences)
    prepare "$BATS_TEST_TMPDIR/work"
    seal -R friends.pub -o config.age notes.txt
    run bash -c "$last" 2>/dev/null
    [[ $output == *'sealed to another key'* ]]
    seal -i key.txt notes.txt | head -c -1 >config.age
    run bash -c "$last" 2>/dev/null
    [[ $output == *'damaged or forged'* ]]
    [[ ! -e config.new ]]
}

@test "docs: signet(1): the examples run" {
    run_examples "rm key.txt notes.txt.age; $(section signet.1 EXAMPLES | literal)"
    [[ $(grep -cx 'Dear diary' <<<"$output") == 2 ]]
}

@test "docs: signet-keygen(1): the examples run" {
    run_examples "rm key.txt; $(section signet-keygen.1 EXAMPLES | literal)"
    [[ $(wc -l <team.pub) == 2 ]]
    [[ $(head -n 1 team.pub) == "$(<me.pub)" ]]
    cmp <(keygen public key.age) <(grep '^age1' <<<"$output")
    [[ $(open -i key.txt backup-key.age) == *AGE-SECRET-KEY-PQ-1* ]]
    [[ $(<classic.txt) == *AGE-SECRET-KEY-1* && $(<classic.pub) == age1* ]]
    [[ $output == *'Good "file" signature for me@example.org'* ]]
}

@test "docs: signet-seal(1): the examples run" {
    run_examples "$(section signet-seal.1 EXAMPLES | literal)"
    [[ $output == *docs/page.txt* ]]
    [[ $(open <<<"$(sed -n '/^-----BEGIN/,/^-----END/p' <<<"$output")") == 'Dear diary' ]]
    [[ $(open -i key.txt docs.tar.age | tar t) == *docs/page.txt* ]]
    [[ $(open -i friend.txt nightly.tar.age | tar t) == *docs/page.txt* ]]
    grep -aq '^-> scrypt ' for-age.age
    [[ $(open -i friend_ed25519 for-ssh.age) == 'Dear diary' ]]
    [[ $(open -i friend.txt team.age | tar t) == *docs/page.txt* ]]
    run -3 open -q -i key.txt team.age
    [[ $(open --password-file new-password vault.age) == 'Dear diary' ]]
    run -3 open -q --password-file old-password vault.age
    [[ -s letter.age ]]
}

@test "docs: signet-open(1): the examples run" {
    run_examples "$(section signet-open.1 EXAMPLES | literal)"
    [[ $(grep -cx 'Dear diary' <<<"$output") == 4 ]]
    cmp notes.txt notes-again.txt
    cmp notes.txt letter.txt
    cmp notes.txt config
    [[ -s docs.tar ]]
    cmp notes.txt script
    [[ $output == *"$(head -c 1K /dev/zero | tr '\0' x)"* ]]
    [[ $output == *'Post-quantum: yes, every recipient'* ]]
    grep -q '"post_quantum": true' report.json
}

@test "docs: signet-open(1): the example of a key with a passphrase works" {
    keygen -q -t sign -o copy-of
    ssh-keygen -q -p -N 'of its own' -f copy-of
    seal -r "$(keygen public <(cp copy-of plain && ssh-keygen -q -p -P 'of its own' -N '' -f plain >&2 &&
        cat plain))" -o message.age <<<'Dear diary'
    mkdir .ssh
    cp plain .ssh/id_ed25519 # nobody is here to type a passphrase
    echo 'six words' >password
    local script
    script=$(section signet-open.1 "SSH KEYS" | literal | sed "s|/dev/shm|$PWD|g")
    [[ $script == *'open -i id.age message.age' ]]
    SIGNET_PASSWORD_FILE=password run -0 --separate-stderr bash -eu -c "$script"
    [[ ${lines[-1]} == 'Dear diary' && ! -e copy ]]
}

@test "docs: signet-open(1): the keys and words of the JSON report are those of its schema" {
    local word page
    page=$(section signet-open.1 INSPECTING)
    while read -r word; do
        grep -qw -- "$word" <<<"$page" || { echo "$word is not in the page"; false; }
    done < <(grep -ohE '"[a-z0-9]+(_[a-z0-9]+)+"|"[a-z_]+":' "$root"/tests/cli/golden/inspect.json |
        tr -d '":' | sort -u
        grep -oE '"[a-z0-9]+(_[a-z0-9]+)+"' "$root/tests/cli/golden/inspect.schema.json" | tr -d '"' | sort -u)
}

@test "docs: signet-open(1): the example on exit statuses tells them apart" {
    local last
    last=$(section signet-open.1 EXAMPLES | literal | sed -n '/^status=0$/,$p')
    prepare "$BATS_TEST_TMPDIR/work"
    seal -R friends.pub -o config.age notes.txt
    run -0 --separate-stderr bash -eu -c "$last"
    [[ $stderr == *'sealed to another key'* ]]
    echo nothing >config.age
    run -0 --separate-stderr bash -eu -c "$last"
    [[ $stderr == *'damaged or forged'* ]]
    rm config.age
    run -0 --separate-stderr bash -eu -c "$last"
    [[ $stderr == *'trouble on this machine'* ]]
    [[ ! -e config && ! -e config.new ]]
}

@test "docs: the examples in --help use options that exist" {
    local command words option all
    all=$(while read -r command; do
        read -ra words <<<"$command"
        help_options "${words[@]}"
    done < <(commands) | tr ' ' '\n' | sort -u)
    while read -r command; do
        read -ra words <<<"$command"
        while read -r option; do
            grep -qx -e "$option" <<<"$all" || { echo "$command: $option"; false; }
        done < <("${words[@]}" --help | sed -n '/^  [a-z]/p' | grep -oE -- ' --?[a-zA-Z-]+' | tr -d ' ' | grep -vx -e --)
    done < <(commands)
}

# The worked example of signet-formats(5).

# A value that the example names, in hexadecimal.
value() {
    section signet-formats.5 EXAMPLES | literal |
        sed -n "/^$1  *[0-9a-f]*\$/,/^[^ ]/{/^$1 /p;/^  /p}" | sed "s/^$1//" | tr -d ' \n'
}

unhex() {
    perl -pe '$_ = pack("H*", $_)'
}

armor() {
    section signet-formats.5 EXAMPLES | literal | sed -n '/^-----BEGIN/,/^-----END/p'
}

header() {
    section signet-formats.5 EXAMPLES | literal | sed -n '/^age-encryption/,/^---/p' | sed '/^-----/,$d'
}

@test "docs: signet-formats(5): the sealed file in the page opens with the password in the page" {
    section signet-formats.5 EXAMPLES | sed -n 's/^\.Dq \(an example, .*\) \.$/\1/p' >password
    [[ -s password ]]
    armor >example.age
    [[ $(wc -l <example.age) == 7 ]]
    run -0 --separate-stderr open --password-file password example.age
    [[ $output == 'Hello from signet-formats(5).' && -z $stderr ]]
    open --password-file password example.age | cmp - <(value plaintext | unhex)
    echo 'another password' >password
    run -3 open --password-file password example.age
}

@test "docs: signet-formats(5): header, nonce and chunk in the page are the file in the page" {
    armor | sed '1d;$d' | base64 -d >file
    { header; value nonce | unhex; value chunk | unhex; } | cmp - file
    [[ $(header | wc -c) == 163 && $(wc -c <file) == 225 ]]
    grep -qF " $(value SALT | unhex | base64 | tr -d =) 3 10 4" <(header)
    [[ $(header | sed -n 3p) == "$(value body | unhex | base64 | tr -d =)" ]]
    [[ $(header | sed -n 4p) == "--- $(value mac | unhex | base64 | tr -d =)" ]]
}

@test "docs: signet-formats(5): the keys of the worked example, as another program computes them" {
    hkdf() { # IKM SALT INFO
        openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:"$1" -kdfopt hexsalt:"$2" \
            -kdfopt info:"$3" -binary HKDF | od -An -v -tx1 | tr -d ' \n'
    }
    # an empty salt is as many zeros as a block of the hash has bytes of output
    local empty
    empty=$(printf '00%.0s' {1..32})
    [[ $(hkdf "$(value stretched)" "$empty" signet/argon2id) == "$(value 'wrap key')" ]]
    [[ $(hkdf "$(value 'file key')" "$empty" header) == "$(value 'mac key')" ]]
    [[ $(hkdf "$(value 'file key')" "$(value nonce)" payload) == "$(value 'payload key')" ]]
    [[ $(header | head -c -45 | openssl mac -digest SHA256 -macopt hexkey:"$(value 'mac key')" HMAC |
        tr '[:upper:]' '[:lower:]') == "$(value mac)" ]]
}

# A value of the envelope's example.
envelope_value() {
    section signet-formats.5 "ENVELOPE EXAMPLE" | literal |
        sed -n "/^$1  *[0-9a-f]*\$/,/^[^ ]/{/^$1 /p;/^  /p}" | sed "s/^$1//" | tr -d ' \n'
}

@test "docs: signet-formats(5): the envelope in the page is one, as other programs compute it" {
    local empty i member hash body
    { envelope_value 'member 0'; envelope_value 'member 1'; } | unhex >envelope
    [[ $(stat -c %s envelope) == 379 && $(envelope_value 'member 0' | unhex | wc -c) == 201 ]]
    gunzip <envelope | cmp - <(value plaintext | unhex)
    empty=$(printf '00%.0s' {1..32})
    hkdf() { # SALT INFO
        openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:"$(value 'file key')" -kdfopt hexsalt:"$1" \
            -kdfopt info:"$2" -binary HKDF | od -An -v -tx1 | tr -d ' \n'
    }
    [[ $(hkdf "$empty" signet/envelope) == "$(envelope_value 'for unsigned')" ]]
    [[ $(hkdf "$(value mac)" signet/envelope/signed) == "$(envelope_value 'for signed')" ]]
    { echo 302a300506032b6570032100; envelope_value signer; } | tr -d '\n' | unhex |
        openssl pkey -pubin -inform DER -out signer.pem
    for i in 0 1; do
        member=$(envelope_value "member $i")
        # the field's length from its place, the proof at its end, the body behind
        body=$(((16 + 0x${member:30:2}${member:28:2}) * 2))
        [[ ${member:60:64} == "$(envelope_value 'for signed')" ]]
        [[ ${member:124:64} == "$(envelope_value signer)" ]]
        hash=$(printf %s "${member:32:body - 128 - 32}${member:body}" | unhex |
            openssl dgst -blake2b512 -binary | od -An -v -tx1 | tr -d ' \n')
        [[ $hash == "$(envelope_value "hash $i")" ]]
        { printf signet/envelope/member; printf %s "$hash" | unhex; } >message
        printf %s "${member:body - 128:128}" | unhex >signature
        openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in message -sigfile signature
    done
}

@test "docs: signet-seal(1): the table of padded lengths is Padmé" {
    local length padded step
    while read -r length padded step; do
        [[ $(awk -v n="$length" 'BEGIN { e = int(log(n) / log(2)); s = int(log(e) / log(2)) + 1
            u = 2 ^ (e - s); print int((n + u - 1) / u) * u, u }') == "$padded $step" ]]
    done < <(section signet-seal.1 INSIDE | sed -n 's/^\.It \([0-9]*\) Ta \([0-9]*\) Ta \([0-9]*\)$/\1 \2 \3/p')
    [[ $(section signet-seal.1 INSIDE | grep -c '^\.It [0-9]') == 7 ]]
}

@test "docs: signet-formats(5): the limits in the page are the limits in the code" {
    local page
    page=$(section signet-formats.5 LIMITS)
    grep -q '^#define SG_HEADER_MAX_BYTES (4U << 20)' "$root/lib/sealed/header.h"
    grep -q '^#define SG_SOURCE_WINDOW 16384' "$root/lib/io/source.h"
    grep -q '^#define SG_KEY_FILE_MAX_BYTES (1U << 20)' "$root/lib/key/file.h"
    grep -q '^#define SG_PASSWORD_MAX_BYTES 1024' "$root/lib/sealed/stanza.h"
    grep -q '^#define SG_ARGON2ID_MAX_LANES 255U' "$root/lib/crypto/pwhash.h"
    grep -q '^#define SG_ARGON2ID_MAX_PASSES 65535U' "$root/lib/crypto/pwhash.h"
    grep -q '^#define SG_MAX_WORK_DEFAULT 22U' "$root/lib/sealed/stanza.h"
    grep -q '^#define SG_WORK_MAX 28U' "$root/lib/sealed/stanza.h"
    grep -q '^#define SG_WORK_MIN 5U' "$root/lib/sealed/stanza.h"
    grep -q '^#define PASSES_LOG2 4' "$root"/lib/sealed/*.c
    grep -q '^#define SG_MEMBER_BYTES 262144' "$root/lib/envelope/pack.h"
    grep -q '^#define SG_BODY_MAX (SG_MEMBER_BYTES + 512)' "$root/lib/envelope/pack.h"
    grep -q '^#define SG_GROUP_MEMBERS 16384' "$root/lib/envelope/layout.h"
    grep -q '^#define SG_GROUPS_MAX 8000' "$root/lib/envelope/layout.h"
    grep -q '^#define SG_NAME_MAX_BYTES 1024' "$root/lib/vault/name.h"
    grep -q '^#define SG_PART_MAX_BYTES ((uint64_t)1 << 39)' "$root/lib/vault/part.h"
    grep -q '^#define SG_TERMS_MAX_BYTES 4096' "$root/lib/vault/terms.h"
    grep -q '^#define SG_TERMS_GROUPS 32' "$root/lib/vault/terms.h"
    grep -q '^#define SG_TAR_RECORDS_MAX_BYTES 65536' "$root/lib/vault/tar.h"
    local figure
    for figure in '4 MiB' '16 KiB' '1 MiB' '1 to 1024 bytes' 255 65535 22 28 262656 '31.25 TiB' '16 \* 2^W' 'from 5 to 28' \
        'a vault Ta 1024 bytes' '512 GiB' '4096 bytes, 32 words' '64 KiB'; do
        grep -q "$figure" <<<"$page"
    done
}

@test "docs: nothing that is planned is described as if it existed" {
    run -1 grep -n -i -w -e '--explain' "$root/README.md" "$root"/man/*.[0-9]
}

@test "docs: the benchmark runs to its end, every row beside those it names" {
    [ "${SIGNET_TEST_BUILD:-plain}" = plain ] || skip 'measures what is built plainly'
    run -0 env SIGNET_BENCH_MB=1 SIGNET_BENCH_RUNS=1 "$root/tests/bench/bench.sh"
    [ "$(grep -c ' ms' <<<"$output")" = 17 ]
    [ "$(grep -c ' age [0-9.]* ms (x [0-9.]*)' <<<"$output")" = 9 ]
}
