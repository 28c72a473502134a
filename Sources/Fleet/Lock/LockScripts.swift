// Made by .ci/embed-scripts from the files in LockScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to keep a cluster's lock.
enum LockScripts {
    /// Takes the lock, prints "taken" and keeps it while lines come; or prints "held" and who has it.
    ///
    /// flock itself stays as long as the lock: the kernel's table names the process that took it, and does not show the locks of
    /// processes that are gone.
    static func take(folder: String, owner: String) -> Script {
        Script(takeText, [folder, owner])
    }
    /// Its text, for a script that runs another.
    static let takeText = #"""
folder=$1 owner=$2
umask 077
mkdir -p "$folder" || exit 1
flock -n -E 75 "$folder/lock" sh -c '
    printf "%s\n" "$2" >"$1/lock" || exit 1
    echo taken
    while line=$(timeout 30 head -n 1) && [ -n "$line" ]; do :; done
    : >"$1/lock"
' kvmctl "$folder" "$owner"
status=$?
if [ $status = 75 ]; then read -r holder <"$folder/lock"; echo "held $holder"; fi
exit $status
"""#
}
