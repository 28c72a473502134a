# shellcheck shell=sh
# Takes a member out of the list that a role sends work to ("$way" is drain), or puts it back (undrain).
role=$1 way=$2 member=$3 address=$4 port=$5
. ./engine.sh
. ./jobs.sh
. ./moving.sh
lock
if [ ! -f "$own/current/package/$way" ]; then
    echo "the guest has no role $role that can $way" >&2
    exit 11
fi
mkdir -p "$work" || exit 1
# Who is drained is known from before it begins until after it ended.
if [ "$way" = drain ]; then
    { without_member "$member"; echo "$member $address $port"; } | put "$own/drained" || exit 1
fi
move "$own/current" "$way" "$member" "$address" "$port" || exit
[ "$way" = drain ] || without_member "$member" | put "$own/drained"
