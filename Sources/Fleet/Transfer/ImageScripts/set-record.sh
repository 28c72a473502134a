# shellcheck shell=sh
# setRecord FOLDER NAME PATH LINES has the record of that name hold these lines of the image at the path, and no others of it.
#
# Blocks while another script writes there. The record takes its place whole, so whoever got the lock of a file that is there
# no more asks again. A record without a line is no file.
setRecord() (
    umask 077
    if [ -n "$4" ]; then mkdir -p -- "$1"; else [ -e "$1/$2" ] || exit 0; fi || exit 1
    while :; do
        exec 6>>"$1/$2" && flock 6 || exit 1
        [ "$(stat -L -c %i /dev/fd/6)" != "$(stat -c %i -- "$1/$2" 2>/dev/null)" ] || break
    done
    # Whatever could not be written, the old record stays.
    : >"$1/$2.new" || exit 1
    while read -r kind sum file of; do
        [ "$of" = "$3" ] || echo "$kind $sum $file $of" >>"$1/$2.new" || { rm -f -- "$1/$2.new"; exit 1; }
    done <"$1/$2"
    [ -z "$4" ] || echo "$4" >>"$1/$2.new" || { rm -f -- "$1/$2.new"; exit 1; }
    if [ -s "$1/$2.new" ]; then
        { sync "$1/$2.new" 2>/dev/null || sync; } && mv -fT -- "$1/$2.new" "$1/$2"
    else
        rm -f -- "$1/$2" "$1/$2.new"
    fi
)
