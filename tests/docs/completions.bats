#!/usr/bin/env bats
# The completions are what the option tables say, and each shell completes with them.

bats_require_minimum_version 1.5.0

setup_file() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    SIGNET_BIN=${SIGNET_BIN:-$root/build/bin}
    PATH=$SIGNET_BIN:$PATH
    export root PATH
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export HOME=$BATS_TEST_TMPDIR TMPDIR=$BATS_TEST_TMPDIR
    unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME SIGNET_HOME SIGNET_IDENTITY SIGNET_PASSWORD_FILE
    touch key.txt 'two words.txt'
}

# What a shell offers, sorted, in $output. The last word is completed.
offers() {
    local shell=$1 line
    shift
    printf -v line '%s ' "$@"
    line=${line% }
    case $shell in
    bash) run -0 bash --norc "$BATS_TEST_DIRNAME/complete.bash" "$root/completions/signet.bash" "$@" ;;
    zsh) run -0 timeout 20 zsh -f "$BATS_TEST_DIRNAME/complete.zsh" "$root/completions" "$line" ;;
    fish)
        run -0 fish --no-config -c "source $root/completions/signet.fish; complete -C '$line'"
        output=$(cut -f 1 <<<"$output")
        ;;
    esac
    output=$(sort -u <<<"$output")
}

# Fails unless the shell offers exactly these words: offers_just SHELL "WORDS" COMMAND WORD...
offers_just() {
    local want
    want=$(tr ' ' '\n' <<<"$2" | sort -u)
    offers "$1" "${@:3}"
    [[ $output == "$want" ]] ||
        { printf '%s offers for "%s":\n%s\n' "$1" "${*:3}" "$output"; return 1; }
}

# The long options that "COMMAND --help" names.
long_options() {
    "$@" --help | grep -oE '^ +(-., )?--[a-z-]+( [A-Z:-]+)?(, (-., )?--[a-z-]+( [A-Z:-]+)?)*' |
        grep -o -- '--[a-z][a-z-]*'
}

# The short ones.
letters() {
    "$@" --help | grep -oE '^ +(-., )?--[a-z-]+( [A-Z:-]+)?(, (-., )?--[a-z-]+( [A-Z:-]+)?)*' |
        grep -oE -- '-., --' | cut -c 1-2
}

every_shell() {
    local shell
    for shell in bash zsh fish; do
        offers_just "$shell" "$@" || return
    done
}

@test "completions: the committed files are what the option tables give" {
    local print=$SIGNET_COMPLETIONS
    if [[ -z $print ]]; then
        print=./print
        "${CC:-cc}" -std=c11 -D_GNU_SOURCE '-DSG_VERSION="0"' -I"$root/lib" -I"$root/cmd" -o print \
            "$root"/cmd/completions/*.c "$root"/cmd/{keygen,seal,open,vault,pseudonym}/usage.c
    fi
    "$print" bash | diff "$root/completions/signet.bash" -
    "$print" zsh | diff "$root/completions/_signet" -
    "$print" fish | diff "$root/completions/signet.fish" -
    run -2 "$print"
    run -2 "$print" tcsh
}

@test "completions: each file loads without a word" {
    run -0 --separate-stderr bash --norc -c "source '$root/completions/signet.bash'"
    [[ -z $output$stderr ]]
    run -0 --separate-stderr zsh -f -c "fpath=('$root/completions' \$fpath); autoload -Uz compinit
        compinit -u -D; (( \$+functions[_signet] )) || exit 1; autoload +X _signet
        for c in signet keygen seal open vault pseudonym; do [[ \$_comps[\$c] == _signet ]] || exit 1; done"
    [[ -z $output$stderr ]]
    run -0 --separate-stderr fish --no-config -c "source '$root/completions/signet.fish'"
    [[ -z $output$stderr ]]
}

@test "completions: signet offers the tools and its own options" {
    every_shell "help keygen open pseudonym seal vault" signet ""
    every_shell "seal" signet s
    every_shell "keygen open pseudonym seal vault" signet help ""
    local shell
    for shell in bash zsh fish; do
        offers "$shell" signet --
        [[ $'\n'$output$'\n' == *$'\n--version\n'* && $'\n'$output$'\n' == *$'\n--exec-path\n'* ]]
        [[ $'\n'$output$'\n' == *$'\n--help\n'* ]]
    done
    # and knows of no tool less than signet does
    run -0 signet --help
    [[ $(sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' <<<"$output" | paste -sd' ') == "keygen seal open vault ratchet pseudonym" ]]
}

@test "completions: keygen's verbs" {
    every_shell "new public" keygen ""
    every_shell "public" keygen p
    every_shell "new public" signet keygen ""
}

@test "completions: vault's verbs, and those of two words" {
    local verbs="append check export get history import init list lock move prune put rekey remove run search slot unlock"
    every_shell "$verbs" vault ""
    every_shell "$verbs" signet vault ""
    every_shell "put prune" vault p
    every_shell "add list remove" vault slot ""
    every_shell "add" vault slot a
    every_shell "add list remove" signet vault slot ""
    every_shell "key.txt" vault put name k
    every_shell "" vault get k
    every_shell "add refuse skip" vault import --existing ""
    local shell
    for shell in bash zsh fish; do
        offers "$shell" vault --
        [[ $'\n'$output$'\n' == *$'\n--version\n'* && $'\n'$output$'\n' == *$'\n--help\n'* ]]
        [[ $output != *--wait* ]]
    done
}

@test "completions: pseudonym's verbs, and those of two words" {
    local verbs="check key list new onion prove retire ring-claim ring-disavow ring-sign ring-verify root show sign token verify"
    every_shell "$verbs" pseudonym ""
    every_shell "ring-claim ring-disavow ring-sign ring-verify" pseudonym ring
    every_shell "finalize issue issuer-key redeem request" pseudonym token ""
    every_shell "issue issuer-key" signet pseudonym token iss
    every_shell "did minisign onion qr recipient ssh words x25519" pseudonym show work --as ""
    every_shell "minisign ssh" pseudonym sign work --as ""
    every_shell "key.txt" pseudonym sign work k
}

@test "completions: every long option of every tool, in every shell" {
    local command words
    for command in seal open "keygen new" "keygen public" "vault put" "vault slot add" "vault search" \
        "pseudonym sign" "pseudonym ring-claim" "pseudonym token redeem"; do
        read -ra words <<<"$command"
        every_shell "$(long_options "${words[@]}" | paste -sd' ')" "${words[@]}" --
        every_shell "$(long_options "${words[@]}" | paste -sd' ')" signet "${words[@]}" --
    done
    # the default verb's, where none is named
    every_shell "$(long_options keygen new | paste -sd' ')" keygen --
}

@test "completions: every letter of every tool, in every shell" {
    local command words shell letter
    for command in seal open "keygen new" "keygen public" "vault put" "vault slot add" "vault search" \
        "pseudonym sign" "pseudonym ring-claim" "pseudonym token redeem"; do
        read -ra words <<<"$command"
        for shell in bash zsh fish; do
            offers "$shell" "${words[@]}" -
            for letter in $(letters "${words[@]}"); do
                [[ $'\n'$output$'\n' == *$'\n'"$letter"$'\n'* ]]
            done
        done
    done
}

@test "completions: the words that an option takes" {
    every_shell "pq root sign x25519" keygen -t ""
    every_shell "pq root sign x25519" keygen new --type ""
    every_shell "x25519" keygen -t x
    every_shell "argon2id scrypt" keygen -p --kdf ""
    every_shell "argon2id scrypt" seal -p --kdf ""
    every_shell "scrypt" seal -p --kdf s
    every_shell "always auto never" open --progress ""
    every_shell "always auto never" signet seal --progress ""
    every_shell "auto" seal --progress au
}

@test "completions: the words after --option=" {
    offers_just bash "argon2id scrypt" seal --kdf =
    offers_just bash "scrypt" seal --kdf = s
    offers_just zsh "argon2id scrypt" seal --kdf=
    offers_just fish "--kdf=argon2id --kdf=scrypt" seal --kdf=
}

@test "completions: files where files are taken, and nothing where they are not" {
    every_shell "key.txt" open -i k
    every_shell "key.txt" seal --identity k
    every_shell "key.txt" seal -R k
    every_shell "key.txt" seal k
    every_shell "key.txt" signet open k
    every_shell "key.txt" keygen public k
    every_shell "key.txt" keygen -o k
    every_shell "key.txt" seal --password-file k
    every_shell "" seal -r k
    every_shell "" seal --work k
    every_shell "" keygen new k
    every_shell "" signet help x
    offers bash seal t
    [[ $output == "two words.txt" ]]
}

@test "completions: another program called open is left alone" {
    mkdir other
    printf '#!/bin/sh\n' >other/open
    chmod +x other/open
    PATH=$PWD/other:$PATH
    offers bash open --
    [[ -z $output ]]
    offers fish open --
    [[ -z $output ]]
    offers zsh open --
    [[ -z $output ]]
    every_shell "--max-work" signet open --max-w
    # nor does loading take the place of a completion that is there already
    run -0 bash --norc -c "complete -W mine open; source '$root/completions/signet.bash'; complete -p open"
    [[ $output == "complete -W 'mine' open" ]]
}
