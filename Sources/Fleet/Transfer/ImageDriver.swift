import Reconciler
import SSH
import Spec

/// Base images: fetched once, verified, never written again, and removed only when nobody refers to them.
struct ImageDriver: SubjectDriver {
    let context: NodeContext

    /// Has the image on the node, from a file here, or by URL: fetched there, or here where the node cannot.
    func fetch(
        _ image: ImageFetch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        // A file that is to be sent needs a session of its own, which is opened while the node is asked.
        async let session: Void = openBulk(for: image.source)
        let look = try await connection.commands.run("checking \(image.path)", ImageScripts.look(path: image.path))
        await session
        if look.output.hasPrefix("present") { return .unchanged }
        switch image.source {
        case .file(let file): return try await send(file, as: image, report)
        case .url(let url):
            let result = try await download(url, image, report)
            switch result.ending {
            case .exited(0): return result.output.hasPrefix("present") ? .unchanged : .done
            case .exited(68), .exited(69):
                let file = try await context.downloads.file(of: url) { done in
                    report(.bytes(done: done, total: image.byteCount))
                }
                return try await send(file, as: image, report)
            default: throw CommandFailure("fetching \(image.source) on the node", result)
            }
        }
    }

    private func openBulk(for source: Image.Source) async {
        // Whoever needs it tries again, and says why it cannot be.
        if case .file = source { _ = try? await connection.bulk() }
    }

    private func send(
        _ file: String, as image: ImageFetch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let total = image.byteCount ?? LocalFile.size(file)
        let throttle = Throttle()
        let shell = try await connection.bulkShell()
        let seal = DigestSeal(image.checksum)
        let words = connection.commands.words(
            ImageScripts.receive(
                path: image.path, bytes: image.bytes, seal: seal.text, firmware: image.firmware?.rawValue ?? "any"))
        let result = try await connection.log.record("sending \(file)", on: node) {
            try await shell.upload(file: file, to: words, sealedBy: seal) { done in
                throttle.pass(isLast: done == total) { report(.bytes(done: done, total: total)) }
            }
        }
        if result.output.hasPrefix("present") { return .unchanged }
        if let fault = seal.fault { throw Self.mismatch(fault, image) }
        guard result.succeeded else { throw CommandFailure("sending \(file)", result) }
        return .done
    }

    /// What to say of an image whose digest is not the promised one.
    private static func mismatch(_ fault: String, _ image: ImageFetch) -> StepProblem {
        switch image.source {
        case .file(let file):
            StepProblem(
                "sending \(file): \(fault)", remedy: "The file has changed since the plan was made: run kvmctl again.")
        case .url:
            StepProblem(
                "fetching \(image.source): \(fault)",
                remedy: "The address serves another file than the checksum promises: find out which of them is right.")
        }
    }

    /// Has the node fetch it, asking it every second how far it is.
    private func download(
        _ url: String, _ image: ImageFetch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> CommandResult {
        let commands = connection.commands
        let script = ImageScripts.download(
            path: image.path, algorithm: image.algorithm, digest: image.digest, bytes: image.bytes,
            firmware: image.firmware?.rawValue ?? "any")
        // On standard input: a list of processes would show what an address has of logins and signatures.
        let input = Array((url + "\n").utf8)
        return try await withThrowingTaskGroup(of: CommandResult?.self) { group in
            group.addTask {
                try await commands.attempt(
                    "fetching \(image.source) there", script, input: input, timeout: nil)
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    let size = try await commands.shell.run(
                        commands.words(ImageScripts.progress(path: image.path)), input: [], timeout: .seconds(20))
                    let digits = size.output.prefix { $0.isNumber }
                    if let done = UInt64(digits) { report(.bytes(done: done, total: image.byteCount)) }
                }
            }
            defer { group.cancelAll() }
            // Only the fetch ends by itself, and the asking only by an error.
            guard let first = try await group.next(), let result = first else { throw CancellationError() }
            return result
        }
    }

    /// Deletes a base image that nobody refers to at this moment, under a lock of the node's own.
    ///
    /// The lock keeps two clusters' deletions apart. A definition made in between names the image in its mark, which the
    /// look under the lock finds.
    func deleteImage(_ path: String) async throws -> StepResult {
        guard ImageName(FilePlace(path).name) != nil else {
            throw StepProblem("\(path) does not have the name of a kvmctl base image")
        }
        let lock = NodeLock(connection, folder: "\(connection.settings.stateFolder)/.images")
        let deadline = ContinuousClock.now.advanced(by: .seconds(30))
        while case .held(let holder) = try await lock.take(for: LockOwner(who: "kvmctl \(cluster.name)", since: "now"))
        {
            guard ContinuousClock.now < deadline else { return .skipped("\(holder) is deleting images on the node") }
            try await Task.sleep(for: .milliseconds(500))
        }
        do {
            let result = try await removeUnused(path)
            await lock.release()
            return result
        } catch {
            await lock.release()
            throw error
        }
    }

    private func removeUnused(_ path: String) async throws -> StepResult {
        if let reason = try await volumes.reason(againstImage: path) { return .skipped(reason) }
        return try await volumes.remove(path)
    }
}

/// What the scripts are told of an image; `-` is what nobody knows.
extension ImageFetch {
    fileprivate var algorithm: String { checksum?.algorithm.rawValue ?? "-" }
    fileprivate var digest: String { checksum?.digest ?? "-" }
    fileprivate var bytes: String { byteCount.map { "\($0)" } ?? "-" }
}

/// The file name of a base image: `kvmctl-`, 64 hexadecimal digits, `.qcow2`.
struct ImageName {
    init?(_ name: String) {
        guard name.hasPrefix("kvmctl-"), name.hasSuffix(".qcow2") else { return nil }
        let digits = name.dropFirst("kvmctl-".count).dropLast(".qcow2".count)
        guard digits.utf8.count == 64, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    }
}
