import Reconciler
import Spec
import YAML

/// cloud-init's user-data: what kvmctl says of names and access, and on top what the user says.
enum UserData {
    static func node(
        _ definition: SeedDefinition, rootPasswordHash: String?, key: GuestKey? = nil
    ) throws(SeedError) -> YAML.Node {
        let own = own(definition, rootPasswordHash: rootPasswordHash, key: key)
        guard let more = definition.cloudInit, !more.isNull else { return own }
        guard more.mapping != nil else {
            throw SeedError(
                "writing the seed of \(definition.hostname)", cause: "its cloudInit at \(more.mark) is not a map",
                remedy: "Write it as the keys of a #cloud-config file.")
        }
        return CloudConfigMerge.merge(own, with: more)
    }

    private static func own(
        _ definition: SeedDefinition, rootPasswordHash: String?, key: GuestKey?
    ) -> YAML.Node {
        let keys = definition.sshKeys.isEmpty ? nil : YAML.Node.list(definition.sshKeys.map { .text($0) })
        return .map([
            ("hostname", .text(definition.hostname.label)),
            ("fqdn", definition.hostname.qualified.map { .text($0) }),
            // One line for the guest's own name, without which sudo waits for a resolver; the rest of the file stays.
            ("manage_etc_hosts", .text("localhost")),
            // A machine that is set up again stays the same for those who log in.
            ("ssh_deletekeys", (definition.revision ?? "").isEmpty ? nil : .plain(false)),
            // A NIC that comes later or gets another address is set up at the next boot, and not only at the first.
            ("updates", .map([("network", .map([("when", .list([.text("boot-new-instance"), .text("boot")]))]))])),
            ("bootcmd", routing(definition)),
            ("users", definition.user.map { .list([user($0, keys: keys)]) }),
            ("disable_root", definition.user == "root" ? .plain(false) : nil),
            ("ssh_authorized_keys", definition.user == nil ? keys : nil),
            ("ssh_keys", key.map { hostKeys($0) }),
            ("runcmd", commands(definition.guest, key)),
            ("chpasswd", rootPasswordHash.map { chpasswd($0) }),
        ])
    }

    private static func routing(_ definition: SeedDefinition) -> YAML.Node? {
        let commands = NetworkConfig.routing(definition.nics)
        return commands.isEmpty ? nil : .list(commands.map { .list($0.map { .text($0) }) })
    }

    /// What a guest with roles runs at its first boot; who comes in by the key need not wait for their packages.
    private static func commands(_ guest: GuestRequirements, _ key: GuestKey?) -> YAML.Node? {
        let login = key.map { FirstBootScripts.openUp(login: $0.login) }
        let scripts = [login].compactMap(\.self) + guest.scripts.map { Script($0) }
        return scripts.isEmpty ? nil : .list(scripts.map { .list($0.words().map { .text($0) }) })
    }

    /// The guest's host key, so that it is known who answers.
    private static func hostKeys(_ key: GuestKey) -> YAML.Node {
        .map([("ed25519_private", .text(key.privateHostKey)), ("ed25519_public", .text(key.hostKey))])
    }

    /// A user who may become root: whoever may start a machine may also do anything in it.
    private static func user(_ name: String, keys: YAML.Node?) -> YAML.Node {
        guard name != "root" else { return .map([("name", .text(name)), ("ssh_authorized_keys", keys)]) }
        return .map([
            ("name", .text(name)), ("sudo", .text("ALL=(ALL) NOPASSWD:ALL")), ("shell", .text("/bin/bash")),
            ("lock_passwd", .plain(true)), ("ssh_authorized_keys", keys),
        ])
    }

    /// Root's password, for the console; logging in with it over ssh is what the image says of it.
    private static func chpasswd(_ hash: String) -> YAML.Node {
        .map([
            ("expire", .plain(false)),
            ("users", .list([.map([("name", .text("root")), ("password", .text(hash)), ("type", .text("hash"))])])),
        ])
    }
}
