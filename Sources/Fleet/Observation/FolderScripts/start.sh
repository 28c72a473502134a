# shellcheck shell=sh
# Hands the paths of standard input to a script, as many at a time as there is room for, after the count and the detour.
script=$1 count=$2 nonce=$3
LC_ALL=C; export LC_ALL
exec xargs -0 -r -n 200 sh -c "$script" kvmctl "$count" "$nonce"
