# shellcheck shell=sh
# go_back undoes what the attempt in "$own/trying" did; "$stopped" has the services that do not run as before.

go_back() {
    read -r tried rest <"$own/trying"
    failures=; stopped=
    if [ -s "$own/before/changed" ]; then
        while read -r path; do
            if is_any "$own/before/tree$path"; then
                is_there "$own/before/tree$path" "$path" || put_file "$own/before/tree$path" "$path" back ||
                    failures="$failures $path"
            else drop_file "$path" || failures="$failures $path"; fi
        done <"$own/before/changed"
        reread "$own/before/changed"
    fi
    units=
    [ ! -s "$own/before/units" ] || units=$(cut -d ' ' -f 1 "$own/before/units")
    # shellcheck disable=SC2086 # A list of units.
    unit_facts $units >"$work/facts"
    while read -r name active enabled; do
        while read -r other was_active was_enabled; do
            [ "$other" != "$name" ] || break
        done <"$own/before/units"
        if [ "$active/$was_active" = active/active ] && [ -s "$own/before/changed" ]; then
            case $(awk -v name="$name" '$1 == name { print $2; exit }' "$own/at/$tried/services" 2>/dev/null) in
                reload) unit reload "$name" || unit restart "$name" ;;
                restart) unit restart "$name" ;;
            esac || stopped="$stopped $name"
        fi
        unit_as_before "$name" "$active" "$enabled" "$was_active" "$was_enabled" || stopped="$stopped $name"
    done <"$work/facts"
    if [ -s "$own/opened" ]; then
        cp "$own/opened" "$work/opened" || exit 1
        while read -r port; do
            lists "$own/current/ports" "$port" || shut_port "$port"
        done <"$work/opened"
    fi
    if [ -s "$own/current/ports" ]; then
        while read -r port; do open_port "$port" || failures="$failures $port"; done <"$own/current/ports"
    fi
    if [ -n "$failures" ]; then
        echo "not as before:$failures" >&2
        exit 1
    fi
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
    rm -rf "$own/before.gone" "$own"/*.new
    trying=
    if [ -s "$own/trying" ]; then read -r trying rest <"$own/trying"; else rm -rf "$own/before"; fi
    committed=$(readlink "$own/current")
    for folder in "$own/at"/*; do
        case ${folder##*/} in "${committed##*/}" | "$trying") ;; *) rm -rf "$folder" ;; esac
    done
}
