// Made by .ci/embed-scripts from the files in SnapshotScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs between the freezing and the thawing of a guest.
enum SnapshotScripts {
    /// Freezes the file systems of a domain, sends QEMU a command, and thaws them, whatever happens.
    ///
    /// The first line of its output says whether they were frozen, the rest is QEMU's reply. A request to freeze that took too long
    /// may still reach the guest: it is thawed until it says that it is.
    static func freeze(domain: String, command: String) -> Script {
        Script(freezeText, [domain, command])
    }
    /// Its text, for a script that runs another.
    static let freezeText = #"""
domain=$1 command=$2
trap '' HUP INT PIPE TERM
ask() {
    limit=$1
    shift
    timeout -k 5 "$limit" virsh -q -c qemu:///system "$@" </dev/null
}
state=running
ask 20 domfsfreeze "$domain" >/dev/null 2>&1
case $? in
    0) state=frozen ;;
    124 | 137) state=late ;;
esac
reply=$(ask 40 qemu-monitor-command "$domain" "$command" 2>&1)
waited=0
until ask 10 domfsthaw "$domain" >/dev/null 2>&1; do
    case $? in 124 | 137) waited=$((waited + 10)) ;; esac
    [ "$state" != running ] || break
    waited=$((waited + 1))
    [ "$waited" -lt 60 ] || { state=stuck; break; }
    sleep 1
done
printf '%s\n%s\n' "$state" "$reply"
"""#

    /// Runs a script with a domain and a command in a session of its own; ends with 97 where the node has no virsh.
    ///
    /// Neither the node's limit on a script nor the end of the run reaches it there, and both kill what ignores TERM.
    static func runApart(domain: String, command: String, script: String) -> Script {
        Script(runApartText, [domain, command, script])
    }
    /// Its text, for a script that runs another.
    static let runApartText = #"""
domain=$1 command=$2 script=$3
trap '' HUP INT PIPE TERM
command -v virsh >/dev/null 2>&1 || exit 97
if command -v setsid >/dev/null 2>&1; then
    setsid sh -c "$script" kvmctl "$domain" "$command"
else
    sh -c "$script" kvmctl "$domain" "$command"
fi
exit $?
"""#
}
