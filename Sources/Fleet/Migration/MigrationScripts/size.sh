# shellcheck shell=sh
# Prints the size of a file.
path=$1
stat -c %s -- "$path"
