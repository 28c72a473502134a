import FoundationEssentials
import Glibc

/// A guest image and the cache that all labs of the machine share.
package struct GuestImage: Sendable {
    /// Where images are kept, by the name that their recipe gives them.
    private let cache: String

    private let recipe: GuestImageRecipe

    private let progress: @Sendable (String) -> Void

    package init(
        _ recipe: GuestImageRecipe, cache: String = "/var/cache/kvmctl-lab",
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.recipe = recipe
        self.cache = cache
        self.progress = progress
    }

    /// The image in the cache, built first if it is not there; returns its path.
    ///
    /// Takes about a minute when it builds, and more with many packages. `again` builds it also when it is there, for
    /// newer packages.
    func build(again: Bool) async throws(LabError) -> String {
        let attempt = "build the guest image"
        let target = cache + "/" + recipe.cachedName
        if !again, FileManager.default.fileExists(atPath: target) { return target }
        try HostTool.require(HostTool.forImages, to: attempt)
        do {
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        } catch {
            throw LabError(attempt, reason: "cannot make the folder \(cache): \(error)")
        }
        let progress = self.progress
        let lock = try await LabLock.acquire(cache + "/lock") {
            progress("waiting for another build of the guest image")
        }
        // Somebody else may have built it while this one waited.
        if again || !FileManager.default.fileExists(atPath: target) {
            removeWork()
            progress("building the guest image, about a minute (log: \(cache)/build.log)")
            do {
                try await runRecipe(target: target, to: attempt)
            } catch {
                removeWork()
                throw error
            }
            removeWork()
        }
        _ = consume lock
        return target
    }

    private var work: String { cache + "/build" }

    private func runRecipe(target: String, to attempt: String) async throws(LabError) {
        let log = cache + "/build.log"
        let script = work + "/recipe.sh"
        do {
            try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
            try Data(LabScripts.buildGuestImage.utf8).write(to: URL(filePath: script))
        } catch {
            throw LabError(attempt, reason: "\(error)")
        }
        do {
            try await HostCommand(
                [
                    "unshare", "--mount", "--fork", "--kill-child", "sh", "-c",
                    #"log=$1; shift; exec sh "$@" >"$log" 2>&1"#, "sh", log, script, target, work,
                    recipe.release.codename,
                ] + recipe.packages
            ).run(to: attempt)
        } catch {
            let lines = (readText(log) ?? "").split(separator: "\n").suffix(12).joined(separator: "\n")
            throw LabError(
                attempt, reason: lines.isEmpty ? error.reason : lines, remedy: "the full log is in \(log)")
        }
    }

    private func removeWork() {
        try? FileManager.default.removeItem(atPath: work)
    }
}

extension LocalLab {
    /// Puts a guest image into the state folder, building it first where the machine has none; returns its path.
    ///
    /// It is a hard link to the cache where that is possible, and not writable, for the same reason.
    package func image(
        _ recipe: GuestImageRecipe = .plain, again: Bool = false
    ) async throws(LabError) -> String {
        let attempt = "provide the guest image"
        try requireRoot(to: attempt)
        let cached = try await GuestImage(recipe, progress: progress).build(again: again)
        try createFolder(paths.images, mode: 0o755)
        let path = paths.guestImage(recipe)
        if sameContent(cached, path) { return path }
        let fresh = path + ".part"
        try? FileManager.default.removeItem(atPath: fresh)
        do {
            do {
                try FileManager.default.linkItem(atPath: cached, toPath: fresh)
            } catch {
                try FileManager.default.copyItem(atPath: cached, toPath: fresh)
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: fresh)
        } catch {
            throw LabError(attempt, reason: "\(error)")
        }
        guard rename(fresh, path) == 0 else {
            throw LabError(attempt, reason: String(cString: strerror(errno)))
        }
        return path
    }

    /// The path of the guest image in the state folder, if it is there.
    var readableImage: String? {
        FileManager.default.fileExists(atPath: paths.guestImage) ? paths.guestImage : nil
    }

    /// Whether one is a link to, or an earlier copy of, the other: by inode, or by size and time.
    private func sameContent(_ one: String, _ other: String) -> Bool {
        var first = stat()
        var second = stat()
        guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
        if first.st_dev == second.st_dev { return first.st_ino == second.st_ino }
        return first.st_size == second.st_size && first.st_mtim.tv_sec <= second.st_mtim.tv_sec
    }
}
