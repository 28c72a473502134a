# shellcheck shell=sh
# Prints the end of what a guest wrote to its console.
path=$1
[ ! -r "$path" ] || tail -c 4096 -- "$path"
