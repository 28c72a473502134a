# shellcheck shell=sh
# go_back undoes what the attempt in "$own/trying" did; "$stopped" has the services that do not run as before.

go_back() {
    read -r tried rest <"$own/trying"
    failures=; refused=
    look_at_others
    note_units
    take_down "$work/units"
    if [ -s "$own/before/changed" ]; then
        while read -r path; do
            if is_any "$own/before/tree$path"; then
                is_there "$own/before/tree$path" "$path" || put_file "$own/before/tree$path" "$path" back ||
                    failures="$failures $path"
            else drop_file "$path" || failures="$failures $path"; fi
        done <"$own/before/changed"
        reread "$own/before/changed"
    fi
    bring_up "$work/units" "$own/before/changed" "$own/at/$tried/watched" "$own/current/watched"
    # shellcheck disable=SC2034 # Named for who reads this.
    stopped=$refused
    shut_ports "$own/current/ports" || failures="$failures its ports"
    if [ -s "$own/current/ports" ]; then
        while read -r port; do open_port "$port" || failures="$failures $port"; done <"$own/current/ports"
    fi
    if [ -n "$failures" ]; then
        echo "not as before:$failures" >&2
        exit 1
    fi
    # What comes next forgets how it was.
    [ ! -s "$own/before/changed" ] || sync
}
# Notes in "$work/units" the services that the attempt could change, with how they were before it, or as another role
# wants them by now.
note_units() {
    : >"$work/units"
    [ -s "$own/before/units" ] || return 0
    while read -r name was_active was_enabled; do
        on_change=none
        for services in "$own/current/services" "$own/at/$tried/services"; do
            [ -s "$services" ] || continue
            on_change=$(awk -v name="$name" -v change="$on_change" '
                $1 == name { change = $2 }
                END { print change }' "$services")
        done
        case $(elsewhere "$name" current) in
            'no '*) was_active=inactive; was_enabled=disabled ;;
            'yes yes '*) was_active=active; was_enabled=enabled ;;
            'yes '*) was_active=active ;;
        esac
        echo "$name $on_change - - $was_active $was_enabled"
    done <"$own/before/units" >"$work/units"
}
# Ends an attempt that is committed, and was cut off before it could say so.
settle() {
    [ -s "$own/trying" ] || return 0
    read -r tried rest <"$own/trying"
    [ "$(readlink "$own/current")" != "at/$tried" ] || forget_attempt
}
# Ends the attempt, of which nothing is left to undo.
forget_attempt() {
    rm -rf "$own/before.gone"
    [ ! -e "$own/before" ] || mv -fT "$own/before" "$own/before.gone" || exit 1
    rm -f "$own/trying"
    tidy
}
# Whether the committed role has the path $1.
is_recorded() {
    [ -s "$own/current/files" ] && awk -v path="$1" '$1 == path { found = 1 } END { exit !found }' "$own/current/files"
}
# Removes what no attempt and no state needs.
tidy() {
    rm -rf "$own/before.gone" "$own/delivery" "$own"/*.new
    trying=
    if [ -s "$own/trying" ]; then read -r trying rest <"$own/trying"; else rm -rf "$own/before"; fi
    committed=$(readlink "$own/current")
    for folder in "$own/at"/*; do
        case ${folder##*/} in "${committed##*/}" | "$trying") ;; *) rm -rf "$folder" ;; esac
    done
}
