// Made by .ci/embed-scripts from the files in NetworkScripts/: edit those, and run `make scripts`.
// swift-format-ignore-file

/// What a node runs to change networks.
enum NetworkScripts {
    /// Plugs interfaces into a bridge. More arguments: the interfaces.
    ///
    /// Prints those that it plugged in; one that is gone belonged to a guest that stopped meanwhile.
    static func plug(bridge: String, _ more: [String]) -> Script {
        Script(plugText, [bridge] + more)
    }
    /// Its text, for a script that runs another.
    static let plugText = #"""
bridge=$1
shift 1
PATH=$PATH:/usr/sbin:/sbin
for tap do
    [ -d "/sys/class/net/$tap" ] || continue
    [ -d "/sys/class/net/$bridge/brif/$tap" ] && continue
    ip link set dev "$tap" master "$bridge" || { [ -d "/sys/class/net/$tap" ] && exit 1; continue; }
    echo "$tap"
done
"""#
}
