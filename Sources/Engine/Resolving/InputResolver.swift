package import Reconciler
package import Spec

/// Reads once what a plan needs from outside, into a value.
package struct InputResolver: Sendable {
    let home: String?
    let cache: DigestCache
    let secrets: SecretReader
    private let environment: [String: String]
    /// Where files of checksums are kept that were fetched; nil where there is no home folder.
    private let checksumFolder: String?

    init(environment: [String: String], secrets: SecretReader? = nil) {
        self.environment = environment
        home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        cache = DigestCache(environment: environment)
        let caches =
            environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home.map { $0 + "/.cache" }
        checksumFolder = caches.map { $0 + "/kvmctl/checksums" }
        self.secrets = secrets ?? SecretReader(environment: environment)
    }

    /// What came of it: the inputs, and what could not be read.
    package struct Resolution: Sendable {
        package var inputs = Inputs()
        package var diagnostics: [Diagnostic] = []
    }

    /// The files that instances name which this run manages.
    package func localFiles(of cluster: Cluster) -> LocalFiles {
        let instances = cluster.instances.values.filter(\.isManaged).sorted { $0.name < $1.name }
        let used = Set(instances.map(\.image))
        let images = cluster.images.values.filter { $0.customization != nil && ($0.isKept || used.contains($0.name)) }
            .sorted { $0.name < $1.name }
        return LocalFiles(of: instances, images, home: home, secrets: secrets)
    }

    /// Resolves what the instances need that this run manages, and fetches the files of checksums that the spec names.
    ///
    /// Blocks on the disk: large images are hashed.
    package func resolution(of cluster: Cluster) async -> Resolution {
        resolve(cluster, await PublishedChecksums.read(cluster, home: home, cache: checksumFolder))
    }

    /// The same with what the files of checksums say.
    func resolve(_ cluster: Cluster, _ published: PublishedChecksums = PublishedChecksums()) -> Resolution {
        var resolution = Resolution()
        let instances = cluster.instances.values.filter(\.isManaged).sorted { $0.name < $1.name }
        let kept = cluster.images.values.filter(\.isKept).map(\.name)
        let files = localFiles(of: cluster)
        resolution.inputs.keyFiles = files.keys
        for name in Set(instances.map(\.image) + kept).sorted() {
            guard var image = cluster.images[name] else { continue }
            if image.checksums != nil {
                // Without it nobody knows which image is meant.
                guard let checksum = self.published(image, published, into: &resolution) else { continue }
                image.checksum = checksum
            }
            let users = cluster.instances.values.filter { $0.image == name && !$0.isAdopted }
            // One that nobody uses is what it looks like: it is kept under the name by which it is known.
            let isDisc = users.isEmpty ? looksLikeDisc(image) : users.contains { $0.installation != nil }
            resolve(image, isDisc: isDisc, into: &resolution)
            if isDisc, image.customization != nil {
                resolution.diagnostics.append(
                    Diagnostic(
                        at: image.positions["customize"] ?? image.position,
                        "the image \"\(name)\" is a CD, and only disks can be customized", remedy: "take customize out")
                )
            } else if let customization = image.customization, let base = resolution.inputs.images[name] {
                resolution.inputs.images[name] = base.customized(customization, keys: files.keys)
                if let secret = customization.rootPassword, let problem = secrets.problem(with: secret) {
                    resolution.inputs.missingSecrets[secret] = problem
                }
            }
        }
        // What is missing of secrets is the plan's to say: it goes on without them.
        resolution.diagnostics += files.diagnostics.filter { $0.severity == .error }
        for instance in instances {
            if let answers = instance.installation?.answers {
                resolve(
                    answers, at: instance.positions["install"] ?? instance.position, of: instance, into: &resolution)
            }
            if let secret = instance.access.rootPassword, let problem = secrets.problem(with: secret) {
                resolution.inputs.missingSecrets[secret] = problem
            }
        }
        for instance in instances {
            for (name, role) in instance.roles.sorted(by: { $0.key < $1.key }) {
                for input in role.inputs {
                    resolve(input, of: instance, role.path(named: name), into: &resolution)
                }
            }
        }
        resolution.diagnostics = Diagnostic.inOrder(resolution.diagnostics)
        return resolution
    }

    /// Whether an image is the CD of an installer, by what is in it, or by its name where it is not here.
    private func looksLikeDisc(_ image: Image) -> Bool {
        switch image.source {
        case .url(let address): return ImageKind(name: WebAddress.path(address)) == .iso
        case .file(let path):
            let start = try? FileAccess.contents(of: FileAccess.expanded(path, home: home), limit: ImageKind.length)
            return start.map(ImageKind.isDisc) ?? false
        }
    }

    /// Reads the answers to an installer's questions.
    private func resolve(
        _ answers: String, at position: Position, of instance: Instance, into resolution: inout Resolution
    ) {
        guard resolution.inputs.files[answers] == nil else { return }
        do throws(FileError) {
            let bytes = try FileAccess.smallFile(FileAccess.expanded(answers, home: home), limit: RoleInput.largestFile)
            resolution.inputs.files[answers] = Inputs.LocalFile(bytes)
        } catch {
            resolution.diagnostics.append(
                Diagnostic(
                    at: position,
                    "instances.\(instance.name).install.answers: \(answers) cannot be used: \(error.reason)"))
        }
    }

    /// Resolves what one role needs of this machine.
    private func resolve(_ input: RoleInput, of instance: Instance, _ path: String, into resolution: inout Resolution) {
        switch input {
        case .digest(let secret):
            resolution.inputs.secretDigests[secret] = digest(of: secret)
        case .secret(let secret):
            if let problem = secrets.problem(with: secret) { resolution.inputs.missingSecrets[secret] = problem }
        case .file(let file, let key):
            guard resolution.inputs.files[file] == nil else { return }
            do throws(FileError) {
                let bytes = try FileAccess.smallFile(
                    FileAccess.expanded(file, home: home), limit: RoleInput.largestFile)
                resolution.inputs.files[file] = Inputs.LocalFile(bytes)
            } catch {
                resolution.diagnostics.append(
                    Diagnostic(
                        at: instance.position(of: path, key), "\(path).\(key): \(file) cannot be used: \(error.reason)")
                )
            }
        }
    }

    /// What tells one certificate from another; nil where it cannot be read without running something.
    private func digest(of certificate: Secret) -> String? {
        guard secrets.isAllowed else { return nil }
        return switch certificate {
        case .environment(let name): environment[name].map { String(StableHash.digest($0).prefix(16)) }
        case .file(let path):
            (try? FileAccess.smallFile(FileAccess.expanded(path, home: home))).map {
                String(StableHash.digest(String(decoding: $0, as: UTF8.self)).prefix(16))
            }
        case .command: nil
        }
    }

    private func resolve(_ image: Image, isDisc: Bool, into resolution: inout Resolution) {
        let ending = isDisc ? "iso" : "qcow2"
        switch image.source {
        case .url(let url):
            resolution.inputs.images[image.name] = Inputs.ResolvedImage(
                fileName: InputResolver.fileName(url: url, checksum: image.checksum, ending: ending), virtualSize: nil,
                byteCount: nil,
                checksum: image.checksum)
        case .file(let path):
            let position = image.positions["source"] ?? image.position
            do throws(FileError) {
                let file = try LocalImage.read(
                    FileAccess.expanded(path, home: home), isDisc: isDisc,
                    needsSHA512: image.checksum?.algorithm == .sha512, cache: cache)
                if let problem = InputResolver.mismatch(image, file) { resolution.diagnostics.append(problem) }
                resolution.inputs.images[image.name] = Inputs.ResolvedImage(
                    fileName: "kvmctl-\(file.sha256).\(ending)", virtualSize: file.virtualSize,
                    byteCount: file.byteCount,
                    checksum: Checksum(algorithm: .sha256, digest: file.sha256))
            } catch {
                resolution.diagnostics.append(
                    Diagnostic(at: position, "images.\(image.name).source: \(path) cannot be used: \(error.reason)"))
            }
        }
    }

    /// What an image's file is named on a node: by its SHA-256 where that is known, else by a digest of what is.
    static func fileName(url: String, checksum: Checksum?, ending: String = "qcow2") -> String {
        let digest =
            switch (checksum, checksum?.algorithm) {
            case (let checksum?, .sha256): checksum.digest
            case (let checksum?, _): StableHash.digest(checksum.description)
            case (nil, _): StableHash.digest("url:\(WebAddress.identity(url))")
            }
        return "kvmctl-\(digest).\(ending)"
    }

    private static func mismatch(_ image: Image, _ file: LocalImage) -> Diagnostic? {
        guard let checksum = image.checksum else { return nil }
        let found = checksum.algorithm == .sha256 ? file.sha256 : file.sha512
        guard found != checksum.digest else { return nil }
        let key = image.checksums == nil ? "checksum" : "checksums"
        return Diagnostic(
            at: image.positions[key] ?? image.position,
            "images.\(image.name).\(key): the file's \(checksum.algorithm.rawValue) is \(found ?? "not known")",
            remedy: "download the image again, or correct \(key) if this is the right image")
    }
}

extension Inputs.ResolvedImage {
    /// The image that is made of this one; what it hashes to is known only when it is there.
    fileprivate func customized(_ customization: Customization, keys: [String: [String]]) -> Inputs.ResolvedImage {
        let recipe = ImageRecipe(customization, of: self, sshKeys: customization.sshKeys.lines(from: keys))
        var image = Inputs.ResolvedImage(
            fileName: recipe.fileName, virtualSize: virtualSize, byteCount: byteCount, checksum: nil)
        image.recipe = recipe
        return image
    }
}
