import Reconciler
import SSH
import Spec

/// Writes the seeds of instances.
struct SeedDriver: SubjectDriver {
    let context: NodeContext

    /// Puts an instance's seed on the node; only a later one takes the place of the one that is there.
    ///
    /// A machine that runs keeps the file that it was started with until it is stopped.
    func write(_ seed: SeedDefinition) async throws -> StepResult {
        var hash: String?
        if let secret = seed.rootPassword {
            hash = try await connection.rootPasswordHash(from: secret)
        }
        let key = seed.guest.needsChannel ? try await context.guestKey(of: seed.owner, seed: seed.path) : nil
        let image = try SeedImage.make(try SeedFiles(seed, rootPasswordHash: hash, key: key))
        let size = "\(image.count)"
        let script =
            seed.revision == nil
            ? FileScripts.writeOnce(path: seed.path, size: size) : FileScripts.replace(path: seed.path, size: size)
        let result = try await connection.commands.run(
            "writing \(seed.path)", script, input: image)
        return result.output.hasPrefix("present") ? .unchanged : .done
    }
}

extension NodeConnection {
    /// Reads root's password and hashes it.
    ///
    /// - Throws: `SeedError` where it is none that guests accept.
    func rootPasswordHash(from secret: Secret) async throws -> String {
        do {
            return try PasswordHash.make(of: try await settings.secret(secret))
        } catch let error as SeedError { throw error } catch {
            throw StepProblem(
                "the root password cannot be read from \(secret): \(PlainText.line(String(describing: error)))")
        }
    }
}
