// Made by .ci/embed-scripts from the files in FileScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// Small files written whole or not at all, readable by root alone.
///
/// The bytes go to PATH.part, whose lock one writer has at a time, and get their name only when all are on the disk. A shell
/// that a signal ends does not run its EXIT trap, so the signals are made to exit; what a node that lost power left in the
/// .part is written over, and goes with the file when that is deleted.
enum FileScripts {
    /// claim opens "$path.part" as 9 and waits until nobody else writes it; what is there after the wait may be another file by then.
    ///
    /// A link of that name is taken away: who may put one there must not choose which file root writes. From then on the file is
    /// written and read through what was opened, /dev/fd/9, whatever becomes of its name.
    static let claim = #"""
part="$path.part"
is_ours() { [ "$(stat -L -c %d:%i /dev/fd/9)" = "$(stat -c %d:%i -- "$part" 2>/dev/null)" ]; }
claim() {
    while :; do
        [ ! -L "$part" ] || rm -f -- "$part" || exit 1
        [ ! -e "$part" ] || [ -f "$part" ] || { echo "$part is not a file" >&2; exit 1; }
        exec 9>>"$part" || exit 1
        flock 9 || exit 1
        is_ours && break
    done
}

"""#

    /// Deletes the mirrors of repositories, packages that were on their way and the keys of guests in a cluster's folder.
    static func forgetCluster(folder: String) -> Script {
        Script(forgetClusterText, [folder])
    }
    /// Its text, for a script that runs another.
    static let forgetClusterText = #"""
folder=$1
rm -rf -- "$folder/git" "$folder/keys" "$folder/packages"
"""#

    /// Prints the roster; nothing where there is none.
    static func readRoster(path: String) -> Script {
        Script(readRosterText, [path])
    }
    /// Its text, for a script that runs another.
    static let readRosterText = #"""
path=$1
[ ! -e "$path" ] || cat -- "$path"
"""#

    /// Prints a file.
    static func read(path: String) -> Script {
        Script(readText, [path])
    }
    /// Its text, for a script that runs another.
    static let readText = #"""
path=$1
cat -- "$path"
"""#

    /// Deletes a file with what a write that was cut short left of it; prints "absent" where there was none.
    static func remove(path: String) -> Script {
        Script(removeText, [path])
    }
    /// Its text, for a script that runs another.
    static let removeText = #"""
path=$1
[ -e "$path" ] || echo absent
rm -f -- "$path" "$path.part" "$path.unpacked" "$path.made" "$path.answers" "$path.answers.part"
"""#

    /// Takes a file of so many bytes from standard input and puts it in the place of the one that is there.
    static func replace(path: String, size: String) -> Script {
        Script(replaceText, [path, size])
    }
    /// Its text, for a script that runs another.
    static let replaceText = [
#"""
path=$1 size=$2

"""#,
        claim,
        take,
#"""
umask 077
mkdir -p "${path%/*}" || exit 1
claim
take
"""#,
    ].joined()

    /// take puts "$size" bytes of standard input, all of them on the disk, in the place of "$path", whose .part was claimed.
    static let take = #"""
take() {
    trap 'rm -f -- "$part"' EXIT
    trap 'exit 1' HUP INT TERM PIPE
    cat >/dev/fd/9 || exit 1
    [ "$(stat -L -c %s /dev/fd/9)" = "$size" ] || { echo 'the data arrived incompletely' >&2; exit 1; }
    sync /dev/fd/9 2>/dev/null || sync
    is_ours || { echo "somebody took $part away" >&2; exit 1; }
    mv -fT -- "$part" "$path"
}

"""#

    /// Takes a file of so many bytes from standard input; prints "present" and does nothing where it is there.
    ///
    /// The count tells a link that broke from a file that ended.
    static func writeOnce(path: String, size: String) -> Script {
        Script(writeOnceText, [path, size])
    }
    /// Its text, for a script that runs another.
    static let writeOnceText = [
#"""
path=$1 size=$2

"""#,
        claim,
        take,
#"""
umask 077
claim
if [ -e "$path" ]; then rm -f -- "$part"; echo present; exit 0; fi
take
"""#,
    ].joined()
}
