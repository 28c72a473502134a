import Blocking
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
        var isNew = false
        if !image.markers.isEmpty {
            // Before it is there: nobody else finds it unmarked, and deletes it.
            let marking = try await connection.commands.run(
                "noting that \(image.path) is kept", ImageScripts.retain(image.markers))
            isNew = marking.output.hasPrefix("made")
        }
        let result = try await bring(image, report)
        return isNew ? .done : result
    }

    /// Takes away what says that this run's spec keeps an image.
    func release(_ path: String, _ markers: [String]) async throws -> StepResult {
        let prefix = ImageKeeper.prefix(of: path)
        guard path.isBaseImagePath,
            markers.allSatisfy({ $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") })
        else { throw StepProblem("\(path) does not have the name of a kvmctl base image") }
        let result = try await connection.commands.run(
            "noting that \(path) is not kept any longer", ImageScripts.unmark(markers))
        return result.output.hasPrefix("absent") ? .unchanged : .done
    }

    func bring(
        _ image: ImageFetch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        // A file that is to be sent needs a session of its own, which is opened while the node is asked.
        async let session: Void = openBulk(for: image)
        let look = try await connection.commands.run(
            "checking \(image.path)",
            ImageScripts.look(path: image.path, begun: image.source.isFile ? "hashed" : "ignored"),
            timeout: Self.patience)
        await session
        if look.output.hasPrefix("present") { return .unchanged }
        if let giver = image.giver { return try await copy(from: giver, as: image, report) }
        if let recipe = image.recipe { return try await customize(image, by: recipe, report) }
        switch image.source {
        case .file(let file): return try await send(file, as: image, behind: Beginning(look.output), report)
        case .url(let url):
            let result = try await download(url, image, report)
            switch result.ending {
            case .exited(0): return result.output.hasPrefix("present") ? .unchanged : .done
            case .exited(67), .exited(68), .exited(69):
                let file = try await context.downloads.file(of: url) { done in
                    report(.bytes(done: done, total: image.byteCount))
                }
                guard result.ending == .exited(67) else { return try await send(file, as: image, behind: nil, report) }
                return try await convert(file, as: image, because: result, report)
            default: throw CommandFailure("fetching \(image.source) on the node", result)
            }
        }
    }

    private func openBulk(for image: ImageFetch) async {
        // Whoever needs it tries again, and says why it cannot be.
        if image.source.isFile || image.giver != nil { _ = try? await connection.bulk() }
    }

    /// What a sending left on the node that was cut off.
    private struct Beginning {
        let count: UInt64
        let sha256: String

        /// Nil where the node has none.
        init?(_ answer: String) {
            let words = answer.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, words[0] == "part", let count = UInt64(words[1]) else { return nil }
            self.count = count
            sha256 = String(words[2])
        }
    }

    private func send(
        _ file: String, as image: ImageFetch, behind beginning: Beginning?,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        var seal = DigestSeal(image.checksum)
        if let beginning {
            let whole = seal
            let fits = await SerialThread.run("kvmctl.image") {
                whole.skip(beginning.count, of: file, if: beginning.sha256)
            }
            if !fits { seal = DigestSeal(image.checksum) }
        }
        let result = try await transmit(file, as: image, sealedBy: seal, report)
        if result.output.hasPrefix("present") { return .unchanged }
        if let fault = seal.fault {
            // Nobody goes on with what is not the promised image.
            _ = try? await connection.commands.run(
                "discarding \(image.path).part", ImageScripts.discard(path: image.path))
            throw Self.mismatch(fault, image)
        }
        switch result.ending {
        case .exited(66) where seal.thereBefore > 0:
            return try await send(file, as: image, behind: nil, report)
        case .exited(67): return try await convert(file, as: image, because: result, report)
        default:
            guard result.succeeded else { throw CommandFailure("sending \(file)", result) }
            return .done
        }
    }

    /// Sends what this machine makes of an image that the node has no program to convert.
    private func convert(
        _ file: String, as image: ImageFetch, because lack: CommandResult,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let made = try await context.downloads.converted(file, image, because: PlainText.line(lack.errorOutput))
        var image = image
        image.byteCount = nil
        image.isResumable = false
        let result = try await transmit(made, as: image, sealedBy: DigestSeal(nil), madeOf: image.checksum, report)
        if result.output.hasPrefix("present") { return .unchanged }
        guard result.succeeded else { throw CommandFailure("sending what \(file) was converted to", result) }
        return .done
    }

    func transmit(
        _ file: String, as image: ImageFetch, sealedBy seal: DigestSeal, madeOf original: Checksum? = nil,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> CommandResult {
        let total = image.byteCount ?? LocalFile.size(file)
        let throttle = Throttle()
        let shell = try await connection.bulkShell()
        let words = connection.commands.words(
            ImageScripts.receive(
                path: image.path, bytes: image.bytes, seal: seal.text, firmware: image.firmware?.rawValue ?? "any",
                known: knownFolder, from: "\(seal.thereBefore)",
                cut: image.isResumable && image.source.isFile ? "kept" : "removed",
                origin: original.map { "\($0.algorithm.rawValue) \($0.digest)" } ?? "-",
                mode: image.recipe == nil ? "0644" : "0600"))
        let before = seal.thereBefore
        return try await connection.log.record("sending \(file)", on: node) {
            try await shell.upload(file: file, to: words, sealedBy: seal) { done in
                let done = before + done
                throttle.pass(isLast: done == total) { report(.bytes(done: done, total: total)) }
                if done == total { report(.waiting("the node checks it")) }
            }
        }
    }

    /// Where the node keeps what it knows of images.
    var knownFolder: String { "\(connection.settings.stateFolder)/.images" }

    /// What to say of an image whose digest is not the promised one.
    static func mismatch(_ fault: String, _ image: ImageFetch) -> StepProblem {
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
            firmware: image.firmware?.rawValue ?? "any", known: knownFolder)
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

    /// Deletes what is left of a sending that did not come to its end, unless somebody writes it.
    func discard(_ path: String) async throws -> StepResult {
        guard path.isBaseImagePath else {
            throw StepProblem("\(path) does not have the name of a kvmctl base image")
        }
        let result = try await connection.commands.run(
            "deleting \(path).part", ImageScripts.discard(path: path))
        if result.output.hasPrefix("busy") { return .skipped("somebody is sending it at this moment") }
        return result.output.hasPrefix("absent") ? .unchanged : .done
    }

    /// Deletes a base image that nobody refers to at this moment, under a lock of the node's own.
    ///
    /// The lock keeps two clusters' deletions apart. A definition made in between names the image in its mark, which the
    /// look under the lock finds.
    func deleteImage(_ path: String, with markers: [String]) async throws -> StepResult {
        guard path.isBaseImagePath else {
            throw StepProblem("\(path) does not have the name of a kvmctl base image")
        }
        let lock = NodeLock(connection, folder: knownFolder)
        let deadline = ContinuousClock.now.advanced(by: .seconds(30))
        while case .held(let holder) = try await lock.take(for: LockOwner(who: "kvmctl \(cluster.name)", since: "now"))
        {
            guard ContinuousClock.now < deadline else { return .skipped("\(holder) is deleting images on the node") }
            try await Task.sleep(for: .milliseconds(500))
        }
        do {
            let result = try await removeUnused(path, with: markers)
            await lock.release()
            return result
        } catch {
            await lock.release()
            throw error
        }
    }

    private func removeUnused(_ path: String, with markers: [String]) async throws -> StepResult {
        if let reason = try await volumes.reason(againstImage: path) { return .skipped(reason) }
        let result = try await connection.commands.run(
            "looking who keeps \(path)", ImageScripts.release(prefix: ImageKeeper.prefix(of: path), markers))
        let other = PlainText.line(result.output)
        guard other.isEmpty else { return .skipped("the spec of another cluster keeps it: \(other)") }
        let removed = try await volumes.remove(path)
        try await connection.commands.run(
            "forgetting \(path)", ImageScripts.forget(folder: knownFolder, path: path))
        return removed
    }
}

/// What the scripts are told of an image; `-` is what nobody knows.
extension ImageFetch {
    fileprivate var algorithm: String { checksum?.algorithm.rawValue ?? "-" }
    fileprivate var digest: String { checksum?.digest ?? "-" }
    fileprivate var bytes: String { byteCount.map { "\($0)" } ?? "-" }
}

extension Image.Source {
    fileprivate var isFile: Bool { if case .file = self { true } else { false } }
}
