import Processes
import Spec
import Subprocess

/// Reads secrets from where the spec says they are; what it reads goes to the node and nowhere else.
struct SecretReader: Sendable {
    let environment: [String: String]
    /// Whether any may be read at all.
    let isAllowed: Bool

    init(environment: [String: String], isAllowed: Bool = true) {
        self.environment = environment
        self.isAllowed = isAllowed
    }

    /// Why a secret cannot be read, as far as that can be seen without running anything; nil where it can.
    func problem(with secret: Secret) -> String? {
        guard isAllowed else { return "secrets are not read with --no-secrets" }
        switch secret {
        case .environment(let name):
            guard let value = environment[name] else { return "\(name) is not set" }
            return value.isEmpty ? "\(name) is empty" : nil
        case .file(let path):
            do throws(FileError) {
                return try fileText(path).isEmpty ? "\(path) is empty" : nil
            } catch {
                return "\(path) \(error)"
            }
        case .command:
            return nil
        }
    }

    /// The secret, where it can be read without running anything; nil elsewhere.
    func text(of secret: Secret) -> String? {
        switch secret {
        case .environment(let name): environment[name]
        case .file(let path): try? fileText(path)
        case .command: nil
        }
    }

    /// The secret, without the line break at its end.
    ///
    /// Blocks on the disk; a command is waited for and gets no input.
    func value(of secret: Secret) async throws(SecretError) -> String {
        if let problem = problem(with: secret) { throw SecretError(secret: secret, reason: problem) }
        switch secret {
        case .environment(let name):
            return environment[name] ?? ""
        case .file(let path):
            do throws(FileError) {
                return try fileText(path)
            } catch {
                throw SecretError(secret: secret, reason: "\(path) \(error)")
            }
        case .command(let words):
            return try await output(of: words, for: secret)
        }
    }

    private func fileText(_ path: String) throws(FileError) -> String {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let bytes = try FileAccess.smallFile(FileAccess.expanded(path, home: home), limit: SecretReader.limit)
        return SecretReader.trimmed(bytes)
    }

    private func output(of words: [String], for secret: Secret) async throws(SecretError) -> String {
        guard let program = words.first else { throw SecretError(secret: secret, reason: "there is no command") }
        do {
            // `env` finds a program by its name or its path alike.
            let result = try await LocalProgram.ask("env", ["--"] + words, outputLimit: SecretReader.limit)
            guard result.succeeded else {
                throw SecretError(secret: secret, reason: "\(program) exited with \(result.status)")
            }
            let text = SecretReader.trimmed(result.standardOutput)
            guard !text.isEmpty else { throw SecretError(secret: secret, reason: "\(program) printed nothing") }
            return text
        } catch let error as SecretError {
            throw error
        } catch {
            throw SecretError(secret: secret, reason: "\(program) could not be run: \(error)")
        }
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        var text = String(decoding: bytes, as: UTF8.self)
        if text.last?.isNewline == true { text.removeLast() }
        return text
    }

    private static let limit = 64 << 10
}

/// Why a secret could not be read; never holds any of it.
struct SecretError: Error, Sendable, Hashable, CustomStringConvertible {
    let secret: Secret
    let reason: String

    var description: String { "cannot read the secret \(secret): \(reason)" }
}
