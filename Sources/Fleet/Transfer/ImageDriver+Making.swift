import Foundation
import Libvirt
import Reconciler
import SSH
import Spec

/// Base images of which the names do not say what they hold: made on one node, and copied to the others.
extension ImageDriver {
    /// Makes an image of another one, which is fetched first and goes afterwards unless something else needs it.
    func customize(
        _ image: ImageFetch, by recipe: ImageRecipe, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        var base = ImageFetch(
            image: image.image, source: image.source, checksum: recipe.checksum, byteCount: image.byteCount,
            path: "\(FilePlace(image.path).folder)/\(recipe.base)")
        base.firmware = image.firmware
        base.giver = recipe.baseGiver
        // Before gigabytes are sent in vain.
        let tool = try await connection.commands.run("looking for virt-customize", ImageScripts.canCustomize())
        guard !tool.output.hasPrefix("missing") else { throw missingTool(image) }
        let input = try await text(of: recipe)
        _ = try await bring(base, report)
        report(.waiting("virt-customize changes it"))
        let needsNetwork = !recipe.packages.isEmpty || !recipe.run.isEmpty
        let result = try await connection.commands.attempt(
            "customizing the image \(image.image)",
            ImageScripts.customize(
                path: image.path, base: base.path, network: needsNetwork ? "yes" : "no", known: knownFolder),
            input: Array(input.utf8), timeout: nil)
        if !recipe.keepsBase { _ = try? await deleteImage(base.path, with: []) }
        if case .exited(67) = result.ending { throw missingTool(image) }
        guard result.succeeded else { throw CommandFailure("customizing the image \(image.image)", result) }
        return result.output.hasPrefix("present") ? .unchanged : .done
    }

    private func missingTool(_ image: ImageFetch) -> StepProblem {
        StepProblem(
            "the image \(image.image) cannot be customized: virt-customize is not installed",
            remedy: "Install it on \(node) (guestfs-tools on Debian, Ubuntu and Fedora), and run the command again.")
    }

    /// What the script reads: passwords as hashes, and what has lines of its own as base64.
    private func text(of recipe: ImageRecipe) async throws -> String {
        func packed(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        var lines = recipe.sshKeys.map { "key \(packed($0 + "\n"))" }
        if let name = recipe.hostname { lines.append("hostname \(name.text)") }
        lines += recipe.packages.map { "package \($0)" }
        if let secret = recipe.rootPassword {
            lines.append("password \(try await connection.rootPasswordHash(from: secret))")
        }
        // Last, so that a line finds everything else done.
        lines += recipe.run.map { "run \(packed("set -e\n\($0)\n"))" }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Copies an image that another node has, through this machine.
    func copy(
        from giver: ImageFetch.Giver, as image: ImageFetch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        guard let peer = giver.node == node ? context : peers[giver.node] else {
            throw StepProblem(
                "\(giver.node) does not answer, and only its \(giver.path) is the same image",
                remedy: "Run the command again when it does.")
        }
        let copy = try await context.downloads.copy(of: giver, from: peer.images) { done in
            report(.bytes(done: done, total: nil))
        }
        var image = image
        (image.checksum, image.byteCount, image.isResumable) = (copy.checksum, LocalFile.size(copy.path), false)
        let seal = DigestSeal(copy.checksum)
        let result = try await transmit(copy.path, as: image, sealedBy: seal, report)
        if result.output.hasPrefix("present") { return .unchanged }
        guard seal.fault == nil else {
            throw StepProblem(
                "the copy of \(giver.path) is not the file that \(giver.node) has", remedy: "Run the command again.")
        }
        guard result.succeeded else { throw CommandFailure("copying \(giver.path) from \(giver.node)", result) }
        return .done
    }

    /// Writes a base image of this node into a new file of this machine.
    func read(
        _ path: String, into file: String, _ progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let pool = try await pools.pool(of: path)
        // libvirt does not know of files that came since; while it writes into the pool itself, it refuses to look.
        _ = try? await connection.changes.call("refreshing pool \(pool)") { try $0.refreshPool(pool) }
        let channel = try await connection.ownChannel()
        do {
            let descriptor = try LocalFile.create(file)
            let throttle = Throttle()
            try await channel.call("reading \(path)") { libvirt in
                defer { close(descriptor) }
                _ = try libvirt.download(.path(path), to: descriptor) { done in
                    throttle.pass(isLast: false) { progress(done) }
                }
            }
        } catch {
            await channel.connection.close()
            throw error
        }
        await channel.connection.close()
    }
}
