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
# Whether what is at the path $1, a file or a link, is what is at the path $2, with mode and owner.
is_there() {
    if [ -L "$1" ]; then
        [ -L "$2" ] && [ "$(readlink -- "$1")" = "$(readlink -- "$2")" ]
        return
    fi
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
# Says that the paths of the list $1 are about to change: what is there is on the disk for going back, before they are
# known by it; this comes before any of them changes. What is in the list $2 may go on as it is.
keep_before() {
    cat "$1" "$2" >"$work/keeping" || exit 1
    while read -r path; do
        ! lists "$own/before/list" "$path" || continue
        rm -rf "$own/before/new" "$own/before/tree$path"
        is_any "$path" || continue
        mkdir -p "$own/before/tree${path%/*}" && cp -a -- "$path" "$own/before/new" &&
            mv -fT -- "$own/before/new" "$own/before/tree$path" || exit 1
    done <"$work/keeping"
    sync
    add_all "$own/before/list" "$1" "$2" && add_all "$own/before/changed" "$1" || exit 1
}
# Puts what was at the path $1 before the role.
put_original() {
    if is_any "$own/original$1"; then put_file "$own/original$1" "$1" back
    else drop_file "$1"; fi
}
# Whether what is at the path $1 is what was there before the role.
is_original() {
    if is_any "$own/original$1"; then is_there "$own/original$1" "$1"
    else ! is_any "$1"; fi
}
# Sets "$aside" to the path at which what was at the path $1 before the role can be beside what is there now, and is not
# in the way of anything. Fails where there was nothing.
find_aside() {
    is_any "$own/original$1" || return 1
    for end in '' .1 .2 .3 .4 .5 .6 .7 .8 .9; do
        aside=$1.before-kvmctl$end
        ! is_any "$aside" || is_there "$own/original$1" "$aside" || continue
        return 0
    done
    echo "the owner's $1 has no place: there are ten beside it that end in .before-kvmctl" >&2
    exit 1
}
# Says that the edited path $1 stays, and where "$aside" is.
say_kept() { echo "kept $1, which was edited${aside:+; what was there before the role is $aside}"; }
