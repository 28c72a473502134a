# shellcheck shell=sh
# Prints the digest of a file, after it has reached the disk.
path=$1
sync -- "$path" 2>/dev/null
sha256sum <"$path"
