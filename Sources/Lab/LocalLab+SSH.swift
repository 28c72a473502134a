import Glibc

extension LocalLab {
    /// Becomes an ssh session on a node: this process is replaced, so that terminal, signals and exit status are ssh's.
    ///
    /// A command's words are joined by spaces and read by the node's shell, as ssh does it. Returns only by throwing.
    package func openShell(on name: String, command: [String]) throws(LabError) -> Never {
        let attempt = "open a shell on the node \(name)"
        let record = try existingRecord(to: attempt)
        _ = try position(of: name, in: record, to: attempt)
        let words = ["ssh", "-F", paths.sshConfiguration, name] + (command.isEmpty ? [] : ["--"] + command)
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execvp("ssh", arguments)
        let reason = String(cString: strerror(errno))
        for argument in arguments { free(argument) }
        throw LabError(attempt, reason: "ssh: \(reason)", remedy: "install the Debian package openssh-client")
    }
}
