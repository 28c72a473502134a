import Spec

/// A program that kvmctl runs on nodes, and where it comes from; `NodeScripts` looks for them.
package struct NodeTool: Sendable, Hashable {
    /// How much is lost without it.
    package enum Need: Sendable, Hashable {
        /// Nothing works without it.
        case always
        /// Only this does not work without it.
        case only(String)
    }

    package var name: String
    /// The package on Debian and Ubuntu.
    package var debian: String
    /// The package on the Fedora, CentOS and Rocky family.
    package var fedora: String
    /// The package on Alpine.
    package var alpine: String
    package var need: Need
    init(
        _ name: String, _ debian: String, _ fedora: String? = nil, alpine: String? = nil, _ need: Need = .always
    ) {
        self.name = name
        self.debian = debian
        self.fedora = fedora ?? debian
        self.alpine = alpine ?? debian
        self.need = need
    }

    private static let carriedNetworks = "networks of mode \(NetworkModes.namesOfCarried)"

    /// All of them, those without which nothing works first.
    package static let all: [NodeTool] = [
        NodeTool(
            "flock", "util-linux", alpine: "flock"),
        NodeTool("timeout", "coreutils"),
        NodeTool("stat", "coreutils"),
        NodeTool("head", "coreutils"), NodeTool("mv", "coreutils"), NodeTool("sync", "coreutils"),
        NodeTool("cp", "coreutils"), NodeTool("dd", "coreutils"), NodeTool("mktemp", "coreutils"),
        NodeTool("od", "coreutils"), NodeTool("tee", "coreutils"), NodeTool("sha256sum", "coreutils"),
        NodeTool("find", "findutils"),
        NodeTool("grep", "grep"), NodeTool("sed", "sed"),
        NodeTool("qemu-img", "qemu-utils", "qemu-img", alpine: "qemu-img"),
        NodeTool(
            "ip", "iproute2", "iproute", .only("finding the owner of an address; without it, guests must answer ping")),
        NodeTool("bridge", "iproute2", "iproute", .only(carriedNetworks)),
        NodeTool("nft", "nftables", nil, .only("\(carriedNetworks) with a gateway, and firewalls of instances")),
        NodeTool("awk", "mawk", "gawk", alpine: "gawk", .only("firewalls of instances")),
        NodeTool(
            "dnsmasq", "dnsmasq-base", "dnsmasq", alpine: "dnsmasq",
            .only("networks of mode \(NetworkModes.namesOfMade)")),
        NodeTool(
            "iptables", "iptables", "iptables-nft", .only("networks of mode \(NetworkModes.namesOfMade)")),
        NodeTool(
            "virsh", "libvirt-clients", "libvirt-client", alpine: "libvirt-client",
            .only("kvmctl console and snapshots of running guests")),
        NodeTool(
            "curl", "curl", nil, .only("images by address and health checks of websites (wget works, too)")),
        NodeTool("git", "git", nil, .only("websites whose repository the node fetches")),
        NodeTool("setpriv", "util-linux", nil, alpine: "setpriv", .only("checking the permissions of QEMU's user")),
    ]

    /// The command that installs tools with a node's package manager; for several systems where that is not known.
    package static func installation(of tools: [NodeTool], with manager: String?) -> String {
        switch manager {
        case "apt-get": "apt-get install \(packages(tools, \.debian))"
        case "dnf"?, "yum"?, "zypper"?: "\(manager ?? "") install \(packages(tools, \.fedora))"
        case "apk": "apk add \(packages(tools, \.alpine))"
        default:
            "Debian: apt install \(packages(tools, \.debian)). Fedora: dnf install \(packages(tools, \.fedora))"
        }
    }

    private static func packages(_ tools: [NodeTool], _ package: (NodeTool) -> String) -> String {
        Set(tools.map(package)).sorted().joined(separator: " ")
    }
}
