import Processes
import Reconciler
import SSH
import Spec

/// Images fetched to this machine, or converted here, because a node could not; each once per run, gone at its end.
actor Downloads {
    private var files: [String: AsyncOnce<Download>] = [:]
    /// What was verified under one checksum was not under another.
    private struct Conversion: Hashable {
        var file: String
        var checksum: Checksum?
    }

    private var conversions: [Conversion: AsyncOnce<Download>] = [:]
    private var copies: [ImageFetch.Giver: AsyncOnce<Copy>] = [:]

    /// An image of a node, and what it hashes to there.
    struct Copy: Sendable {
        fileprivate let download: Download
        let checksum: Checksum
        var path: String { download.path }
    }

    /// A file and the folder that goes with it.
    fileprivate final class Download: Sendable {
        private let folder: PrivateFolder
        let path: String

        init() throws {
            folder = try PrivateFolder(for: "image")
            path = folder.path(of: "image")
        }

        /// A folder for what a conversion remembers.
        var known: String { folder.path(of: "known") }
    }

    /// The file that holds what is at the URL, fetched with `curl`.
    ///
    /// `progress` gets the bytes that have arrived, about once a second, for the first who asks.
    func file(of url: String, progress: @escaping @Sendable (UInt64) -> Void) async throws -> String {
        let once = files[url] ?? AsyncOnce()
        files[url] = once
        return try await once.value {
            let download = try Download()
            try await Downloads.fetch(url, to: download.path, progress)
            return download
        }.path
    }

    /// The image that a node has, copied once for all who need it.
    ///
    /// `progress` gets the bytes that have arrived, for the first who asks.
    func copy(
        of giver: ImageFetch.Giver, from node: ImageDriver, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> Copy {
        let once = copies[giver] ?? AsyncOnce()
        copies[giver] = once
        return try await once.value {
            guard let checksum = try await node.digest(of: giver.path) else {
                throw StepProblem(
                    "\(giver.path) on \(giver.node) cannot be read", remedy: "Run the command again, if it is gone.")
            }
            let download = try Download()
            try await node.read(giver.path, into: download.path, progress)
            return Copy(download: download, checksum: checksum)
        }
    }

    /// The qcow2 image that this machine makes of a local file, as a node makes it.
    ///
    /// - Parameter lack: what the node lacks, in words.
    func converted(_ file: String, _ image: ImageFetch, because lack: String) async throws -> String {
        let conversion = Conversion(file: file, checksum: image.checksum)
        let once = conversions[conversion] ?? AsyncOnce()
        conversions[conversion] = once
        return try await once.value {
            let download = try Download()
            let seal = DigestSeal(image.checksum)
            let script = ImageScripts.receive(
                path: download.path, bytes: "-", seal: seal.text, firmware: image.firmware?.rawValue ?? "any",
                known: download.known, from: "0", cut: "removed", origin: "-", mode: "0600")
            let result = try await LocalShell().upload(file: file, to: script.words(), sealedBy: seal) { _ in }
            if let fault = seal.fault { throw ImageDriver.mismatch(fault, image) }
            guard result.ending != .exited(67) else {
                throw StepProblem(
                    "neither the node nor this machine can convert \(image.source): there, \(lack); here, "
                        + PlainText.line(result.errorOutput),
                    remedy: "Install it on the node: qemu-img is in qemu-utils, xz in xz-utils, zstd in zstd.")
            }
            guard result.succeeded else { throw CommandFailure("converting \(image.source)", result) }
            return download
        }.path
    }

    private static func fetch(
        _ url: String, to path: String, _ progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let arguments = [
            "-fsSL", "--connect-timeout", "15", "--speed-limit", "1024", "--speed-time", "60", "--retry", "2", "-o",
            path, "--config", "-",
        ]
        let shown = WebAddress.shown(url)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    if let size = LocalFile.size(path) { progress(size) }
                }
            }
            defer { group.cancelAll() }
            let result = try await LocalProgram.run(
                "curl", arguments, input: WebAddress.curlConfiguration(url), outputLimit: 1 << 16,
                errorLimit: 1 << 16)
            guard result.succeeded else {
                let words = PlainText.line(String(decoding: result.standardError, as: UTF8.self))
                throw StepProblem(
                    "neither the node nor this machine can fetch \(shown): \(words)",
                    remedy: "Check the URL, or download the image by hand and name the file as its source.")
            }
        }
    }
}
