/// Something of this machine that `provision:` names, by its path as the current folder sees it.
package enum ProvisionPart: Sendable, Hashable {
    /// A script, or a file that is placed.
    case file(String)
    /// A playbook: its folder is all that it may use.
    case playbook(String)
}

/// What came of asking for such a part.
package enum ProvisionSource: Sendable {
    case file([UInt8])
    /// A playbook, and the digests of all files of its folder.
    case playbook(RolePackage.Playbook)
    /// Why it could not be read, such as `there is no such file`.
    case failed(String)
}

extension DecodingContext {
    /// What a file holds; complains where it cannot be read, once.
    func provisionedFile(_ path: String, named mark: Position, at key: String) -> [UInt8]? {
        guard case .file(let bytes) = provision(.file(path), named: mark, at: key) else { return nil }
        return bytes
    }

    /// A playbook with what its folder holds; complains where that cannot be read.
    func playbook(_ path: String, named mark: Position, at key: String) -> RolePackage.Playbook? {
        guard case .playbook(let playbook) = provision(.playbook(path), named: mark, at: key) else { return nil }
        return playbook
    }

    private func provision(_ part: ProvisionPart, named mark: Position, at key: String) -> ProvisionSource? {
        let found = knownProvision[part] ?? provision(part)
        knownProvision[part] = found
        guard case .failed(let reason) = found else { return found }
        let path =
            switch part {
            case .file(let path), .playbook(let path): path
            }
        error(mark, "\(key): \(Found.shortened(path)) cannot be used: \(reason)")
        return nil
    }
}
