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
        try await HostCommand("sh", "-c", Self.makeSite, "sh", folder).run(to: "make the lab's website")
    }

    /// Makes `$1/site.git` with the branches main and docs, at once or not at all.
    private static var makeSite: String {
        #"""
        set -eu
        folder=$1
        rm -rf "$folder/work" "$folder/site.part"
        mkdir "$folder/work"
        cd "$folder/work"
        unset GIT_DIR GIT_WORK_TREE
        git() { command git -c init.defaultBranch=main -c user.name=kvmctl -c user.email=kvmctl@localhost "$@"; }
        page() {
            cat >index.html <<END
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>$1</title><link rel="stylesheet" href="style.css"></head>
        <body><main><h1>$1</h1><p>$2</p></main></body>
        </html>
        END
        }
        git init -q
        printf '%s\n' 'main { font-family: sans-serif; margin: 4em auto; max-width: 30em; }' >style.css
        page 'Blog' 'This page is the branch main of a git repository, served by kvmctl.'
        git add . && git commit -q -m 'Say hello on the blog'
        git checkout -q -b docs
        page 'Docs' 'This page is the branch docs of the same repository.'
        git add . && git commit -q -m 'Say hello in the docs'
        git checkout -q main
        git clone -q --bare . "$folder/site.part"
        rm -rf "$folder/work"
        mv "$folder/site.part" "$folder/site.git"
        """#
    }
}
