package import Reconciler
package import Spec

/// Reads once what a plan needs from outside, into a value.
package struct InputResolver: Sendable {
    let home: String?
    let cache: DigestCache
    let secrets: SecretReader
    private let environment: [String: String]

    init(environment: [String: String], secrets: SecretReader? = nil) {
        self.environment = environment
        home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        cache = DigestCache(environment: environment)
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
        return LocalFiles(of: instances, home: home, secrets: secrets)
    }

    /// Resolves what the instances need that this run manages.
    ///
    /// Blocks on the disk: large images are hashed.
    package func resolve(_ cluster: Cluster) -> Resolution {
        var resolution = Resolution()
        let instances = cluster.instances.values.filter(\.isManaged).sorted { $0.name < $1.name }
        for name in Set(instances.map(\.image)).sorted() {
            guard let image = cluster.images[name] else { continue }
            resolve(image, into: &resolution)
        }
        let files = localFiles(of: cluster)
        resolution.inputs.keyFiles = files.keys
        // What is missing of secrets is the plan's to say: it goes on without them.
        resolution.diagnostics += files.diagnostics.filter { $0.severity == .error }
        for instance in instances {
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

    private func resolve(_ image: Image, into resolution: inout Resolution) {
        switch image.source {
        case .url(let url):
            resolution.inputs.images[image.name] = Inputs.ResolvedImage(
                fileName: InputResolver.fileName(url: url, checksum: image.checksum), virtualSize: nil, byteCount: nil,
                checksum: image.checksum)
        case .file(let path):
            let position = image.positions["source"] ?? image.position
            do throws(FileError) {
                let file = try LocalImage.read(
                    FileAccess.expanded(path, home: home), needsSHA512: image.checksum?.algorithm == .sha512,
                    cache: cache)
                if let problem = InputResolver.mismatch(image, file) { resolution.diagnostics.append(problem) }
                resolution.inputs.images[image.name] = Inputs.ResolvedImage(
                    fileName: "kvmctl-\(file.sha256).qcow2", virtualSize: file.virtualSize, byteCount: file.byteCount,
                    checksum: Checksum(algorithm: .sha256, digest: file.sha256))
            } catch {
                resolution.diagnostics.append(
                    Diagnostic(at: position, "images.\(image.name).source: \(path) cannot be used: \(error.reason)"))
            }
        }
    }

    /// What an image's file is named on a node: by its SHA-256 where that is known, else by a digest of what is.
    static func fileName(url: String, checksum: Checksum?) -> String {
        guard let checksum else { return "kvmctl-\(StableHash.digest("url:\(WebAddress.identity(url))")).qcow2" }
        switch checksum.algorithm {
        case .sha256: return "kvmctl-\(checksum.digest).qcow2"
        case .sha512: return "kvmctl-\(StableHash.digest(checksum.description)).qcow2"
        }
    }

    private static func mismatch(_ image: Image, _ file: LocalImage) -> Diagnostic? {
        guard let checksum = image.checksum else { return nil }
        let found = checksum.algorithm == .sha256 ? file.sha256 : file.sha512
        guard found != checksum.digest else { return nil }
        return Diagnostic(
            at: image.positions["checksum"] ?? image.position,
            "images.\(image.name).checksum: the file's \(checksum.algorithm.rawValue) is \(found ?? "not known")",
            remedy: "download the image again, or correct the checksum if this is the right image")
    }
}
