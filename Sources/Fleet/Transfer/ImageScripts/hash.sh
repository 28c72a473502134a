# shellcheck shell=sh
# Hashes images; prints a line "digest" for each, as knownDigests does, and keeps what it found.
#
# folder: that of what is known of images. More arguments: algorithm and path of each image. What is kept is a cache: a line of
# a file that is another one by now is left out, and two scripts at once may lose each other's.
folder=$1
shift 1
. ./digest-of.sh
umask 077
mkdir -p -- "$folder" || exit 1
new=$(mktemp -- "$folder/digests.XXXXXX") || exit 1
trap 'rm -f -- "$new"' EXIT
trap 'exit 1' HUP INT TERM PIPE
[ ! -r "$folder/digests" ] || while read -r algorithm digest identity path; do
    [ "$(stat -c %s:%Y:%d:%i -- "$path" 2>/dev/null)" = "$identity" ] && echo "$algorithm $digest $identity $path"
done <"$folder/digests" >"$new"
while [ $# -gt 1 ]; do
    # Hashed before, and the same file since.
    sum=$(
        while read -r algorithm digest identity path; do
            [ "$algorithm $path" != "$1 $2" ] || { echo "$digest"; break; }
        done <"$new"
    )
    if [ -n "$sum" ]; then
        echo "digest $1 $sum $2"
        shift 2
        continue
    fi
    identity=$(stat -c %s:%Y:%d:%i -- "$2") && sum=$(digestOf "$1" <"$2") &&
        [ "$(stat -c %s:%Y:%d:%i -- "$2")" = "$identity" ] && {
            echo "$1 ${sum%% *} $identity $2" >>"$new"
            echo "digest $1 ${sum%% *} $2"
        }
    shift 2
done
mv -fT -- "$new" "$folder/digests"
