# Completions of signet, keygen, seal, open, vault and pseudonym for bash.
# Made by "make completions" from the tools' own option tables: change those instead.
# shellcheck shell=bash

_signet_words() {
    mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1")
}

_signet_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# Whether the word at hand stands after a "--", which ends the options.
_signet_ended() {
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -- ]] && return 0
    done
    return 1
}

_signet_keygen_new() {
    case $2 in
    -t | --type) _signet_words "$1" "pq x25519 sign root" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    --comment) return ;;
    --kdf) _signet_words "$1" "argon2id scrypt" && return ;;
    --work) return ;;
    --password-file) _signet_files "$1" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-t --type -p --password -o --output -f --force --comment --kdf --work --password-file -q --quiet -h --help --version"
    fi
}

_signet_keygen_public() {
    case $2 in
    -o | --output) _signet_files "$1" && return ;;
    --max-work) return ;;
    --password-file) _signet_files "$1" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-o --output --max-work --password-file -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_seal() {
    case $2 in
    -r | --recipient) return ;;
    -R | --recipients-file) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --level) return ;;
    --sign) _signet_files "$1" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    --kdf) _signet_words "$1" "argon2id scrypt" && return ;;
    --work) return ;;
    --password-file) _signet_files "$1" && return ;;
    --new-password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-r --recipient -R --recipients-file -i --identity -j --plugin -p --password -a --armor -z --compress --level --pad --sign -o --output --kdf --work --rewrap --password-file --new-password-file --max-work --progress -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_open() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    -o | --output) _signet_files "$1" && return ;;
    --from) _signet_files "$1" && return ;;
    --range) return ;;
    --max-output) return ;;
    --max-work) return ;;
    --password-file) _signet_files "$1" && return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-i --identity -j --plugin -o --output --from --range --max-output --raw --inspect --json --max-work --password-file --progress -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_vault_init() {
    case $2 in
    -r | --recipient) return ;;
    -R | --recipients-file) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --work) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-p --password -r --recipient -R --recipients-file -i --identity --all --work --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_put() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-a --ask -i --identity -j --plugin --password-file --max-work --wait --progress -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_vault_append() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-i --identity -j --plugin --password-file --max-work --wait --progress -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_vault_get() {
    case $2 in
    --at) return ;;
    --part) return ;;
    -o | --output) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--at --part -o --output -i --identity -j --plugin --password-file --max-work --wait --progress -q --quiet -h --help --version"
    fi
}

_signet_vault_list() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-l --long --removed --json -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_search() {
    case $2 in
    -n | --most) return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-n --most --rank --earlier -l --long --json -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_history() {
    case $2 in
    --at) return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--parts --at --json -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_remove() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-r --recursive --forget -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_move() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-r --recursive -f --force -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_prune() {
    case $2 in
    --keep) return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--keep -n --dry-run -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_slot_list() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--json -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_slot_add() {
    case $2 in
    -r | --recipient) return ;;
    -R | --recipients-file) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --work) return ;;
    --new-password-file) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-p --password -r --recipient -R --recipients-file -i --identity --all --work --new-password-file --unlock-identity --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_slot_remove() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-f --force -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_rekey() {
    case $2 in
    --drop) return ;;
    --work) return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--drop --work -i --identity -j --plugin --password-file --max-work --wait --progress -q --quiet -h --help --version"
    fi
}

_signet_vault_unlock() {
    case $2 in
    --for) return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--for -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_lock() {
    case $2 in
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-q --quiet -h --help --version"
    fi
}

_signet_vault_check() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--json -i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_vault_export() {
    case $2 in
    -r | --recipient) return ;;
    -R | --recipients-file) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    --work) return ;;
    --new-password-file) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-p --password -r --recipient -R --recipients-file -i --identity -o --output -a --armor --work --new-password-file --unlock-identity --password-file --max-work --wait --progress -q --quiet -h --help --version"
    fi
}

_signet_vault_import() {
    case $2 in
    --existing) _signet_words "$1" "refuse skip add" && return ;;
    --under) return ;;
    --archive-password-file) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--existing --under --archive-password-file -i --identity -j --plugin --password-file --max-work --wait --progress -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_vault_run() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-i --identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_new() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_list() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--json -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_show() {
    case $2 in
    --as) _signet_words "$1" "recipient x25519 ssh minisign onion did words qr" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--as --json -o --output -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_key() {
    case $2 in
    --as) _signet_words "$1" "age pq x25519 ssh minisign" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--as -o --output -f --force -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_retire() {
    case $2 in
    --message) return ;;
    --date) return ;;
    -o | --output) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--message --date -o --output -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_root() {
    case $2 in
    --import) _signet_files "$1" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--import -o --output -f --force --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_onion() {
    case $2 in
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_sign() {
    case $2 in
    --as) _signet_words "$1" "ssh minisign" && return ;;
    --namespace) return ;;
    --comment) return ;;
    -o | --output) _signet_files "$1" && return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--as --namespace --comment -o --output --progress -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_verify() {
    case $2 in
    -k | --key) _signet_files "$1" && return ;;
    -s | --signature) _signet_files "$1" && return ;;
    --namespace) return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-k --key -s --signature --namespace --progress -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_prove() {
    case $2 in
    --message) return ;;
    --date) return ;;
    --audience) return ;;
    --for) _signet_files "$1" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--message --date --audience --for -o --output -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_check() {
    case $2 in
    --audience) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--audience --json -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_ring-sign() {
    case $2 in
    --ring) _signet_files "$1" && return ;;
    --scope) return ;;
    -o | --output) _signet_files "$1" && return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--ring --scope -o --output --progress -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_ring-verify() {
    case $2 in
    --ring) _signet_files "$1" && return ;;
    --scope) return ;;
    -s | --signature) _signet_files "$1" && return ;;
    --proof) _signet_files "$1" && return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--ring --scope -s --signature --proof --json --progress -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_ring-claim() {
    case $2 in
    --ring) _signet_files "$1" && return ;;
    --scope) return ;;
    -s | --signature) _signet_files "$1" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--ring --scope -s --signature -o --output --progress -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_ring-disavow() {
    case $2 in
    --ring) _signet_files "$1" && return ;;
    --scope) return ;;
    -s | --signature) _signet_files "$1" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    --progress) _signet_words "$1" "always never auto" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--ring --scope -s --signature -o --output --progress -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_token_issuer-key() {
    case $2 in
    -o | --output) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "-o --output -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_token_request() {
    case $2 in
    --issuer) _signet_files "$1" && return ;;
    --state) _signet_files "$1" && return ;;
    -n | --count) return ;;
    -o | --output) _signet_files "$1" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--issuer --state -n --count -o --output -q --quiet -h --help --version"
    fi
}

_signet_pseudonym_token_issue() {
    case $2 in
    --most) return ;;
    -o | --output) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--most -o --output -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_token_finalize() {
    case $2 in
    --state) _signet_files "$1" && return ;;
    -o | --output) _signet_files "$1" && return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--state -o --output -f --force -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_pseudonym_token_redeem() {
    case $2 in
    --ledger) _signet_files "$1" && return ;;
    -i | --identity) _signet_files "$1" && return ;;
    --unlock-identity) _signet_files "$1" && return ;;
    -j | --plugin) return ;;
    --password-file) _signet_files "$1" && return ;;
    --max-work) return ;;
    --wait) return ;;
    esac
    if [[ $1 == -* ]] && ! _signet_ended; then
        _signet_words "$1" "--ledger -i --identity --unlock-identity -j --plugin --password-file --max-work --wait -q --quiet -h --help --version"
    else
        _signet_files "$1"
    fi
}

_signet_tools="keygen seal open vault pseudonym"

# Other programs are called open as well: this one is ours where signet says so.
_signet_is_ours() {
    local ours
    ours=$(signet --exec-path 2>/dev/null) && [[ $(type -P "$1") -ef $ours/open ]]
}

_signet() {
    local tool=${COMP_WORDS[0]##*/} at=0
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    if [[ $word == = ]]; then # --option=
        word=
    elif [[ $before == = ]] && ((COMP_CWORD > 1)); then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ $tool == open ]]; then
        _signet_is_ours "${COMP_WORDS[0]}" || return 0
    elif [[ $tool == signet ]]; then
        at=1
        tool=${COMP_WORDS[1]}
        if ((COMP_CWORD == 1)) && [[ $word == -* ]]; then
            _signet_words "$word" "-h --help --version --exec-path"
            return 0
        elif ((COMP_CWORD == 1)); then
            _signet_words "$word" "$_signet_tools help"
            return 0
        elif [[ $tool == help ]]; then
            ((COMP_CWORD == 2)) && _signet_words "$word" "$_signet_tools"
            return 0
        fi
    fi
    case $tool in
    keygen)
        if ((COMP_CWORD == at + 1)) && [[ $word != -* ]]; then
            _signet_words "$word" "new public"
            return 0
        fi
        case ${COMP_WORDS[at + 1]} in
        public) _signet_keygen_public "$word" "$before" ;;
        *) _signet_keygen_new "$word" "$before" ;;
        esac
        ;;
    seal) _signet_seal "$word" "$before" ;;
    open) _signet_open "$word" "$before" ;;
    vault)
        if ((COMP_CWORD == at + 1)) && [[ $word != -* ]]; then
            _signet_words "$word" "init put append get list search history remove move prune slot rekey unlock lock check export import run"
            return 0
        fi
        case ${COMP_WORDS[at + 1]} in
        init) _signet_vault_init "$word" "$before" ;;
        put) _signet_vault_put "$word" "$before" ;;
        append) _signet_vault_append "$word" "$before" ;;
        get) _signet_vault_get "$word" "$before" ;;
        list) _signet_vault_list "$word" "$before" ;;
        search) _signet_vault_search "$word" "$before" ;;
        history) _signet_vault_history "$word" "$before" ;;
        remove) _signet_vault_remove "$word" "$before" ;;
        move) _signet_vault_move "$word" "$before" ;;
        prune) _signet_vault_prune "$word" "$before" ;;
        slot)
            if ((COMP_CWORD == at + 2)); then
                _signet_words "$word" "list add remove"
                return 0
            fi
            case ${COMP_WORDS[at + 2]} in
            list) _signet_vault_slot_list "$word" "$before" ;;
            add) _signet_vault_slot_add "$word" "$before" ;;
            remove) _signet_vault_slot_remove "$word" "$before" ;;
            esac
            ;;
        rekey) _signet_vault_rekey "$word" "$before" ;;
        unlock) _signet_vault_unlock "$word" "$before" ;;
        lock) _signet_vault_lock "$word" "$before" ;;
        check) _signet_vault_check "$word" "$before" ;;
        export) _signet_vault_export "$word" "$before" ;;
        import) _signet_vault_import "$word" "$before" ;;
        run) _signet_vault_run "$word" "$before" ;;
        -*) _signet_words "$word" "-h --help --version" ;;
        esac
        ;;
    pseudonym)
        if ((COMP_CWORD == at + 1)) && [[ $word != -* ]]; then
            _signet_words "$word" "new list show key retire root onion sign verify prove check ring-sign ring-verify ring-claim ring-disavow token"
            return 0
        fi
        case ${COMP_WORDS[at + 1]} in
        new) _signet_pseudonym_new "$word" "$before" ;;
        list) _signet_pseudonym_list "$word" "$before" ;;
        show) _signet_pseudonym_show "$word" "$before" ;;
        key) _signet_pseudonym_key "$word" "$before" ;;
        retire) _signet_pseudonym_retire "$word" "$before" ;;
        root) _signet_pseudonym_root "$word" "$before" ;;
        onion) _signet_pseudonym_onion "$word" "$before" ;;
        sign) _signet_pseudonym_sign "$word" "$before" ;;
        verify) _signet_pseudonym_verify "$word" "$before" ;;
        prove) _signet_pseudonym_prove "$word" "$before" ;;
        check) _signet_pseudonym_check "$word" "$before" ;;
        ring-sign) _signet_pseudonym_ring-sign "$word" "$before" ;;
        ring-verify) _signet_pseudonym_ring-verify "$word" "$before" ;;
        ring-claim) _signet_pseudonym_ring-claim "$word" "$before" ;;
        ring-disavow) _signet_pseudonym_ring-disavow "$word" "$before" ;;
        token)
            if ((COMP_CWORD == at + 2)); then
                _signet_words "$word" "issuer-key request issue finalize redeem"
                return 0
            fi
            case ${COMP_WORDS[at + 2]} in
            issuer-key) _signet_pseudonym_token_issuer-key "$word" "$before" ;;
            request) _signet_pseudonym_token_request "$word" "$before" ;;
            issue) _signet_pseudonym_token_issue "$word" "$before" ;;
            finalize) _signet_pseudonym_token_finalize "$word" "$before" ;;
            redeem) _signet_pseudonym_token_redeem "$word" "$before" ;;
            esac
            ;;
        -*) _signet_words "$word" "-h --help --version" ;;
        esac
        ;;
    esac
    return 0
}

complete -F _signet signet keygen seal vault pseudonym
# Where open is another program, nothing is offered here and bash does as usual.
complete -p open &>/dev/null || complete -o bashdefault -o default -F _signet open
