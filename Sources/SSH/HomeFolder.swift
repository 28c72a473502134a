import Glibc

/// The one place that knows what `~` stands for in what people write for kvmctl.
///
/// In ssh_config itself it is the user database's, whatever the environment says, as for OpenSSH.
package enum HomeFolder {
    /// A path with `~` or `~/` at its start put in full.
    ///
    /// - Parameter home: the environment's HOME; services have none, and get the user database's.
    package static func expand(_ path: String, home: String?) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        let home = home.flatMap { $0.isEmpty ? nil : $0 } ?? LocalUser.current.home
        return home + path.dropFirst()
    }

    /// The same with this process's environment.
    static func expand(_ path: String) -> String {
        expand(path, home: getenv("HOME").map { String(cString: $0) })
    }
}
