# shellcheck shell=sh
# Makes a key and prints its public half.
key=$1
umask 077
rm -f -- "$key" "$key.pub"
command -v ssh >/dev/null && ssh-keygen -q -t ed25519 -N '' -C kvmctl -f "$key" </dev/null && cat "$key.pub"
