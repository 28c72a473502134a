# shellcheck shell=sh
# Removes a bundle, and the key that was made to send it.
path=$1
rm -f -- "$path" "$path.key" "$path.key.pub" "$path.key.hosts"
