import FoundationEssentials
import Processes

/// A program that the lab runs on this machine, and the Debian package it comes from.
struct HostTool: Sendable, Equatable {
    let name: String
    let package: String

    /// What a lab with running nodes needs.
    static let forNodes = [
        HostTool(name: "ip", package: "iproute2"),
        HostTool(name: "unshare", package: "util-linux"),
        HostTool(name: "nsenter", package: "util-linux"),
        HostTool(name: "setsid", package: "util-linux"),
        HostTool(name: "mount", package: "mount"),
        HostTool(name: "ssh", package: "openssh-client"),
        HostTool(name: "ssh-keygen", package: "openssh-client"),
        HostTool(name: "sshd", package: "openssh-server"),
        HostTool(name: "libvirtd", package: "libvirt-daemon"),
        HostTool(name: "virtlogd", package: "libvirt-daemon"),
        HostTool(name: "virsh", package: "libvirt-clients"),
        HostTool(name: "qemu-system-x86_64", package: "qemu-system-x86"),
        HostTool(name: "qemu-img", package: "qemu-utils"),
        HostTool(name: "dnsmasq", package: "dnsmasq-base"),
        HostTool(name: "iptables", package: "iptables"),
    ]

    /// What a node needs besides whose user is not root.
    static let forSudo = [HostTool(name: "sudo", package: "sudo")]

    /// What building the guest image needs.
    static let forImages = [
        HostTool(name: "unshare", package: "util-linux"),
        HostTool(name: "mount", package: "mount"),
        HostTool(name: "mmdebstrap", package: "mmdebstrap"),
        HostTool(name: "extlinux", package: "extlinux"),
        HostTool(name: "sfdisk", package: "fdisk"),
        HostTool(name: "mkfs.ext4", package: "e2fsprogs"),
        HostTool(name: "qemu-img", package: "qemu-utils"),
    ]

    /// Where programs are looked for: the user's path and the folders of system programs, which a user's path may lack.
    static var searchPath: String {
        let inherited = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (inherited.isEmpty ? "" : inherited + ":") + systemPath
    }

    /// The path that a node's processes get: nothing of the user's environment goes into a node.
    static let systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private var isInstalled: Bool { LocalProgram.isInstalled(name, in: HostTool.searchPath) }

    /// Throws unless every tool is there, naming all that are missing and their packages at once.
    static func require(_ tools: [HostTool], to attempt: String) throws(LabError) {
        var missing = tools.filter { !$0.isInstalled }
        // Without this library, of a package of its own, libvirt's daemon starts and knows no domain.
        let drivers = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        let driver = "libvirt/connection-driver/libvirt_driver_qemu.so"
        if tools.contains(where: { $0.name == "libvirtd" }),
            !(drivers.map { "/usr/lib/\($0)/\(driver)" } + ["/usr/lib/\(driver)"])
                .contains(where: { FileManager.default.fileExists(atPath: $0) })
        {
            missing.append(HostTool(name: "libvirt_driver_qemu.so", package: "libvirt-daemon-driver-qemu"))
        }
        guard !missing.isEmpty else { return }
        let packages = Set(missing.map(\.package)).sorted().joined(separator: " ")
        throw LabError(
            attempt, reason: "not installed: " + missing.map(\.name).joined(separator: ", "),
            remedy: "install the Debian packages: apt-get install \(packages) (or run `make setup` in the checkout)")
    }
}
