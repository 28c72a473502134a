package import Spec

/// How an image is made of another one, with what was read of files.
package struct ImageRecipe: Sendable, Hashable {
    /// `kvmctl-<64 hexadecimal digits>.qcow2`: the image that it is made of, as nodes name it.
    package var base: String
    /// What the base hashes to, where that is known.
    package var checksum: Checksum?
    /// Whether the spec has the base by itself as well, so that it stays on the node.
    package var keepsBase = false
    /// The file that the base is copied from, where its name does not say what it holds and some node has it.
    package var baseGiver: ImageFetch.Giver?
    package var rootPassword: Secret?
    /// The keys' lines.
    package var sshKeys: [String]
    package var hostname: HostName?
    package var packages: [String]
    package var run: [String]

    package init(_ customization: Customization, of base: Inputs.ResolvedImage, sshKeys: [String]) {
        self.base = base.fileName
        checksum = base.checksum
        rootPassword = customization.rootPassword
        self.sshKeys = sshKeys
        hostname = customization.hostname
        packages = customization.packages
        run = customization.run
    }

    /// Everything by which one recipe is told from another.
    ///
    /// Of a password that is only whether there is one: a name that was made of it would give it away to whoever guesses, and the
    /// same file has other paths elsewhere.
    private var text: String {
        let fields: [(String, [String])] = [
            ("base", [base]), ("password", rootPassword == nil ? [] : ["set"]), ("key", sshKeys),
            ("hostname", hostname.map { [$0.text] } ?? []), ("package", packages), ("run", run),
        ]
        return fields.flatMap { name, values in values.map { "\(name) \($0.utf8.count) \($0)\n" } }.joined()
    }

    /// What the image is named on nodes.
    package var fileName: String { "kvmctl-\(StableHash.digest("customized\n\(text)")).qcow2" }

    /// In words, as `root's password, 2 keys, the host name appliance, the packages a and b, and 1 command`.
    package var words: String {
        func count(_ number: Int, _ noun: String) -> [String] {
            number == 0 ? [] : ["\(number) \(noun)\(number == 1 ? "" : "s")"]
        }
        return
            ((rootPassword == nil ? [] : ["root's password"]) + count(sshKeys.count, "key")
            + (hostname.map { ["the host name \($0.text)"] } ?? []) + count(packages.count, "package")
            + count(run.count, "command")).joined(separator: ", ")
    }
}
