# shellcheck shell=sh
# Goes back to what there was before the attempt, and remembers that it failed; standard input is why, in lines
# without secrets.
#
# What is in no attempt is left alone. Ends with 1 where something is not as before.
role=$1
. ./engine.sh
. ./units.sh
. ./ports.sh
. ./places.sh
. ./others.sh
. ./back.sh
lock
mkdir -p "$work" || exit 1
reason=$(head -c 8000)
[ -d "$own" ] || exit 0
mkdir -p "$own/private" || exit 1
sweep
settle
tidy
[ -s "$own/trying" ] || exit 0
# shellcheck disable=SC2034 # Named for who reads this.
read -r attempt digest target phase <"$own/trying"
go_back
if [ -n "$reason" ]; then
    [ ! -s "$own/at/$attempt/secrets" ] || cp "$own/at/$attempt/secrets" "$own/failed.secrets"
    { echo "$attempt $digest $target $(date +%s)"; printf '%s\n' "$reason" | tail -n 20; } | put "$own/failed"
fi
forget_attempt
rm -rf "$work"
if [ -n "$stopped" ]; then
    echo "not running as before:$stopped" >&2
    exit 1
fi
