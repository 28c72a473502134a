package import Spec

/// The files of this machine that instances name, looked at before anything is done with them.
///
/// Blocks on the disk. What is no small file is not read, and nothing that a file holds is in a message.
package struct LocalFiles: Sendable {
    /// The public keys in each file of `sshKeys`.
    private(set) var keys: [String: [String]] = [:]
    /// What is wrong with them: an error where a file is not what it should be, a warning where a secret is missing,
    /// since a plan can be made without it.
    package private(set) var diagnostics: [Diagnostic] = []
    private let home: String?
    private let secrets: SecretReader

    init(of instances: [Instance], _ images: [Image] = [], home: String?, secrets: SecretReader) {
        self.home = home
        self.secrets = secrets
        for image in images {
            let place = image.positions["customize"] ?? image.position
            let path = "images.\(image.name).customize"
            readKeys(image.customization?.sshKeys ?? [], "\(path).sshKeys", at: place)
            check(image.customization?.rootPassword, "\(path).rootPassword", .anything, at: place)
        }
        for instance in instances {
            let place = instance.positions["access.sshKeys"] ?? instance.position
            readKeys(instance.access.sshKeys, "access.sshKeys", at: place)
            check(instance.access.rootPassword, "access.rootPassword", .anything, of: instance)
            for (name, role) in instance.roles.sorted(by: { $0.key < $1.key }) {
                let path = role.path(named: name)
                for secret in role.secrets {
                    check(secret.secret, "\(path).\(secret.path)", secret.content, of: instance)
                }
            }
        }
        diagnostics = Diagnostic.inOrder(diagnostics)
    }

    /// The keys in a file of `sshKeys`.
    static func keys(in path: String) throws(FileError) -> [String] {
        let bytes = try FileAccess.smallFile(path)
        guard !bytes.starts(with: [0xFF, 0xFE]) else { throw FileError("it is UTF-16; save it as UTF-8") }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        do throws(PublicKeyFile.Problem) {
            return try PublicKeyFile.keys(in: String(decoding: bytes[start...], as: UTF8.self), of: path)
        } catch {
            throw FileError(error.reason)
        }
    }

    private mutating func readKeys(_ all: [Access.Key], _ name: String, at place: Position) {
        for case .file(let path) in all where keys[path] == nil {
            do throws(FileError) {
                keys[path] = try LocalFiles.keys(in: FileAccess.expanded(path, home: home))
            } catch {
                diagnostics.append(Diagnostic(at: place, "\(name): \(path) cannot be used: \(error.reason)"))
            }
        }
    }

    private mutating func check(_ secret: Secret?, _ path: String, _ content: SecretContent, of instance: Instance) {
        check(secret, path, content, at: instance.positions[path] ?? instance.position)
    }

    private mutating func check(_ secret: Secret?, _ path: String, _ content: SecretContent, at place: Position) {
        guard let secret else { return }
        if let problem = secrets.problem(with: secret) {
            // An environment variable is set where the spec is applied, and often only there.
            guard case .file = secret else { return }
            diagnostics.append(Diagnostic(.warning, at: place, "\(path): \(problem)"))
        } else if let text = secrets.text(of: secret), let problem = content.problem(with: text) {
            diagnostics.append(Diagnostic(at: place, "\(path): \(secret) \(problem.reason)", remedy: problem.remedy))
        }
    }
}
