import Spec

/// Which paths in a guest a file of this role may have.
enum FilePath {
    /// Refuses what no file can have, and what is kvmctl's own.
    static func check(_ path: String) throws(Complaint) {
        try GuestPath.check(path)
        guard !path.hasPrefix(Files.folder + "/") else {
            throw Complaint(message: "\(Found.quoted(path)) is in the folder of kvmctl's own records")
        }
    }
}

extension Files {
    /// Where a guest has the records of the files that were put there.
    static let folder = "/var/lib/kvmctl-files"
}
