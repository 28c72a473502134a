# shellcheck shell=sh
# choose_files notes in "$work/doing" what is to be done with files, and in "$work/changing" the paths that change by it;
# those in "$work/staying" come to the role as they are. Nothing changes here. Prints what stays of what leaves.

choose_files() {
    : >"$work/doing"; : >"$work/changing"; : >"$work/staying"
    if [ -s "$own/current/files" ]; then
        while read -r path kind hash rest; do
            lists "$work/names" "$path" || leave "$path" "$kind" "$hash"
        done <"$own/current/files"
    fi
    while read -r word kind path; do
        if [ "$word" = absent ]; then
            ! is_any "$path" || change drop "$path"
        elif ! is_there "$now/staged$path" "$path"; then change put "$path"
        elif ! is_recorded "$path"; then echo "$path" >>"$work/staying"; fi
    done <"$work/paths"
}
change() {
    echo "$1 $2" >>"$work/doing"
    echo "$2" >>"$work/changing"
}
# Gives up the path $1 of the role's, which holds what it was told by $2 and $3; what somebody edited stays, with the
# owner's beside it.
leave() {
    if is_handed_over "$1" || is_original "$1"; then return; fi
    if ! is_edited "$1" "$2" "$3"; then
        change original "$1"
        return
    fi
    aside=
    if find_aside "$1" && ! is_any "$aside"; then
        echo "aside $aside $1" >>"$work/doing"
        echo "$aside" >>"$work/changing"
    fi
    say_kept "$1"
}
# Does what was noted.
change_files() {
    while read -r word path whose; do
        case $word in
            put) put_file "$now/staged$path" "$path" new ;;
            drop) drop_file "$path" ;;
            original) put_original "$path" ;;
            aside) put_file "$own/original$whose" "$path" new ;;
        esac || exit
    done <"$work/doing"
}
