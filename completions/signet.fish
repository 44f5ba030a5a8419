# Completions of signet, keygen, seal and open for fish.
# Made by "make completions" from the tools' own option tables: change those instead.

# The words of the command line so far, from the tool's name on.
function __signet_words
    set -l words (commandline -opc)
    set words[1] (string replace -r '.*/' '' -- $words[1])
    test "$words[1]" = signet; and set -e words[1]
    set -q words[1]; and printf '%s\n' $words
end

# Other programs are called open as well: this one is ours where signet says so.
function __signet_is_ours
    set -l words (commandline -opc)
    test "$words[1]" != open; and return 0
    set -l ours (signet --exec-path 2>/dev/null)/open
    test "$(realpath (command -s open) 2>/dev/null)" = "$(realpath $ours 2>/dev/null)"
end

# Whether the command line is for the tool, and for the verb: __signet_for TOOL [VERB [default]]
function __signet_for
    set -l words (__signet_words)
    test "$words[1]" = "$argv[1]"; or return 1
    __signet_is_ours; or return 1
    test (count $argv) -eq 1; and return 0
    test "$words[2]" = "$argv[2]"; and return 0
    test (count $argv) -eq 3; or return 1
    test (count $words) -eq 1; or string match -q -- '-*' "$words[2]"
end

# Whether the tool's verb comes next; without a tool, whether the tool does.
function __signet_next
    set -l words (__signet_words)
    test (count $words) -eq (count $argv); and test "$words[1]" = "$argv[1]"
end

complete -c signet -n __signet_next -f
complete -c signet -n __signet_next -s h -l help -d 'show this help'
complete -c signet -n __signet_next -l version -d 'show the version'
complete -c signet -n __signet_next -l exec-path -d 'show where the tools are'
complete -c signet -n __signet_next -a help -d 'tell about signet, or about one tool'

complete -c signet -n __signet_next -a keygen -d 'Make keys, and show their public halves.'
complete -c signet -n '__signet_next help' -f -a keygen -d 'Make keys, and show their public halves.'
for __signet_program in signet keygen
    complete -c $__signet_program -n '__signet_next keygen' -f
    complete -c $__signet_program -n '__signet_next keygen' -a new -d 'Make a fresh key: an identity file, to be kept secret.'
    complete -c $__signet_program -n '__signet_next keygen' -a public -d 'Print the recipients of the identities in FILE or standard input.'
    complete -c $__signet_program -n '__signet_for keygen new default' -f
    complete -c $__signet_program -n '__signet_for keygen new default' -s t -l type -x -a 'pq x25519 sign' -d 'pq (post-quantum, usual), x25519, sign (ssh)'
    complete -c $__signet_program -n '__signet_for keygen new default' -s p -l password -d 'seal the identity file with a password'
    complete -c $__signet_program -n '__signet_for keygen new default' -s o -l output -r -F -d 'write to FILE, readable by you alone'
    complete -c $__signet_program -n '__signet_for keygen new default' -s f -l force -d 'replace FILE if it exists: its key is lost'
    complete -c $__signet_program -n '__signet_for keygen new default' -l comment -x -d 'with -t sign: what to call the key'
    complete -c $__signet_program -n '__signet_for keygen new default' -l kdf -x -a 'argon2id scrypt' -d 'with -p: argon2id, or scrypt for age'
    complete -c $__signet_program -n '__signet_for keygen new default' -l work -x -d 'with -p: 2^N KiB of memory; 18 is usual'
    complete -c $__signet_program -n '__signet_for keygen new default' -l password-file -r -F -d 'take the password from line 1 of FILE'
    complete -c $__signet_program -n '__signet_for keygen new default' -s q -l quiet -d 'say nothing but errors'
    complete -c $__signet_program -n '__signet_for keygen new default' -s h -l help -d 'show this help, or the version'
    complete -c $__signet_program -n '__signet_for keygen new default' -l version -d 'show the version'
    complete -c $__signet_program -n '__signet_for keygen public' -s o -l output -r -F -d 'write to FILE, whole or not at all'
    complete -c $__signet_program -n '__signet_for keygen public' -l max-work -x -d 'allow passwords up to 2^N KiB; 22 is usual'
    complete -c $__signet_program -n '__signet_for keygen public' -l password-file -r -F -d 'take the password from line 1 of FILE'
    complete -c $__signet_program -n '__signet_for keygen public' -s q -l quiet -d 'say nothing but errors'
    complete -c $__signet_program -n '__signet_for keygen public' -s h -l help -d 'show this help, or the version'
    complete -c $__signet_program -n '__signet_for keygen public' -l version -d 'show the version'
end

complete -c signet -n __signet_next -a seal -d 'Encrypt FILE, or standard input, so that only its recipients can open it.'
complete -c signet -n '__signet_next help' -f -a seal -d 'Encrypt FILE, or standard input, so that only its recipients can open it.'
for __signet_program in signet seal
    complete -c $__signet_program -n '__signet_for seal' -s r -l recipient -x -d 'seal to this public key, age1...'
    complete -c $__signet_program -n '__signet_for seal' -s R -l recipients-file -r -F -d 'seal to every recipient in FILE'
    complete -c $__signet_program -n '__signet_for seal' -s i -l identity -r -F -d 'seal to yourself: the keys in FILE'
    complete -c $__signet_program -n '__signet_for seal' -s j -l plugin -x -d 'seal to what the plugin NAME keeps'
    complete -c $__signet_program -n '__signet_for seal' -s p -l password -d 'seal with a password'
    complete -c $__signet_program -n '__signet_for seal' -s a -l armor -d 'write text, for mail and chat'
    complete -c $__signet_program -n '__signet_for seal' -s z -l compress -d 'compress it, inside the sealing'
    complete -c $__signet_program -n '__signet_for seal' -l level -x -d 'how hard: 1 is fast, 9 is small, 6 is usual'
    complete -c $__signet_program -n '__signet_for seal' -l pad -d 'hide its exact length, inside the sealing'
    complete -c $__signet_program -n '__signet_for seal' -l sign -r -F -d 'sign it with this OpenSSH Ed25519 key'
    complete -c $__signet_program -n '__signet_for seal' -s o -l output -r -F -d 'write to FILE, whole or not at all'
    complete -c $__signet_program -n '__signet_for seal' -l kdf -x -a 'argon2id scrypt' -d 'with -p: argon2id or scrypt; 2^N KiB, 18 is usual'
    complete -c $__signet_program -n '__signet_for seal' -l work -x -d 'with -p: 2^N KiB of memory; 18 is usual'
    complete -c $__signet_program -n '__signet_for seal' -l rewrap -d 'new recipients for a file that -i opens'
    complete -c $__signet_program -n '__signet_for seal' -l password-file -r -F -d 'take line 1 of FILE'
    complete -c $__signet_program -n '__signet_for seal' -l new-password-file -r -F -d 'with --rewrap -p: line 1 of FILE is the new one'
    complete -c $__signet_program -n '__signet_for seal' -l max-work -x -d 'open passwords up to 2^N KiB; 22 is usual'
    complete -c $__signet_program -n '__signet_for seal' -l progress -x -a 'always never auto' -d 'always, never or auto'
    complete -c $__signet_program -n '__signet_for seal' -s q -l quiet -d 'say nothing but errors'
    complete -c $__signet_program -n '__signet_for seal' -s h -l help -d 'show this help, or the version'
    complete -c $__signet_program -n '__signet_for seal' -l version -d 'show the version'
end

complete -c signet -n __signet_next -a open -d 'Decrypt FILE, or standard input, sealed to one of your keys or with a password.'
complete -c signet -n '__signet_next help' -f -a open -d 'Decrypt FILE, or standard input, sealed to one of your keys or with a password.'
for __signet_program in signet open
    complete -c $__signet_program -n '__signet_for open' -s i -l identity -r -F -d 'open with the keys in FILE'
    complete -c $__signet_program -n '__signet_for open' -s j -l plugin -x -d 'open with what the plugin NAME keeps'
    complete -c $__signet_program -n '__signet_for open' -s o -l output -r -F -d 'write to FILE, whole or not at all'
    complete -c $__signet_program -n '__signet_for open' -l from -r -F -d 'only what SIGNER signed: a public key, or FILE'
    complete -c $__signet_program -n '__signet_for open' -l range -x -d 'only these bytes; K, M, G may follow'
    complete -c $__signet_program -n '__signet_for open' -l max-output -x -d 'stop when more than SIZE comes out'
    complete -c $__signet_program -n '__signet_for open' -l raw -d 'leave it as age -d would: compressed, padded'
    complete -c $__signet_program -n '__signet_for open' -l inspect -d 'tell what FILE tells anyone; needs no key'
    complete -c $__signet_program -n '__signet_for open' -l json -d 'with --inspect: as JSON'
    complete -c $__signet_program -n '__signet_for open' -l max-work -x -d 'allow passwords up to 2^N KiB; 22 is usual'
    complete -c $__signet_program -n '__signet_for open' -l password-file -r -F -d 'take the password from line 1 of FILE'
    complete -c $__signet_program -n '__signet_for open' -l progress -x -a 'always never auto' -d 'always, never or auto'
    complete -c $__signet_program -n '__signet_for open' -s q -l quiet -d 'say nothing but errors'
    complete -c $__signet_program -n '__signet_for open' -s h -l help -d 'show this help, or the version'
    complete -c $__signet_program -n '__signet_for open' -l version -d 'show the version'
end
set -e __signet_program
