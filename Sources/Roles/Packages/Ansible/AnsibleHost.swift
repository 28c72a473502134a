import Fleet
import Formats
import SSH
import Spec

/// The only host that a playbook is run against.
struct AnsibleHost: Sendable, Equatable {
    /// The instance's name.
    let name: Name
    /// Of its group, so that a playbook can be for that.
    let group: Name?
    let address: String
    let login: GuestLoginWords

    /// The inventory for Ansible, which reads JSON as YAML.
    var inventory: String {
        var host: [String: StructuredValue] = [
            "ansible_host": .text(address),
            // Ansible takes it apart as a shell would.
            "ansible_ssh_common_args": .text(ShellQuoting.command(login.options)),
        ]
        if let user = login.user { host["ansible_user"] = .text(user) }
        var all: [String: StructuredValue] = ["hosts": .inputs([name.text: .inputs(host)])]
        if let group {
            // Ansible complains about hyphens in a group's name.
            let group = group.text.replacing("-", with: "_")
            all["children"] = .inputs([group: .inputs(["hosts": .inputs([name.text: .inputs([:])])])])
        }
        return StructuredValue.inputs(["all": .inputs(all)]).jsonLine + "\n"
    }
}

extension GuestLoginWords {
    /// With the user.
    var words: [String] { options + (user.map { ["-l", $0] } ?? []) }
}
