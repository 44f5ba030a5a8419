#!/usr/bin/env bats
# signet, the front door; and what --help and --version have in common in every tool.

# shellcheck disable=SC2317 # functions are called by way of "try"
load helper

@test 'signet: without a word, it asks which tool' {
    fails 2 'which tool?' 'signet help lists the tools' signet
}

@test 'signet help: lists the tools, in three spellings' {
    works signet help
    cp "$OUT" help
    for tool in keygen seal open vault; do
        grep -q "^  $tool " help
    done
    works signet --help
    cmp "$OUT" help
    works signet -h
    cmp "$OUT" help
    works signet help signet
    cmp "$OUT" help
}

@test 'signet help TOOL: the help of the tool' {
    for tool in keygen seal open vault; do
        works signet help $tool
        cp "$OUT" help
        works $tool --help
        cmp "$OUT" help
        works signet $tool --help
        cmp "$OUT" help
    done
}

@test 'signet: unknown tools and options' {
    fails 2 'there is no tool sael' 'did you mean signet seal?' signet sael
    fails 2 'there is no tool opne' 'did you mean signet open?' signet opne x
    fails 2 'there is no tool keygne' 'did you mean signet keygen?' signet help keygne
    fails 2 'there is no tool frobnicate' 'signet help lists the tools' signet frobnicate
    fails 2 'there is no tool ' 'signet help lists the tools' signet ''
    fails 2 'there is no tool ../seal' '*' signet ../seal
    fails 2 'there is no option --frobnicate' '*' signet --frobnicate
    fails 2 'there is no option -x' '*' signet -x seal
}

@test 'signet --version, and that of each tool' {
    works signet --version
    [[ $(cat "$OUT") =~ ^signet\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    local version
    version=$(cut -d' ' -f2 "$OUT")
    for tool in keygen seal open vault; do
        works $tool --version
        [ "$(cat "$OUT")" = "$tool (signet) $version" ]
        works signet $tool --version
        [ "$(cat "$OUT")" = "$tool (signet) $version" ]
    done
    works keygen public --version
    [ "$(cat "$OUT")" = "keygen (signet) $version" ]
}

@test 'signet --exec-path: a folder with every tool' {
    works signet --exec-path
    [ "$(wc -l <"$OUT")" = 1 ]
    local folder
    folder=$(cat "$OUT")
    [[ $folder == /* ]]
    for tool in keygen seal open vault; do
        [ -x "$folder/$tool" ]
    done
    if [ "$BUILD" != valgrind ]; then [ "$folder" -ef "$BIN" ]; fi
    # As the help advises.
    works env PATH="$folder:/usr/bin:/bin" open --version
    [[ $(cat "$OUT") == 'open (signet) '* ]]
}

@test 'signet TOOL: arguments, streams and exit status are passed on' {
    works signet keygen -q -o key
    secret "$(secret_part key)"
    works signet keygen public key
    RECIPIENT=$(cat "$OUT")
    echo 'two  words' >'a file'
    works signet seal -r "$RECIPIENT" -o 'a file.age' 'a file'
    works signet open -i key 'a file.age'
    cmp "$OUT" 'a file'
    works signet seal -r "$RECIPIENT" <'a file'
    cp "$OUT" sealed
    works signet open -i key <sealed
    cmp "$OUT" 'a file'

    signet keygen -q -o other
    fails 1 'cannot open missing: *' '*' signet open -i key missing
    fails 2 'there is nobody to seal to' '*' signet seal sealed
    fails 3 'sealed: no key fits: *' '*' signet open -i other sealed
    fails 4 'a file: not a sealed file' '*' signet open -i key 'a file'
    fails 2 'keygen has no verb publc' 'did you mean keygen public?' signet keygen publc
}

@test 'signet: works through a link, from any folder, by any name of its path' {
    works "$BIN/signet" keygen -q
    (cd / && works "$BIN/signet" keygen -q)
    ln -s "$BIN/signet" front
    works ./front keygen -q
    # Installed elsewhere, with the tools in libexec.
    if [ "$BUILD" != valgrind ]; then
        mkdir -p moved/bin moved/libexec/signet
        cp "$BIN/signet" moved/bin
        cp "$BIN"/{keygen,seal,open,vault,ratchet,pseudonym} moved/libexec/signet
        works moved/bin/signet --exec-path
        [ "$(cat "$OUT")" = "$PWD/moved/libexec/signet" ]
        works env PATH=/usr/bin:/bin moved/bin/signet keygen -q
    fi
}

@test 'signet: a tool that is not there' {
    if [ "$BUILD" = valgrind ]; then
        # The wrapper finds its own folder: only a mistyped one can be missing.
        fails 2 'there is no tool *' '*' signet missing
        return
    fi
    mkdir alone
    cp "$BIN/signet" alone
    # Unless it is installed on this system, whose tools it then runs.
    if [ -e "$(alone/signet --exec-path)/seal" ]; then
        works alone/signet seal --version
    else
        fails 1 'cannot run */seal: *' '*install signet again' alone/signet seal --version
    fi
}

@test '--help: on standard output, status 0, on one screen, with two examples' {
    local help lines
    while read -ra help; do
        works "${help[@]}"
        lines=$(wc -l <"$OUT")
        [ "$lines" -le 24 ] || flunk "$lines lines: ${help[*]}"
        [ "$lines" -ge 8 ]
        run ! grep -E '.{81}' "$OUT"
        run ! grep -P '[\t\x00-\x08\x0b-\x1f\x7f-\xff]' "$OUT"
        grep -q "^Usage: ${help[0]}" "$OUT"
        grep -q 'man signet' "$OUT"
        [ "$(tail -n 4 "$OUT" | grep -cE '^  .*(keygen|seal|open)')" -ge 2 ] ||
            flunk "two examples: ${help[*]}"
    done <<'COMMANDS'
signet --help
keygen --help
keygen new --help
keygen public --help
keygen -h
seal --help
seal -h
open --help
open -h
COMMANDS
}

@test '--help: whatever else is on the command line' {
    works seal -r nonsense --help
    cp "$OUT" help
    works seal --help
    cmp "$OUT" help
    works open missing -h
    works keygen public missing more --help
}

@test '--help, --version: to a full device and to nowhere' {
    for tool in signet keygen seal open vault; do
        for option in --help --version; do
            fails_full() { "$tool" "$option" >/dev/full; }
            try fails_full
            [ "$status" = 1 ]
            [[ $(head -n 1 "$ERR") == "$tool: error: cannot write standard output"* ]]
            fails_closed() { "$tool" "$option" >&-; }
            try fails_closed
            [ "$status" = 1 ]
            [[ $(head -n 1 "$ERR") == "$tool: error: cannot write standard output"* ]]
        done
    done
    fails_full() { signet --exec-path >/dev/full; }
    try fails_full
    [ "$status" = 1 ]
}
