// Made by .ci/embed-scripts from the files in FilesScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What is run in a guest for its files, as root; every Linux.
///
/// Each may be cut off anywhere and run again. Below `/var/lib/kvmctl-files/ROLE/`, `placed/` has a record of each file that was put
/// there, named after a digest of its path: the path, what its content is told by, mode, and owner. `before/` has what a file took
/// the place of, by the same names.
enum FilesScripts {
    /// What all of them use.
    static let begin = #"""
umask 077
LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH
all=/var/lib/kvmctl-files
# The folder of the role that is changed.
own=
digest() { sha256sum | cut -c1-64; }
# The name of a path's record.
record() { printf '%s' "$1" | digest; }
# A digest of standard input that tells nobody who has not the salt what was there.
salted() { { cat "$all/.salt" && cat; } 2>/dev/null | digest; }
# What a record says the file at $1 is told by now.
told() {
    case $2 in
        secret\ *) printf 'secret %s\n' "$(salted <"$1")" ;;
        *) printf 'plain %s\n' "$(digest <"$1")" ;;
    esac
}

"""#

    /// Prints the paths of what a role put there, one a line; with nothing left, its folder goes.
    static func forget(role: String) -> Script {
        Script(forgetText, [role])
    }
    /// Its text, for a script that runs another.
    static let forgetText = [
#"""
role=$1

"""#,
        SharedScripts.privateFolder,
        begin,
#"""

own=$all/$role
sweep
left=0
for file in "$own/placed"/*; do
    [ -f "$file" ] || continue
    sed -n 1p "$file"
    left=1
done
[ $left = 1 ] || rm -rf "$own"
exit 0
"""#,
    ].joined()

    /// Puts a file that came in as NUMBER to its path, in one step.
    ///
    /// `told` is `plain` or `secret`. What is there and was not put there is kept, and put back when the file goes. No link is followed:
    /// neither at the path's end nor on the way to it.
    static func place(role: String, number: String, path: String, told: String, mode: String, owner: String, size: String) -> Script {
        Script(placeText, [role, number, path, told, mode, owner, size])
    }
    /// Its text, for a script that runs another.
    static let placeText = [
#"""
role=$1 number=$2 path=$3 told=$4 mode=$5 owner=$6 size=$7

"""#,
        SharedScripts.privateFolder,
        begin,
#"""

own=$all/$role
name=$(record "$path")
folder=${path%/*}/
last=${path##*/}
deep=$folder
while [ ! -e "$deep" ]; do deep=${deep%/*/}/; done
cd -P -- "$deep" || exit 1
here=$(pwd -P); here=${here%/}/
if [ "$here" != "$deep" ]; then
    echo "$deep is a link to $here: write the path without links" >&2
    exit 3
fi
(umask 022 && mkdir -p -- "$folder") || exit 1
cd -P -- "$folder" || exit 1
here=$(pwd -P); here=${here%/}/
if [ "$here" != "$folder" ]; then
    echo "$folder is a link to $here: write the path without links" >&2
    exit 3
fi
if [ -d "./$last" ] && [ ! -L "./$last" ]; then
    echo "$path is a folder" >&2
    exit 3
fi
enter_private
# A user without a group has the group of their login.
case $owner in *:*) whom=$owner ;; *) whom=$owner: ;; esac
cat "$own/incoming/$number" >new && [ "$(stat -c %s new)" = "$size" ] && chown -- "$whom" new && chmod -- "$mode" new || exit 1
# A file that another role put there, which does not want it any more, is taken over with what it took the place of.
taken=
for other in "$all"/*/; do
    other=${other%/}
    [ "$other" = "$own" ] || [ ! -f "$other/placed/$name" ] || taken=$other
done
if [ -f "$own/placed/$name" ]; then :
elif [ -n "$taken" ]; then
    if [ -e "$taken/before/$name" ] || [ -L "$taken/before/$name" ]; then
        rm -rf "$own/before/$name"
        mv -fT "$taken/before/$name" "$own/before/$name" || exit 1
    fi
elif [ -e "../$last" ] || [ -L "../$last" ]; then
    rm -rf "$own/before/$name.new"
    cp -a -- "../$last" "$own/before/$name.new" && mv -fT "$own/before/$name.new" "$own/before/$name" || exit 1
fi
# The record comes first: what is cut off now is seen as drift.
{ echo "$path"; told new "$told "; echo "$mode"; echo "$owner"; stat -c %U:%G new; } >"$own/record.new" &&
    mv -fT "$own/record.new" "$own/placed/$name" || exit 1
[ -z "$taken" ] || rm -f "$taken/placed/$name"
mv -fT -- new "../$last" || exit 1
leave_private
if command -v restorecon >/dev/null; then restorecon -- "$path" 2>/dev/null; fi
rm -f "$own/incoming/$number"
sync -d -- "./$last" 2>/dev/null
exit 0
"""#,
    ].joined()

    /// Makes the folder that files come into, and the salt; nobody but root can look into them. What a killed run left goes.
    static func prepare(role: String) -> Script {
        Script(prepareText, [role])
    }
    /// Its text, for a script that runs another.
    static let prepareText = [
#"""
role=$1

"""#,
        SharedScripts.privateFolder,
        begin,
#"""

own=$all/$role
mkdir -p "$own/placed" "$own/before" || exit 1
sweep
rm -rf "$own/incoming" && mkdir "$own/incoming" || exit 1
if [ ! -s "$all/.salt" ]; then
    head -c 32 /dev/urandom | base64 >"$all/.salt.new" && mv -fT "$all/.salt.new" "$all/.salt" || exit 1
fi
"""#,
    ].joined()

    /// Prints what every role has of files in the guest, and what is where files are wanted; nothing is changed.
    ///
    /// Standard input says what is wanted: `role NAME`, then a line `plain PATH` or `secret PATH SHA256` for each of its files, with
    /// `-` for a secret that nobody could read. A secret's digest is compared with the file's here, and neither is printed.
    static func read() -> Script {
        Script(readText, [])
    }
    /// Its text, for a script that runs another.
    static let readText = [
        SharedScripts.privateFolder,
        begin,
#"""
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
"""#,
    ].joined()

    /// Takes a file away that was put there, and puts back what it took the place of; prints `left` where somebody edited it.
    static func remove(role: String, path: String) -> Script {
        Script(removeText, [role, path])
    }
    /// Its text, for a script that runs another.
    static let removeText = [
#"""
role=$1 path=$2

"""#,
        SharedScripts.privateFolder,
        begin,
#"""

own=$all/$role
sweep
name=$(record "$path")
[ -f "$own/placed/$name" ] || exit 0
folder=${path%/*}/
last=${path##*/}
if cd -P -- "$folder" 2>/dev/null; then
    here=$(pwd -P); here=${here%/}/
    was=$(sed -n 2p "$own/placed/$name")
    if [ "$here" != "$folder" ] || [ -L "./$last" ] || { [ -e "./$last" ] && [ ! -f "./$last" ]; }; then
        echo left
    elif [ -f "./$last" ] && [ "$(told "./$last" "$was")" != "$was" ]; then
        echo left
    elif [ -e "$own/before/$name" ] || [ -L "$own/before/$name" ]; then
        enter_private
        cp -a -- "$own/before/$name" new && mv -fT -- new "../$last" || exit 1
        leave_private
    elif [ -f "./$last" ]; then
        rm -f -- "./$last" || exit 1
    fi
fi
rm -f "$own/placed/$name" && rm -rf "$own/before/$name"
"""#,
    ].joined()
}
