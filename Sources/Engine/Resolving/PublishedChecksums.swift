import Fleet
import Foundation
import Glibc
import Hashing
import Processes
import SSH
import Spec
import Subprocess

/// The files of checksums that a spec names, read once.
struct PublishedChecksums: Sendable {
    /// What was found of one file.
    struct Finding: Sendable {
        /// Nil where it could be had nowhere.
        var list: ChecksumList?
        /// Why it could not be read, in words; nil where it could.
        var problem: String?
        /// When an earlier run read what is used in place of it, as in `2026-11-28`.
        var age: String?
    }

    private(set) var findings: [Image.Source: Finding] = [:]

    /// Reads those of a cluster, all at the same time.
    ///
    /// - Parameter programs: a folder whose programs go before all others.
    ///
    /// One that cannot be fetched is taken from what an earlier run fetched, so that a plan does not depend on a server
    /// of somebody else's; the finding says so.
    static func read(
        _ cluster: Cluster, home: String?, cache: String?, programs: String? = nil
    ) async -> PublishedChecksums {
        let used = Set(cluster.instances.values.filter(\.isManaged).map(\.image))
        let sources = Set(cluster.images.values.filter { used.contains($0.name) || $0.isKept }.compactMap(\.checksums))
        var published = PublishedChecksums()
        await withTaskGroup(of: (Image.Source, Finding).self) { group in
            for source in sources {
                group.addTask {
                    switch source {
                    case .file(let path): (source, local(FileAccess.expanded(path, home: home)))
                    case .url(let address): (source, await remote(address, cache: cache, programs))
                    }
                }
            }
            for await (source, finding) in group { published.findings[source] = finding }
        }
        return published
    }

    private static func local(_ path: String) -> Finding {
        do throws(FileError) {
            let bytes = try FileAccess.smallFile(path, limit: ChecksumList.limit)
            return Finding(list: ChecksumList(String(decoding: bytes, as: UTF8.self)))
        } catch {
            return Finding(problem: error.reason)
        }
    }

    private static func remote(_ address: String, cache: String?, _ programs: String?) async -> Finding {
        // Without a login or a signature in its name.
        let copy = cache.map {
            "\($0)/\(hexadecimal(HashFunction.sha256.hash(Array(WebAddress.identity(address).utf8))))"
        }
        do throws(FileError) {
            let bytes = try await fetch(address, programs)
            let list = ChecksumList(String(decoding: bytes, as: UTF8.self))
            // A hotel's page of greeting does not take the place of what is known.
            guard !list.isEmpty else { throw FileError("there is no SHA-256 or SHA-512 in it") }
            if let copy, let cache {
                try? FileManager.default.createDirectory(
                    atPath: cache, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                try? FileAccess.replace(copy, with: bytes)
            }
            return Finding(list: list)
        } catch {
            guard let copy, let bytes = try? FileAccess.smallFile(copy, limit: ChecksumList.limit) else {
                return Finding(problem: error.reason)
            }
            let list = ChecksumList(String(decoding: bytes, as: UTF8.self))
            return Finding(list: list, problem: error.reason, age: day(of: copy))
        }
    }

    private static func fetch(_ address: String, _ programs: String?) async throws(FileError) -> [UInt8] {
        // What is asked for safely is not answered otherwise.
        let redirected = address.lowercased().hasPrefix("https:") ? "=https" : "=http,https"
        let arguments = [
            "-fsSL", "--proto", "=http,https", "--proto-redir", redirected, "--connect-timeout", "10", "--max-time",
            "60", "--retry", "1", "--config", "-",
        ]
        let path = programs.map { "\($0):/usr/bin:/bin" }
        let environment = path.map { Environment.inherit.updating(["PATH": $0]) } ?? .inherit
        do {
            let result = try await LocalProgram.run(
                "curl", arguments, environment: environment, input: WebAddress.curlConfiguration(address),
                outputLimit: ChecksumList.limit,
                errorLimit: 1 << 16)
            if result.succeeded { return result.standardOutput }
            throw FileError(PlainText.line(String(decoding: result.standardError, as: UTF8.self)))
        } catch let error as FileError {
            throw error
        } catch is CancellationError {
            throw FileError("the run was interrupted")
        } catch {
            guard LocalProgram.isInstalled("curl") else { throw FileError("this machine has no curl") }
            throw FileError("it is larger than \(ChecksumList.limit >> 20)MiB, or curl could not be run")
        }
    }

    private static func day(of file: String) -> String? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        return (attributes?[.modificationDate] as? Date)?.formatted(.iso8601.year().month().day())
    }
}

extension InputResolver {
    /// What an image must hash to, as its file of checksums says; nil where it names none, or where that does not say it,
    /// which is reported.
    func published(
        _ image: Image, _ published: PublishedChecksums, into resolution: inout Resolution
    ) -> Checksum? {
        guard let source = image.checksums, let finding = published.findings[source] else { return nil }
        let position = image.positions["checksums"] ?? image.position
        let path = "images.\(image.name).checksums"
        guard let list = finding.list else {
            resolution.diagnostics.append(
                Diagnostic(
                    at: position, "\(path): \(source) cannot be read: \(finding.problem ?? "no reason is known")",
                    remedy: "check the address, or write the checksum itself: checksum: sha256:…"))
            return nil
        }
        if let problem = finding.problem {
            let age = finding.age.map { " of \($0)" } ?? ""
            resolution.diagnostics.append(
                Diagnostic(
                    .warning, at: position,
                    "\(path): \(source) cannot be read: \(problem); the copy\(age) on this machine is used"))
        }
        let name = image.publishedName
        if let checksum = list.checksum(of: name) { return checksum }
        let names = list.names.map { Found.quoted($0) }
        let others =
            names.isEmpty
            ? "it has no SHA-256 or SHA-512 of any file"
            : "it names " + names.prefix(3).joined(separator: ", ")
                + (names.count > 3 ? " and \(names.count - 3) more" : "")
        resolution.diagnostics.append(
            Diagnostic(
                at: position, "\(path): \(source) does not say what \(Found.quoted(name)) hashes to: \(others)",
                remedy: "name the file of checksums that belongs to the image"))
        return nil
    }
}
