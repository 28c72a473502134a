# shellcheck shell=sh
# stage_all makes everything of an attempt below "$now", out of what came in; nothing outside of it changes.

stage_all() {
    rm -rf "$now/staged" "$now/package" "$now/given" "$work/inputs"
    mkdir -p "$now/staged" "$now/package" "$now/given" "$now/outputs" "$work/inputs" || exit 1
    : >"$work/paths"; : >"$work/names"; : >"$work/state"; : >"$now/variables"; : >"$now/packages"; : >"$now/ports"
    : >"$now/secrets"; : >"$now/services.new"
    while read -r word a b c d e path; do
        # shellcheck disable=SC2094 # It is read only.
        case $word in
            file) stage_file "$a" "$b" "$c" "$d" "$e" "$path" ;;
            absent) can_be_placed "$a" && is_free "$a" || exit; echo "absent - $a" >>"$work/paths"; echo "$a" >>"$work/names" ;;
            hook) part "$b" "$c" >"$now/package/$a" && chmod 0700 "$now/package/$a" || exit 1 ;;
            input) stage_input "$a" "$b" "$c" "$d" || exit 1 ;;
            inputs) part "$a" "$b" >"$now/inputs" || exit 1 ;;
            live) part "$a" "$b" >"$work/live" || exit 1 ;;
            secret) echo "$a $(salted "$b")" >>"$now/secrets" ;;
            unit) stage_unit "$a" "$b" "$c" "$d" ;;
            port) echo "$a" >>"$now/ports" ;;
        esac || exit 1
    done <"$work/header"
    awk '$1 == "watch" { print $2, $3; watches[$2] }
        $1 == "unit" { units[$2] }
        END { for (unit in units) if (!(unit in watches)) print unit, "*" }' "$work/header" >"$now/watched.new" &&
        mv -f "$now/watched.new" "$now/watched" && mv -f "$now/services.new" "$now/services" || exit 1
    sed -n 's/^variable //p' "$work/header" >"$now/variables"
    sed -n 's/^state //p' "$work/header" >"$work/state"
    sed -n 's/^check //p' "$work/header" >"$work/checks"
    while read -r path command; do check_file "$path" "$command"; done <"$work/checks"
    stage_packages
}
stage_file() {
    can_be_placed "$6" && is_free "$6" || exit
    made=$now/staged$6
    mkdir -p "${made%/*}" && part "$1" "$2" >"$made" || exit 1
    # A user without a group has the group of their login.
    case $4 in *:*) whom=$4 ;; *) whom=$4: ;; esac
    [ "$(wc -c <"$made")" -eq "$2" ] && chown -- "$whom" "$made" && chmod -- "$3" "$made" || exit 1
    echo "file $5 $6" >>"$work/paths"; echo "$6" >>"$work/names"
}
stage_input() {
    part "$3" "$4" >"$work/inputs/$1" || return 1
    # A secret is nowhere on the disk.
    [ "$2" = secret ] || cp "$work/inputs/$1" "$now/given/$1"
}
# As the package wants a service, and as it was before the role.
stage_unit() {
    before=$(awk -v name="$1" '$1 == name { print $5, $6; exit }' "$own/current/services" 2>/dev/null)
    # Another role that has it knows how it was before both.
    [ -n "$before" ] || before=$(elsewhere "$1" 'at/*' | cut -d ' ' -f 3,4)
    [ -n "$before" ] || before=$(awk -v name="$1" '$1 == name { print $2, $3; exit }' "$own/before/units")
    echo "$1 $2 $3 $4 ${before:-absent -}" >>"$now/services.new"
}
# Has the package's own command look at a new file, which no argument of a shell is made of.
check_file() {
    # shellcheck disable=SC2016 # The shell that runs it puts the path there.
    text=$(printf '%s\n' "$2" | sed 's/%s/"$1"/g')
    timeout -k 5 60 sh -c "$text" check "$now/staged$1" >"$work/log" 2>&1 </dev/null 9>&- && return 0
    tail -n 20 "$work/log" | cut -c 1-500 >&2
    echo "the new $1 does not pass its check" >&2
    exit 14
}
# Which of its packages are there because of the role.
stage_packages() {
    sed -n 's/^package //p' "$work/header" | while read -r name; do
        if lists "$own/installed" "$name"; then echo "$name installed"; else echo "$name present"; fi
    done >"$now/packages"
}
# Writes what the files at their places are told by: PATH KIND DIGEST MODE OWNER.
record_files() {
    (cd "$now/staged" && find . -type f -print0 | xargs -0 -r sha256sum) >"$work/sums" || return 1
    tr '\n' '\0' <"$work/names" | xargs -0 -r stat -c '%n %a %U:%G' >"$work/stats" 2>/dev/null
    while read -r word kind path; do
        if [ "$word" = absent ]; then
            echo "$path absent - - -"
            continue
        fi
        found=$(awk -v path=".$path" '$2 == path { print $1; exit }' "$work/sums")
        [ "$kind" != secret ] || found=$(salted "$found")
        echo "$path $kind $found $(awk -v path="$path" '$1 == path { print $2, $3; exit }' "$work/stats")"
    done <"$work/paths" | put "$now/files"
}
