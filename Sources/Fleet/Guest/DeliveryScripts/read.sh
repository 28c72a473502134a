# shellcheck shell=sh
# Prints four megabytes of a bundle from an offset on.
path=$1 offset=$2
tail -c +$((offset + 1)) -- "$path" | head -c 4194304
