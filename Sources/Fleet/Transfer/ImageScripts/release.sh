# shellcheck shell=sh
# Takes away the files that say that this run's spec keeps an image, where no other says so; prints the first one that does.
#
# More arguments: the files.
prefix=$1
shift 1
for file in "$prefix"*; do
    [ -e "$file" ] || continue
    for own do [ "$file" != "$own" ] || continue 2; done
    echo "${file##*/}"
    exit 0
done
[ $# = 0 ] || rm -f -- "$@"
