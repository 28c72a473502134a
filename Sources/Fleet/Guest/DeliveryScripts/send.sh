# shellcheck shell=sh
# Sends a file to the guest at "$address" with a key; standard input is the guest's host keys.
address=$1 key=$2 file=$3
umask 077
hosts=$key.hosts
trap 'rm -f -- "$hosts"' EXIT
sed "s/^/guest /" >"$hosts"
ssh -F none -o BatchMode=yes -o ConnectTimeout=20 -o IdentitiesOnly=yes -o IdentityFile="$key" \
    -o UserKnownHostsFile="$hosts" -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias=guest \
    -o StrictHostKeyChecking=yes -o ServerAliveInterval=15 -- "kvmctl-door@$address" send <"$file"
