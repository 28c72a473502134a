# shellcheck shell=sh
# Takes files away that say that an image is kept; prints "absent" where there was none. Arguments: the files.
shift 0
there=0
for file do [ ! -e "$file" ] || there=1; done
[ "$there" = 1 ] || echo absent
[ $# = 0 ] || rm -f -- "$@"
