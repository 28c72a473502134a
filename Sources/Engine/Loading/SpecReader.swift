import Roles
package import Spec
import YAML

/// Reads the files of a run from disk and standard input.
///
/// A reference, because `uses:` asks for more files while the spec is being loaded; it never leaves the call.
package final class SpecReader {
    private var sources: [String: [String]] = [:]
    private var problems: [Diagnostic] = []
    private var hasReadInput = false
    private let home: String?

    private init(home: String?) {
        self.home = home
    }

    /// Reads and loads a spec.
    ///
    /// Blocks on the disk, and on standard input where a file is `-`.
    ///
    /// What cannot be read is among the complaints, with all the others.
    ///
    /// - Parameter more: a file that is not on disk yet.
    package static func load(_ request: SpecRequest, home: String?, adding more: SpecSource? = nil) -> LoadedSpec {
        let reader = SpecReader(home: home)
        var sources = request.files.flatMap { reader.sources(at: $0, isRecursive: request.isRecursive) }
        if let more {
            sources.append(more)
            reader.sources[more.file] = SpecReader.lines(more.bytes)
        }
        let variableFiles = request.variableFiles.compactMap { reader.source($0) }
        let result = SpecLoader.load(
            sources: sources, roles: Roles.languages, variables: request.variables, variableFiles: variableFiles,
            uses: { reader.used($0) }, packages: { reader.packages(in: $0) }, userData: { reader.userData($0) },
            provision: { reader.provision($0) })
        // With a file missing, what the others say of it would only be noise.
        guard reader.problems.isEmpty else {
            return LoadedSpec(cluster: nil, diagnostics: Diagnostic.inOrder(reader.problems), sources: reader.sources)
        }
        return LoadedSpec(
            cluster: result.cluster, diagnostics: result.diagnostics, sources: reader.sources, roles: result.roles)
    }

    /// The file, the folder's spec files, or standard input.
    private func sources(at path: String, isRecursive: Bool) -> [SpecSource] {
        guard path != "-", FileAccess.isFolder(expanded(path)) else { return source(path).map { [$0] } ?? [] }
        do throws(FileError) {
            let names = try FileAccess.specFiles(in: expanded(path), isRecursive: isRecursive)
            if names.isEmpty {
                complain(
                    path, "there is no *.yaml or *.yml in this folder",
                    remedy: isRecursive ? nil : "use -R to look into its subfolders")
            }
            let folder = path.hasSuffix("/") ? path : path + "/"
            return names.compactMap { source(folder + $0) }
        } catch {
            complain(path, error.description, remedy: nil)
            return []
        }
    }

    /// One file; complains where it cannot be read.
    private func source(_ path: String) -> SpecSource? {
        do throws(FileError) {
            return try read(path)
        } catch {
            complain(path, error.description, remedy: nil)
            return nil
        }
    }

    private func read(_ path: String, isPlainFile: Bool = false) throws(FileError) -> SpecSource {
        // One byte more than is allowed, so that the parser sees that it is too much.
        let limit = Limits().fileSize + 1
        let bytes: [UInt8]
        if path == "-" {
            guard !hasReadInput else { throw FileError("standard input can be read only once") }
            hasReadInput = true
            bytes = try FileAccess.standardInput(limit: limit)
        } else {
            // A person may give a pipe to -f; what a file names may wait for ever.
            bytes =
                isPlainFile
                ? try FileAccess.smallFile(expanded(path), limit: limit)
                : try FileAccess.contents(of: expanded(path), limit: limit)
        }
        sources[path] = SpecReader.lines(bytes)
        return SpecSource(file: path, bytes: bytes)
    }

    /// Answers for a file that `cloudInit: {file: …}` names.
    private func userData(_ path: String) -> UserDataSource {
        do throws(FileError) {
            let bytes = try FileAccess.smallFile(expanded(path), limit: Limits().fileSize)
            sources[path] = SpecReader.lines(bytes)
            return .found(SpecSource(file: path, bytes: bytes))
        } catch {
            return .failed(error.reason)
        }
    }

    /// Answers for what `provision:` names.
    private func provision(_ part: ProvisionPart) -> ProvisionSource {
        switch part {
        case .file(let path):
            do throws(FileError) {
                let bytes = try FileAccess.smallFile(expanded(path), limit: PackageSource.largest)
                sources[path] = SpecReader.lines(bytes)
                return .file(bytes)
            } catch {
                return .failed(error.reason)
            }
        case .playbook(let path):
            do throws(PlaybookProblem) {
                return .playbook(try PlaybookFolder.playbook(at: expanded(path)))
            } catch {
                return .failed(error.reason)
            }
        }
    }

    /// Answers for the packages beside the specs of a folder.
    private func packages(in folder: String) -> [PackageSource] {
        do throws(FileError) {
            let found = try PackageFolders.packages(beside: folder, expanded: expanded(folder))
            for package in found {
                for (name, bytes) in package.files {
                    sources["\(package.folder)/\(name)"] = SpecReader.lines(bytes)
                }
            }
            return found
        } catch {
            complain(folder == "." ? "roles" : "\(folder)/roles", error.description, remedy: nil)
            return []
        }
    }

    /// Answers for a path that `uses:` names.
    private func used(_ path: String) -> UsedSources {
        do throws(FileError) {
            guard FileAccess.isFolder(expanded(path)) else { return .found([try read(path, isPlainFile: true)]) }
            let folder = path.hasSuffix("/") ? path : path + "/"
            var sources: [SpecSource] = []
            for name in try FileAccess.specFiles(in: expanded(path), isRecursive: false) {
                sources.append(try read(folder + name, isPlainFile: true))
            }
            return .found(sources)
        } catch {
            return .failed(error.reason)
        }
    }

    private func expanded(_ path: String) -> String { FileAccess.expanded(path, home: home) }

    private func complain(_ path: String, _ message: String, remedy: String?) {
        problems.append(Diagnostic(at: Position(wholeFile: path), message, remedy: remedy))
    }

    /// The lines as the parser counts them.
    static func lines(_ bytes: [UInt8]) -> [String] {
        let text = String(
            decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    }
}
