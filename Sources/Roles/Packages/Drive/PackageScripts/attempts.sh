# shellcheck shell=sh
# begin_attempt gives what is in "$work/header" a number that was never used; what another attempt left is undone
# first.

. ../../../Shared/SharedScripts/cloud-init.sh
begin_attempt() {
    target=; wanted=; exact=; units=
    while read -r word value rest; do
        case $word in
            digest) wanted=$value ;;
            target) target=$value ;;
            attempt) exact=$value ;;
            unit) units="$units $value" ;;
        esac
    done <"$work/header"
    await_job
    grep -qs '^# Made by kvmctl' /usr/sbin/policy-rc.d && rm -f /usr/sbin/policy-rc.d
    awaitCloudInit "$(patience)"
    mkdir -p "$own/at" "$own/private" || exit 1
    sweep
    if [ ! -s "$all/.salt" ]; then
        head -c 32 /dev/urandom | base64 | put "$all/.salt" || exit 1
    fi
    settle
    settle_packages || { say_unread; exit 7; }
    before=
    if [ -s "$own/trying" ]; then
        # shellcheck disable=SC2034 # Named for who reads this.
        read -r before old_digest old_target phase <"$own/trying"
        if [ "$old_target" != "$target" ]; then
            go_back
            forget_attempt
        fi
    fi
    tidy
    highest=0
    [ ! -s "$all/.attempt" ] || read -r highest <"$all/.attempt"
    [ ! -s "$own/attempt" ] || read -r highest <"$own/attempt"
    attempt=$((highest + 1))
    if [ -n "$exact" ]; then
        if [ "$exact" -le "$highest" ]; then
            echo "the guest has begun attempt $highest since it was looked at" >&2
            exit 11
        fi
        attempt=$exact
    fi
    echo "$attempt" | put "$own/attempt" || exit 1
    mkdir -p "$own/at/$attempt" "$own/before/tree" || exit 1
    # What goes back has to know them.
    for list in services watched; do
        if [ -n "$before" ] && [ -s "$own/at/$before/$list" ]; then
            cp "$own/at/$before/$list" "$own/at/$attempt/" || exit 1
        fi
    done
    [ ! -s "$own/current/services" ] || units="$units $(cut -d ' ' -f 1 "$own/current/services" | tr '\n' ' ')"
    # shellcheck disable=SC2086 # A list of units.
    unit_facts $units >"$work/facts"
    # How one was first is how it was before.
    for list in "$own/before/units" "$work/facts"; do [ ! -s "$list" ] || cat "$list"; done |
        awk '!had[$1]++' | put "$own/before/units" || exit 1
    echo "$attempt $wanted $target installing" | put "$own/trying" || exit 1
    tidy
    echo "family $family"
    echo "attempt $attempt"
    echo "manager $manager"
}
# Goes on with the attempt that the guest is in; $1 is its target, $2 its number.
resume_attempt() {
    attempt=; old_target=
    # shellcheck disable=SC2034 # Named for who reads this.
    [ ! -s "$own/trying" ] || read -r attempt wanted old_target phase <"$own/trying"
    if [ -z "$attempt" ] || [ "$old_target $attempt" != "$1 $2" ]; then
        echo 'the guest is in another attempt' >&2
        exit 11
    fi
}
# Says how far the attempt is.
reach() { echo "$attempt $wanted $target $1" | put "$own/trying" || exit 1; }
