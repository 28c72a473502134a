extension Lab {
    /// Removes what carries a cluster's name from the nodes, marked or not, without kvmctl.
    func scrub(_ cluster: String) async {
        _ = try? await kvmctl("lab", "up")
        for node in ["kvm1", "kvm2"] {
            _ = try? await onNode(
                node,
                """
                virsh -q list --all --name | grep -F '\(cluster).' | while read -r d; do
                    virsh -q destroy "$d"; virsh -q undefine "$d" --managed-save --snapshots-metadata
                done
                virsh -q net-list --all --name | grep -F '\(cluster).' | while read -r n; do
                    virsh -q net-destroy "$n"; virsh -q net-undefine "$n"
                done
                rm -rf /srv/shared/vm/\(cluster).*
                rm -rf /var/lib/libvirt/images/\(cluster).* /var/lib/libvirt/images/*.part /var/lib/kvmctl/\(cluster)
                [ -n "$(virsh -q list --all --name | tr -d '[:space:]')" ] || rm -f /var/lib/libvirt/images/kvmctl-*
                virsh -q pool-list --name | while read -r p; do [ -z "$p" ] || virsh -q pool-refresh "$p"; done
                """)
        }
    }
}
