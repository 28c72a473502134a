# shellcheck shell=sh
# Takes the attempt for good, in one step. Standard input: "output NAME plain|secret", followed by " = VALUE" where
# apply does not write it, and "member NAME ADDRESS PORT" for each that is listed; who of them is drained is drained
# again, since a reload forgets it.
role=$1
. ./engine.sh
. ./families.sh
. ./others.sh
. ./back.sh
. ./jobs.sh
. ./moving.sh
lock
mkdir -p "$work" || exit 1
cat >"$work/commit" || exit 1
if [ ! -s "$own/trying" ]; then
    # It was cut off after all was done.
    [ -e "$own/current/state" ] && { tidy; exit 0; }
    echo 'the guest is in no attempt' >&2
    exit 11
fi
read -r attempt wanted target phase <"$own/trying"
now=$own/at/$attempt
if [ "$phase" = placed ]; then
    if [ ! -s "$work/state" ]; then
        echo 'the guest was started again during the attempt' >&2
        exit 11
    fi
    mkdir -p "$now/outputs" "$own/original" || exit 1
    look_at_others
    while read -r word name kind equals value; do
        [ "$word" = output ] || continue
        if [ "$equals" = = ]; then printf '%s\n' "$value" | put "$now/outputs/$name" || exit 1
        elif grep -q "^$name=" "$work/said" 2>/dev/null; then
            sed -n "s/^$name=//p" "$work/said" | tail -n 1 | put "$now/outputs/$name" || exit 1
        elif [ ! -f "$now/outputs/$name" ]; then
            echo "the output $name is missing" >&2
            exit 12
        fi
        [ "$kind" = secret ] || continue
        # It tells who uses the output whether it is another, and nothing else.
        if cmp -s "$now/outputs/$name" "$own/current/outputs/$name" && [ -s "$own/current/outputs/$name.id" ]; then
            cp "$own/current/outputs/$name.id" "$now/outputs/$name.id" || exit 1
        elif [ ! -s "$now/outputs/$name.id" ]; then
            od -An -N8 -tx1 /dev/urandom | tr -d ' \n' | put "$now/outputs/$name.id" || exit 1
        fi
    done <"$work/commit"
    if [ -s "$own/drained" ] && [ -f "$now/package/drain" ]; then
        while read -r name address port; do
            grep -q "^member $name " "$work/commit" || continue
            move "$now" drain "$name" "$address" "$port" </dev/null || exit
        done <"$own/drained"
    fi
    # What was there before the role stays for the day it goes.
    while read -r path rest; do
        is_recorded "$path" && continue
        rm -rf "$own/original.new" "$own/original$path"
        kept=$(inherited "$path") || exit 1
        [ -e "$kept" ] || [ -L "$kept" ] || continue
        mkdir -p "$own/original${path%/*}" && cp -a -- "$kept" "$own/original.new" &&
            mv -fT -- "$own/original.new" "$own/original$path" || exit 1
    done <"$now/files"
    # What the role gave up is not wanted back.
    if [ -s "$own/taken" ]; then
        # shellcheck disable=SC2094 # It is read before it is another.
        while read -r path; do
            if [ -n "$(holder "$path" "$work/theirs")" ] &&
                awk -v path="$path" '$1 == path { found = 1 } END { exit !found }' "$now/files"; then echo "$path"; fi
        done <"$own/taken" | put "$own/taken" || exit 1
    fi
    rm -rf "$now/staged"
    { echo 'format 1'; cat "$work/state"; echo "attempt $attempt"; echo "family $family"; echo "since $(date +%s)"; } |
        put "$now/state" || exit 1
    sync
    echo "$attempt $wanted $target verified" | put "$own/trying" || exit 1
fi
[ "$phase" = placed ] || [ "$phase" = verified ] || { echo "the attempt is $phase only" >&2; exit 11; }
ln -sfn "at/$attempt" "$own/current.new" && mv -fT "$own/current.new" "$own/current" || exit 1
# Who left the list is drained no more.
still_drained() {
    while read -r name rest; do
        ! grep -q "^member $name " "$work/commit" || echo "$name $rest"
    done <"$own/drained"
}
[ ! -s "$own/drained" ] || still_drained | put "$own/drained"
rm -f "$own/failed" "$own/failed.secrets"
forget_attempt
rm -rf "$work"
exit 0
