import Foundation
import TestTools
import Testing

@testable import Fleet
@testable import Roles

/// What guests are asked to run, with the programs of their systems played.
@Suite("Scripts for guests") struct GuestScriptsTests {
    /// A disk with a partition and a file system, and the commands that grow them.
    struct Growth: Sendable, CustomTestStringConvertible {
        var fileSystem: String
        /// What `growpart` prints and ends with.
        var growpart = ""
        var status = 0
        var isFine = true
        var commands: [String]

        var testDescription: String { "\(fileSystem) \(growpart)" }
    }

    @Test(
        "The partition and the file system of the root disk grow, each in its own way", arguments: Script.shells,
        [
            Growth(fileSystem: "ext4", commands: ["growpart /dev/vda 1", "resize2fs /dev/vda1"]),
            Growth(fileSystem: "xfs", commands: ["growpart /dev/vda 1", "xfs_growfs /"]),
            Growth(fileSystem: "btrfs", commands: ["growpart /dev/vda 1", "btrfs filesystem resize max /"]),
            Growth(
                fileSystem: "ext4", growpart: "NOCHANGE: it has all", status: 1,
                commands: ["growpart /dev/vda 1", "resize2fs /dev/vda1"]),
            Growth(
                fileSystem: "ext4", growpart: "FAILED: no room", status: 2, isFine: false,
                commands: ["growpart /dev/vda 1"]),
            Growth(fileSystem: "vfat", isFine: false, commands: ["growpart /dev/vda 1"]),
        ])
    func grow(shell: String, growth: Growth) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/sys/devices/vda/vda1/partition", "1\n")
            try FileManager.default.createDirectory(
                atPath: "\(bench.folder)/sys/class/block", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(bench.folder)/sys/class/block/vda1",
                withDestinationPath: "\(bench.folder)/sys/devices/vda/vda1")
            let fakes = """
                findmnt() {
                    case $* in
                        *SOURCE*) echo /dev/vda1 ;;
                        *TARGET*) echo / ;;
                        *FSTYPE*) echo \(growth.fileSystem) ;;
                    esac
                }
                growpart() { log growpart "$@"; printf '%s' '\(growth.growpart)'; return \(growth.status); }
                resize2fs() { log resize2fs "$@"; }
                xfs_growfs() { log xfs_growfs "$@"; }
                btrfs() { log btrfs "$@"; }
                """
            let said = try await bench.run(GuestScripts.growFileSystem(disk: "root"), fakes: fakes, places: ["/sys"])
            #expect((said.status == 0) == growth.isFine, "\(said)")
            #expect(growth.isFine || !said.complaint.isEmpty)
            #expect(bench.log == growth.commands)
        }
    }

    /// How a NIC is to be addressed, and the commands that do it.
    struct Addressing: Sendable, CustomTestStringConvertible {
        var address: String
        var gateway = ""
        var leads = ""
        var routes: [String] = []
        /// What the guest has as its default routes.
        var defaults = ""
        var address6 = ""
        var gateway6 = ""
        /// What the guest has by IPv6: an address, and its default routes.
        var there6 = ""
        var is6Off = false
        var defaults6 = ""
        var commands: [String]

        var testDescription: String { "\(address) \(leads) \(routes)" }
    }

    @Test(
        "A NIC gets the address that it is to have, and loses others", arguments: Script.shells,
        [
            Addressing(
                address: "10.0.0.5/24", gateway: "10.0.0.1",
                commands: [
                    "ip link set eth0 up", "ip address del 10.0.0.9/24 dev eth0", "ip address add 10.0.0.5/24 dev eth0",
                    "ip route replace default via 10.0.0.1 dev eth0",
                ]),
            Addressing(address: "10.0.0.9/24", commands: ["ip link set eth0 up"]),
            Addressing(
                address: "dhcp", commands: ["ip link set eth0 up", "ip -4 address flush dev eth0", "dhclient -1 eth0"]),
            Addressing(
                address: "10.0.0.9/24", gateway: "10.0.0.1", defaults: "default via 10.1.0.1 dev eth1",
                commands: ["ip link set eth0 up"]),
            Addressing(
                address: "10.0.0.9/24", gateway: "10.0.0.1", leads: "yes",
                defaults: "default via 10.1.0.1 dev eth1 metric 7",
                commands: [
                    "ip link set eth0 up", "ip route replace default via 10.0.0.1 dev eth0",
                    "ip route del default via 10.1.0.1 dev eth1 metric 7",
                ]),
            Addressing(
                address: "10.0.0.9/24", gateway: "10.0.0.1", leads: "no",
                commands: ["ip link set eth0 up", "ip route del default dev eth0"]),
            Addressing(
                address: "10.0.0.9/24",
                routes: ["del", "10.7.0.0/16", "10.0.0.7", "replace", "10.8.0.0/16", "10.0.0.8"],
                commands: [
                    "ip link set eth0 up", "ip route del 10.7.0.0/16 via 10.0.0.7 dev eth0",
                    "ip route replace 10.8.0.0/16 via 10.0.0.8 dev eth0",
                ]),
            Addressing(
                address: "10.0.0.9/24", address6: "fd00::9/64", there6: "fd00::7/64",
                commands: [
                    "ip link set eth0 up", "ip -6 route flush dev eth0 proto ra", "ip address del fd00::7/64 dev eth0",
                    "ip address add fd00::9/64 dev eth0",
                ]),
            Addressing(
                address: "10.0.0.9/24", address6: "fd00::9/64", gateway6: "fd00::1", there6: "fd00::9/64",
                commands: [
                    "ip link set eth0 up", "ip -6 route flush dev eth0 proto ra",
                    "ip -6 route replace default via fd00::1 dev eth0",
                ]),
            Addressing(
                address: "10.0.0.9/24", there6: "fd00::7/64",
                commands: [
                    "ip link set eth0 up", "ip address del fd00::7/64 dev eth0", "ip -6 route del default dev eth0",
                ]),
            // What it chose by advertisement is nobody's to take.
            Addressing(
                address: "10.0.0.9/24", there6: "fd00::7/64 scope global dynamic mngtmpaddr",
                commands: ["ip link set eth0 up"]),
            Addressing(
                address: "dhcp", there6: "fd00::7/64",
                commands: [
                    "ip link set eth0 up", "ip -4 address flush dev eth0", "ip address del fd00::7/64 dev eth0",
                    "ip -6 route del default dev eth0", "dhclient -1 eth0",
                ]),
            Addressing(
                address: "10.0.0.9/24", address6: "fd00::9/64", gateway6: "fd00::1", is6Off: true,
                commands: ["ip link set eth0 up"]),
            // It keeps what it has, which is nothing by IPv6: the way out of another NIC stays.
            Addressing(
                address: "keep", leads: "yes", address6: "fd00::9/64", gateway6: "fd00::1",
                defaults6: "default via fe80::1 dev eth1 proto ra metric 1024 expires 1790sec",
                commands: ["ip link set eth0 up"]),
            Addressing(
                address: "10.0.0.9/24", address6: "fd00::9/64", gateway6: "fd00::1", there6: "fd00::9/64",
                defaults6: "default via fe80::1 dev eth1 metric 7",
                commands: ["ip link set eth0 up", "ip -6 route flush dev eth0 proto ra"]),
            Addressing(
                address: "10.0.0.9/24", gateway: "10.0.0.1", leads: "yes", address6: "fd00::9/64", gateway6: "fd00::1",
                there6: "fd00::9/64", defaults6: "default via fe80::1 dev eth1 proto ra metric 7 expires 1790sec",
                commands: [
                    "ip link set eth0 up", "ip -6 route flush dev eth0 proto ra",
                    "ip route replace default via 10.0.0.1 dev eth0",
                    "ip -6 route replace default via fd00::1 dev eth0",
                    "ip -6 route del default via fe80::1 dev eth1 metric 7",
                ]),
        ])
    func nic(shell: String, wanted: Addressing) async throws {
        try await ScriptBench.with(shell) { bench in
            try bench.write("/sys/class/net/eth0/address", "52:54:00:00:00:01\n")
            try bench.write("/proc/sys/net/ipv6/conf/eth0/accept_ra", "1\n")
            try bench.write("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", wanted.is6Off ? "1\n" : "0\n")
            let fakes = """
                ip() {
                    case $* in
                        -V) echo 'ip utility, iproute2-6.1.0' ;;
                        '-6 -o address show dev eth0'*)
                            [ -z '\(wanted.there6)' ] || echo '2: eth0 inet6 \(wanted.there6) scope global ' ;;
                        '-6 route show default') [ -z '\(wanted.defaults6)' ] || echo '\(wanted.defaults6)' ;;
                        '-6 route show default dev eth0') ;;
                        '-4 -o address show dev eth0') echo '2: eth0 inet 10.0.0.9/24 scope global' ;;
                        'route show default') [ -z '\(wanted.defaults)' ] || echo '\(wanted.defaults)' ;;
                        'route show default dev eth0') echo 'default via 10.0.0.1' ;;
                        *) log ip "$@" ;;
                    esac
                }
                dhclient() { log dhclient "$@"; }
                sleep() { :; }
                """
            let said = try await bench.run(
                GuestScripts.configureNic(
                    mac: "52:54:00:00:00:01", address: wanted.address, gateway: wanted.gateway, leads: wanted.leads,
                    address6: wanted.address6, gateway6: wanted.gateway6, wanted.routes),
                fakes: fakes, places: ["/sys/class", "/proc"])
            #expect(said.status == 0, "\(said)")
            #expect(bench.log == wanted.commands)
            let listens = try String(
                contentsOfFile: "\(bench.folder)/proc/sys/net/ipv6/conf/eth0/accept_ra", encoding: .utf8)
            let isGiven = !wanted.address6.isEmpty && wanted.address != "keep" && !wanted.is6Off
            #expect(listens == (isGiven ? "0\n" : "1\n"))
            let none = try await bench.run(
                GuestScripts.configureNic(
                    mac: "52:54:00:00:00:02", address: wanted.address, gateway: wanted.gateway, leads: wanted.leads,
                    address6: wanted.address6, gateway6: wanted.gateway6, wanted.routes),
                fakes: fakes, places: ["/sys/class", "/proc"])
            #expect(none.status == 1 && none.complaint == "it has no NIC with the MAC 52:54:00:00:00:02\n")
        }
    }

    @Test(
        "The first boot installs what is missing, with the system's own programs", arguments: Script.shells,
        ["apt-get", "dnf"])
    func firstBoot(shell: String, manager: String) async throws {
        let commands = [
            "apt-get": ["apt-get -q update", "apt-get -q -y --no-install-recommends install nginx qemu-guest-agent"],
            "dnf": ["dnf -q -y install nginx qemu-guest-agent"],
        ]
        try await ScriptBench.with(shell) { bench in
            let fakes = """
                git() { :; }
                timeout() { shift; "$@"; }
                systemctl() { log systemctl "$@"; }
                \(manager.replacing("-", with: "_"))() { log \(manager) "$@"; }
                command() {
                    case $2 in apt_get) [ \(manager) = apt-get ] ;; dnf) [ \(manager) = dnf ] ;; qemu-ga) false ;; esac
                }
                """
            var script = SiteBootScripts.install()
            // Not every shell takes a dash in the name of a function.
            script.text.replace("apt-get", with: "apt_get")
            let said = try await bench.run(script, fakes: fakes, places: ["/usr/sbin/nginx"])
            #expect(said.status == 0, "\(said)")
            #expect(
                bench.log == (commands[manager] ?? []) + [
                    "systemctl disable --now nginx.service", "systemctl enable --now qemu-guest-agent.service",
                ])
        }
    }

    @Test("The key of the node is let in, for a user that may become root", arguments: Script.shells)
    func openUp(shell: String) async throws {
        try await ScriptBench.with(shell) { bench in
            let fakes = "id() { false; }\nuseradd() { log useradd \"$@\"; }\nchown() { log chown \"$@\"; }\n"
            let said = try await bench.run(
                FirstBootScripts.openUp(login: "ssh-ed25519 AAAA kvmctl"), fakes: fakes,
                places: ["/home", "/etc/sudoers.d"])
            #expect(said.status == 0, "\(said)")
            let home = "/home/kvmctl-node"
            #expect(try bench.text("\(home)/.ssh/authorized_keys") == "restrict ssh-ed25519 AAAA kvmctl\n")
            #expect(try bench.text("/etc/sudoers.d/kvmctl-node") == "kvmctl-node ALL=(root) NOPASSWD: ALL\n")
            #expect(
                bench.log.first?.hasPrefix("useradd --system --user-group --create-home --home-dir \(home) ") == true)
        }
    }
}
