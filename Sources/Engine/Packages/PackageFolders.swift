import Foundation
import Glibc
import Spec

/// Reads the role packages that are beside specs: each is a folder below `roles/` with a role.yaml.
enum PackageFolders {
    /// How deep files may be in a package.
    private static let deepest = 4

    /// The packages beside the specs of a folder; none where it has no `roles`.
    ///
    /// Blocks on the disk. Links are not followed: a package is what its folder holds. Of one that is too large, only
    /// so much is read that its size can be complained about.
    ///
    /// - Parameters:
    ///   - folder: the folder as people named it, for messages.
    ///   - path: the same as the system knows it.
    /// - Throws: where it cannot be told whether it has one, or which packages are in it.
    static func packages(beside folder: String, expanded path: String) throws(FileError) -> [PackageSource] {
        let roles = "\(path)/roles"
        guard try FileAccess.hasFolder(roles) else { return [] }
        let shown = shown(folder)
        var packages: [PackageSource] = []
        for name in try names(in: roles) {
            let place = "\(roles)/\(name)"
            guard !FileAccess.isLink(place) else { continue }
            do throws(FileError) {
                guard try FileAccess.hasFolder(place) else { continue }
            } catch {
                packages.append(PackageSource(folder: "\(shown)/\(name)", files: [:], problem: error.reason))
                continue
            }
            guard FileAccess.mayBePackage(place) else { continue }
            packages.append(package(place, named: "\(shown)/\(name)"))
        }
        return packages
    }

    /// The folder that packages beside the specs of a folder are in, as people name it.
    static func shown(_ folder: String) -> String {
        folder == "." ? "roles" : folder == "/" ? "/roles" : "\(folder)/roles"
    }

    /// A package; what cannot be read of it is told where a role uses it.
    private static func package(_ place: String, named folder: String) -> PackageSource {
        var files: [String: [UInt8]] = [:]
        var problem: String?
        do throws(FileError) {
            try read(place, below: "", depth: 1, into: &files)
        } catch {
            problem = error.reason
        }
        return PackageSource(folder: folder, files: files, problem: problem)
    }

    private static func read(
        _ folder: String, below prefix: String, depth: Int, into files: inout [String: [UInt8]]
    ) throws(FileError) {
        for name in try names(in: folder, named: prefix.isEmpty ? nil : String(prefix.dropLast())) {
            let path = "\(folder)/\(name)"
            guard !FileAccess.isLink(path) else { continue }
            if FileAccess.isFolder(path) {
                guard depth < deepest else { throw FileError("\(prefix)\(name) is too deep in its package") }
                try read(path, below: "\(prefix)\(name)/", depth: depth + 1, into: &files)
            } else {
                let size = files.values.reduce(0) { $0 + $1.count }
                guard files.count <= PackageSource.mostFiles, size <= PackageSource.largest else { return }
                files["\(prefix)\(name)"] = try bytes(path, named: "\(prefix)\(name)")
            }
        }
    }

    /// A file, or as much of it as shows that it is too large.
    private static func bytes(_ path: String, named name: String) throws(FileError) -> [UInt8] {
        guard FileAccess.isPlainFile(path) else { throw FileError("\(name) is no plain file") }
        do throws(FileError) {
            return try FileAccess.contents(of: path, limit: PackageSource.largest + 1)
        } catch {
            throw FileError("\(name) \(error.description)", code: error.code)
        }
    }

    /// What is in a folder, sorted; hidden files are left out.
    ///
    /// - Parameter name: the folder's in its package; nil for the package's own.
    private static func names(in folder: String, named name: String? = nil) throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            let why = access(folder, R_OK | X_OK) == 0 ? "" : ": \(FileError.last.reason)"
            throw FileError("the folder \(name.map { "\($0) " } ?? "")cannot be listed\(why)")
        }
    }
}
