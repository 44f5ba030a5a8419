# complete.bash FILE WORD... - prints what bash offers for the last WORD, one candidate a line, with
# the completions in FILE. An empty last word is a new one.

# shellcheck source=/dev/null
source "$1" || exit 1
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMPREPLY=()
read -r _ _ function _ <<<"$(complete -p "${1##*/}" | sed 's/-o [a-z]* //g')" || exit 1
[[ $function ]] || exit 1
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || exit 1
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
