// Made by .ci/embed-scripts from the files in RoleTestScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

import Fleet

/// What a guest runs while a role package is tried in it.
enum RoleTestScripts {
    /// Stops the first "$count" arguments, which are services, and adds a line to each file of the others, as somebody may by
    /// hand. Services first: what stops them may be one of the files.
    static func change(count: String, _ more: [String]) -> Script {
        Script(changeText, [count] + more)
    }
    /// Its text, for a script that runs another.
    static let changeText = #"""
count=$1
shift 1
while [ "$count" -gt 0 ]; do
    systemctl stop "$1" || exit 1
    count=$((count - 1))
    shift
done
for file; do mkdir -p "${file%/*}" && echo '# kvmctl role test' >>"$file" || exit 1; done
"""#

    /// Prints the digests of files, of those that are there, and the folder of a role's records with "-" before it. Arguments:
    /// the files.
    static func look(role: String, _ more: [String]) -> Script {
        Script(lookText, [role] + more)
    }
    /// Its text, for a script that runs another.
    static let lookText = #"""
role=$1
shift 1
[ $# = 0 ] || sha256sum -- "$@" 2>/dev/null
own=/var/lib/kvmctl/roles/$role
[ ! -e "$own" ] || echo "-  $own"
exit 0
"""#
}
