# shellcheck shell=sh
# Prints the roster; nothing where there is none.
path=$1
[ ! -e "$path" ] || cat -- "$path"
