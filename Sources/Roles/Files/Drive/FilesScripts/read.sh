# shellcheck shell=sh
# Prints what every role has of files in the guest, and what is where files are wanted; nothing is changed.
#
# Standard input says what is wanted: `role NAME`, then a line `plain PATH` or `secret PATH SHA256` for each of its files, with
# `-` for a secret that nobody could read. A secret's digest is compared with the file's here, and neither is printed.

. ./begin.sh
wanted=$(cat)
look() {
    echo "path $1"
    if [ -n "$2" ]; then
        case $2 in secret\ *) echo 'placed secret' ;; *) echo "placed ${2#plain }" ;; esac
    fi
    if [ -L "$1" ]; then echo 'is link'; return; fi
    if [ ! -e "$1" ]; then echo 'is nothing'; return; fi
    if [ ! -f "$1" ]; then echo 'is other'; return; fi
    echo 'is file'
    stat -c 'mode %a' -- "$1"
    stat -c 'owner %U:%G' -- "$1"
    # A larger one is none of those that are put into guests, and would take long to read.
    [ "$(stat -c %s -- "$1")" -le 4194304 ] || return 0
    [ -n "$2" ] && [ "$(told "$1" "$2")" = "$2" ] && echo intact
    # Nobody is told a plain digest of what is, was or will be a secret, of another role as well.
    case $2$3$4 in
        *secret*) ;;
        *) echo "sha256 $(digest <"$1")" ;;
    esac
    case $3 in
        'secret -' | plain | '') ;;
        *) if [ "${3#secret }" = "$(digest <"$1")" ]; then echo matches; else echo differs; fi ;;
    esac
}
# Says how the file of the record $1 was put there.
put() {
    sed -n '3s/^/put-mode /p; 4s/^/put-owner /p; 5s/^/put-as /p' "$1"
}
# Puts what is wanted of the path $2 of the role $1 on standard output: `plain`, `secret SHA256`, or nothing.
want() {
    printf '%s\n' "$wanted" | awk -v role="$1" -v path="$2" '
        $1 == "role" { isOurs = $2 == role; next }
        isOurs && $2 == path { print $1 == "plain" ? "plain" : "secret " $3; exit }'
}
# Says what a killed run left of the role in the folder $1.
left() {
    for file in "$1/incoming"/*; do
        [ ! -f "$file" ] || echo "left $file"
    done
    for file in "$1/private"/.kvmctl.*; do
        [ -f "$file" ] || continue
        around=$(sed -n 1p "$file")
        [ ! -d "${around%/}/${file##*/}" ] || echo "left ${around%/}/${file##*/}"
    done
}
for folder in "$all"/*/; do
    role=${folder%/}; role=${role##*/}
    [ -d "$folder/placed" ] || continue
    echo "role $role"
    left "${folder%/}"
    for file in "$folder/placed"/*; do
        [ -f "$file" ] || continue
        path=$(sed -n 1p "$file")
        look "$path" "$(sed -n 2p "$file")" "$(want "$role" "$path")"
        put "$file"
    done
done
role=
printf '%s\n' "$wanted" | while read -r word path secret; do
    if [ "$word" = role ]; then
        role=$path
        echo "role $role"
        continue
    fi
    [ -n "$path" ] || continue
    name=$(record "$path")
    [ -f "$all/$role/placed/$name" ] && continue
    was=
    for file in "$all"/*/placed/"$name"; do
        [ ! -f "$file" ] || was=$was$(sed -n 2p "$file")
    done
    look "$path" '' "$word${secret:+ $secret}" "$was"
done
exit 0
