# shellcheck shell=sh
# Prints a file.
path=$1
cat -- "$path"
