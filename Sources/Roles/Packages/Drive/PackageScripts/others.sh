# shellcheck shell=sh
# What the other roles of packages have in the guest, and what goes from one to another.

# Notes the folders of the other roles in "$work/others", and the paths of their files with them: those that they have
# committed in "$work/theirs", and those of an attempt in "$work/attempted".
look_at_others() {
    for other in "$all"/*/; do
        other=${other%/}
        [ "$other" = "$own" ] || [ ! -e "$other/attempt" ] || echo "$other"
    done >"$work/others"
    : >"$work/theirs"; : >"$work/attempted"
    while read -r other; do
        [ ! -s "$other/current/files" ] ||
            awk -v whose="$other" '{ print $1, whose }' "$other/current/files" >>"$work/theirs"
        [ ! -s "$other/trying" ] || [ ! -s "$other/before/list" ] ||
            awk -v whose="$other" '{ print $1, whose }' "$other/before/list" >>"$work/attempted"
    done <"$work/others"
}
# Prints the folders of the roles that are beside the path $1 in the list $2; holder prints one of them.
holders() { [ ! -s "$2" ] || awk -v path="$1" '$1 == path { print $2 }' "$2"; }
holder() { [ ! -s "$2" ] || holders "$@" | head -n 1; }
# Prints what another role says of the service $1: whether it runs and is enabled, and both as before all roles. $2 says
# whose word counts: current, or that of attempts as well (at/*).
elsewhere() {
    while read -r other; do
        # shellcheck disable=SC2086 # A pattern.
        for services in "$other"/$2/services; do
            [ -s "$services" ] && awk -v name="$1" '$1 == name { print $3, $4, $5, $6; found = 1; exit }
                END { exit !found }' "$services" && return
        done
    done <"$work/others"
}
# Tells attempts of other roles that the service $1 was $2 and $3 before them: what they saw was this role's.
hand_unit() {
    while read -r other; do
        if [ ! -s "$other/trying" ] || ! grep -qs "^$1 " "$other/before/units"; then continue; fi
        awk -v name="$1" -v was="$2 $3" '{ print $1 == name ? name " " was : $0 }' "$other/before/units" |
            put "$other/before/units" || exit 1
    done <"$work/others"
}
# Notes in "$work/leaving" the role's services that are not in the list $1, with how they were before it; those of another
# role stay as they are.
note_leaving() {
    : >"$work/leaving"
    [ -s "$own/current/services" ] || return 0
    while read -r name on_change run enable was_active was_enabled; do
        [ ! -s "$1" ] || ! grep -q "^$name " "$1" || continue
        if [ -n "$(elsewhere "$name" current)" ]; then
            was_active=as-is; was_enabled=as-is
        else hand_unit "$name" "$was_active" "$was_enabled"; fi
        echo "$name $on_change $run $enable $was_active $was_enabled"
    done <"$own/current/services" >"$work/leaving"
}
# Whether the path $1 is another role's by now, which then has what was there before this one as well.
is_handed_over() {
    # One that it was taken from waits for what comes back.
    for heir in $(holders "$1" "$work/theirs"); do
        lists "$heir/taken" "$1" || return 0
    done
    heir=$(holder "$1" "$work/attempted")
    [ -n "$heir" ] || return 1
    # What it goes back to is not this role's any more.
    rm -rf "$heir/before/handed"
    if [ -e "$own/original$1" ] || [ -L "$own/original$1" ]; then
        mkdir -p "$heir/before/tree${1%/*}" && cp -a -- "$own/original$1" "$heir/before/handed" && sync &&
            mv -fT -- "$heir/before/handed" "$heir/before/tree$1" || exit 1
    else rm -rf "$heir/before/tree$1"; fi
    lists "$heir/before/changed" "$1" || add_to "$heir/before/changed" "$1" || exit 1
}
# Ends with 3 where another role took the path $1 from this one, and has it still.
is_free() {
    lists "$own/taken" "$1" || return 0
    rival=$(holder "$1" "$work/theirs")
    [ -n "$rival" ] || return 0
    echo "the role ${rival##*/} has the file $1 as well: take it from one of them" >&2
    return 3
}
# Prints where a copy of what was at the path $1 before all roles has to be, if there was anything. A role that has had
# the file remembers that it was taken.
inherited() {
    from=$(holder "$1" "$work/theirs")
    if [ -n "$from" ]; then
        lists "$from/taken" "$1" || add_to "$from/taken" "$1" || return 1
        echo "$from/original$1"
        return
    fi
    # A role of files keeps it by a digest of the path.
    if [ -d /var/lib/kvmctl-files ]; then
        record=$(printf '%s' "$1" | digest)
        for from in /var/lib/kvmctl-files/*; do
            [ -f "$from/placed/$record" ] || continue
            echo "$from/before/$record"
            return
        done
    fi
    echo "$own/before/tree$1"
}
