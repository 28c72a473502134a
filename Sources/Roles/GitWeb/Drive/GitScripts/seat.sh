# shellcheck shell=sh
# seat ADDRESS prints host and port: they tell whether an address is the repository's own host's.

seat() {
    case $1 in
        *://*) seat=${1#*://}; seat=${seat%%/*}; seat=${seat##*@}; seat=${seat%:22} ;;
        *@'['*']':*) seat=${1#*@}; seat=${seat%%]*}] ;;
        *) seat=${1%%:*}; seat=${seat##*@} ;;
    esac
    printf '%s' "$seat" | tr '[:upper:]' '[:lower:]'
}
