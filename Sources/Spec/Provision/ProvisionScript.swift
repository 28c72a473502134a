/// What gives the spec's own script its environment, and then is that script.
enum ProvisionScript {
    /// A script for the guest's shell; each variable is in a file of its name.
    static func bytes(variables: [String]) -> [UInt8] {
        let exports = variables.map { name in "\(name)=$(cat \"$KVMCTL_INPUTS/\(name)\") && export \(name) || exit 1\n"
        }
        let text = """
            #!/bin/sh
            program=${0%/*}/program
            first=
            read -r first <"$program"
            \(exports.joined())case $first in
                '#!'*) exec "$program" ;;
                *) exec sh "$program" ;;
            esac

            """
        return Array(text.utf8)
    }
}
