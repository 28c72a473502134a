/// What gives the spec's own script its environment, and then is that script.
enum ProvisionScript {
    /// What the guest's shells keep for themselves: some of them end where a script sets it.
    static let shellsOwn: Set = [
        "_", "BASHOPTS", "BASH_ALIASES", "BASH_ARGC", "BASH_ARGV", "BASH_CMDS", "BASH_LINENO", "BASH_SOURCE",
        "BASH_VERSINFO", "DIRSTACK", "EUID", "FUNCNAME", "GROUPS", "IFS", "LINENO", "OPTARG", "OPTIND", "PIPESTATUS",
        "PPID", "PWD", "OLDPWD", "RANDOM", "SECONDS", "SHELLOPTS", "UID",
    ]
    /// What kvmctl itself sets for a playbook's run.
    static let ansiblesOwn: Set = [
        "ANSIBLE_LOCAL_TEMP", "ANSIBLE_SSH_CONTROL_PATH_DIR", "ANSIBLE_RETRY_FILES_ENABLED", "ANSIBLE_NOCOLOR",
        "ANSIBLE_FORCE_COLOR", "PYTHONUNBUFFERED",
    ]

    /// A script for the guest's shell; each variable is in a file of its name.
    ///
    /// A variable may have any name: all that the script itself has to remember is in its arguments, the programs that
    /// it needs are not looked for where a variable says, and nothing is exported before all of them are read.
    static func bytes(variables: [String]) -> [UInt8] {
        let values = variables.map { name in
            "\(name)=$(command -p cat \"$KVMCTL_INPUTS/\(name)\") || exit 1\n"
        }
        let exports = variables.isEmpty ? "" : "export \(variables.joined(separator: " "))\n"
        let text = """
            #!/bin/sh
            first=
            read -r first <"${0%/*}/program"
            case $first in
                '#!'*) set -- "${0%/*}/program" ;;
                *) set -- /bin/sh "${0%/*}/program" ;;
            esac
            unset first
            \(values.joined())\(exports)exec "$@"

            """
        return Array(text.utf8)
    }
}
