import Testing

/// Everything on a node that an apply could change, as text: equal before and after means that nothing was touched.
struct Snapshot: Equatable, CustomStringConvertible {
    let text: String

    var description: String { text }

    /// Definitions, flags, the daemon's configuration files, the pool's files with sizes and times, kvmctl's own files.
    static func take(_ lab: Lab, _ nodes: [String] = ["kvm1", "kvm2"]) async throws -> Snapshot {
        var text = ""
        for node in nodes {
            let output = try await lab.onNode(
                node,
                """
                set -e
                virsh -q list --all --name | sort | while read -r d; do
                    [ -n "$d" ] || continue
                    echo "domain $d $(virsh dumpxml --inactive "$d" | sha256sum)"
                    virsh dominfo "$d" | grep -E '^(Autostart|State|Persistent)' | sed "s/^/$d: /"
                done
                virsh -q net-list --all --name | sort | while read -r n; do
                    [ -n "$n" ] || continue
                    echo "network $n $(virsh net-dumpxml --inactive "$n" | sha256sum) $(virsh net-dumpxml "$n" | sha256sum)"
                    virsh net-info "$n" | grep -E '^(Autostart|Active|Persistent)' | sed "s/^/$n: /"
                done
                find /etc/libvirt -type f | sort | xargs -r sha256sum
                # Disks of running guests change by themselves: only that they are the same files.
                find /var/lib/libvirt/images -type f -printf '%p %i\\n' | sort
                find /var/lib/libvirt/images -type f ! -name '*.root.qcow2' ! -name '*.data.qcow2' -printf '%p %s %T@ %m\\n' | sort
                if [ -d /var/lib/kvmctl ]; then
                    find /var/lib/kvmctl -type f ! -name lock -printf '%p %s %T@ %m\\n' | sort
                fi
                """
            ).expecting()
            text += "== \(node)\n\(output.stdout)"
        }
        return Snapshot(text: text)
    }
}
