# shellcheck shell=sh
# How files come to their places in one step each. No link is followed: neither at a path's end nor on the way to it.

. ../../../Shared/SharedScripts/private-folder.sh
# Goes to the folder of the path $1, "$last" in it; the folder is made where it is missing and $2 says so.
enter_folder() {
    folder=${1%/*}/
    last=${1##*/}
    deep=$folder
    while [ ! -e "$deep" ]; do deep=${deep%/*/}/; done
    cd -P -- "$deep" || exit 1
    here=$(pwd -P); here=${here%/}/
    if [ "$here" = "$deep" ] && [ "$deep" != "$folder" ]; then
        [ "$2" = make ] || exit 0
        (umask 022 && mkdir -p -- "$folder") && cd -P -- "$folder" || exit 1
        here=$(pwd -P); here=${here%/}/
        deep=$folder
    fi
    if [ "$here" != "$deep" ]; then
        echo "$deep is a link to $here: write the path without links" >&2
        exit 3
    fi
    if [ -d "./$last" ] && [ ! -L "./$last" ]; then
        echo "$1 is a folder" >&2
        exit 3
    fi
}
# Fails where nothing can be put to the path $1.
can_be_placed() (enter_folder "$1" look)
# Puts a copy of the file $1 to the path $2. A full disk is no reason not to go back: a link takes no room.
put_file() (
    enter_folder "$2" make
    enter_private
    if [ "$3" = back ] && [ -f "$1" ] && [ ! -L "$1" ] && ln -- "$1" new 2>/dev/null; then :
    else cp -a -- "$1" new || exit 1; fi
    mv -fT -- new "../$last" || exit 1
    leave_private
    if command -v restorecon >/dev/null; then restorecon -- "$2" 2>/dev/null; fi
    exit 0
)
# Takes away what is at the path $1.
drop_file() (
    enter_folder "$1" look
    rm -f -- "./$last"
)
# Whether the file $1 is what is at the path $2, with mode and owner.
is_there() {
    [ -f "$2" ] && [ ! -L "$2" ] && cmp -s -- "$1" "$2" &&
        [ "$(stat -c '%a %u:%g' -- "$1")" = "$(stat -c '%a %u:%g' -- "$2")" ]
}
# Whether something is at the path $1, be it a link that leads nowhere.
is_any() { [ -e "$1" ] || [ -L "$1" ]; }
# Whether the file at the path $1 is not what the record says: it is of the kind $2 and its digest $3.
is_edited() {
    if [ "$2" = absent ]; then is_any "$1"; return; fi
    if [ ! -f "$1" ] || [ -L "$1" ]; then is_any "$1"; return; fi
    found=$(digest <"$1")
    [ "$2" != secret ] || found=$(salted "$found")
    [ "$found" != "$3" ]
}
# Keeps what is at the path $1 for going back, once in an attempt.
keep_before() {
    lists "$own/before/list" "$1" && return 0
    if is_any "$1"; then
        rm -rf "$own/before/new"
        mkdir -p "$own/before/tree${1%/*}" && cp -a -- "$1" "$own/before/new" &&
            mv -fT -- "$own/before/new" "$own/before/tree$1" || exit 1
    fi
    echo "$1" >>"$own/before/list" || exit 1
}
# Says that the path $1 is about to change: what is cut off now is known by it.
will_change() {
    keep_before "$1"
    lists "$own/before/changed" "$1" || echo "$1" >>"$own/before/changed" || exit 1
}
# Puts back what was at the path $1 before the role.
put_original() {
    if is_any "$own/original$1"; then put_file "$own/original$1" "$1" back
    else drop_file "$1"; fi
}
