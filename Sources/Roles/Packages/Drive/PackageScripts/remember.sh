# shellcheck shell=sh
# Remembers that an attempt failed whose disks have come back since, so that nothing of it is there. Standard input says
# what it was for, with digests of its secrets, and why it failed, in lines without secrets.
role=$1
. ./engine.sh
. ./payload.sh
lock
take stdin
mkdir -p "$own" || exit 1
if [ ! -s "$all/.salt" ]; then
    head -c 32 /dev/urandom | base64 | put "$all/.salt" || exit 1
fi
highest=0
[ ! -s "$all/.attempt" ] || read -r highest <"$all/.attempt"
[ ! -s "$own/attempt" ] || read -r highest <"$own/attempt"
attempt=$((highest + 1))
echo "$attempt" | put "$own/attempt" || exit 1
made_of=; target=
while read -r word name value; do
    case $word in
        digest) made_of=$name ;;
        target) target=$name ;;
        secret) echo "$name $(salted "$value")" ;;
    esac
done <"$work/header" >"$work/secrets"
put "$own/failed.secrets" <"$work/secrets" || exit 1
{
    echo "$attempt $made_of $target $(date +%s)"
    sed -n 's/^because //p' "$work/header" | tail -n 20
} | put "$own/failed" || exit 1
rm -rf "$work"
