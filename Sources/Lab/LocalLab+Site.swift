import FoundationEssentials

extension LocalLab {
    /// Puts a repository with a small website on the first node's disk, which serves it over git's own protocol.
    ///
    /// It is what examples/web.yaml serves; what somebody pushed into it stays. Nothing where the machine has no git.
    func prepareSite(of node: LabNode) async throws(LabError) {
        guard node.index == 1, await HostCommand("git", "--version").succeeds() else { return }
        let folder = paths.node(node.name) + "/srv/git"
        guard !FileManager.default.fileExists(atPath: folder + "/site.git/HEAD") else { return }
        try createFolder(folder, mode: 0o755)
        try await HostCommand("sh", "-c", LabScripts.makeSite, "sh", folder).run(to: "make the lab's website")
    }
}
