# shellcheck shell=sh
# knownDigests FOLDER prints "digest ALGORITHM DIGEST PATH" for each image that was hashed and is the same file since, and of those
# that were made of something else what that hashed to; the folder is that of what is known of images.

knownDigests() {
    [ ! -r "$1/digests" ] || while read -r algorithm digest identity path; do
        [ "$(stat -c %s:%Y:%d:%i -- "$path" 2>/dev/null)" = "$identity" ] && echo "digest $algorithm $digest $path"
    done <"$1/digests"
    [ ! -r "$1/origins" ] || while read -r algorithm digest identity path; do
        [ "$(stat -c %s:%Y:%i -- "$path" 2>/dev/null)" = "$identity" ] && echo "digest $algorithm $digest $path"
    done <"$1/origins"
}
