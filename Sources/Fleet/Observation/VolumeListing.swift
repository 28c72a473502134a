import Reconciler
import Spec

/// Files on a node with their sizes and the beginnings of their contents, read by one script in one round trip.
///
/// libvirt's own lists are as old as a pool's last refresh, miss what others put into the folder, and cost a round trip
/// per volume; a refresh would change the node, which a plan must not.
struct VolumeListing: Sendable, Equatable {
    /// Space in a folder's file system, in bytes.
    struct Space: Sendable, Equatable {
        let capacity: UInt64
        let available: UInt64
    }

    var volumes: [String: ObservedVolume] = [:]
    /// By folder.
    var space: [String: Space] = [:]
    /// Every folder that was asked for, by path.
    var folders: [String: ObservedFolder] = [:]
    /// Volumes with a backing file whose name is not within the bytes read, and how far the name goes.
    var unfinished: [String: UInt64] = [:]

    /// How much of each file is read: a qcow2 header, its extensions and the name of its backing file.
    static let usualCount = 1024
    /// For the rare file whose backing file's name lies behind much else.
    static let largeCount = 1 << 16

    init() {}

    /// Reads what the scripts of `FolderScripts` wrote.
    ///
    /// - Parameter detour: what the script was given.
    init(reading output: [UInt8], detour: String) {
        var scanner = ListingScanner(output, detour: detour)
        while scanner.hasMore {
            var files: [(path: String, file: FileRecord)] = []
            var folder = ""
            var count = 0
            var names: [String: Set<String>] = [:]
            while let record = scanner.record(), record != "contents" {
                let words = record.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                let rest = words.count == 2 ? String(words[1]) : ""
                switch words.first {
                case "listed":
                    folder = rest
                    folders[folder] = ObservedFolder(path: folder, state: .listed)
                case "absent": folders[rest] = ObservedFolder(path: rest, state: .absent)
                case "unreadable":
                    let reason = PlainText.line(scanner.record() ?? "")
                    folders[rest] = ObservedFolder(path: rest, state: .unreadable(reason))
                case "mounted": folders[folder]?.isMountPoint = true
                case "room": space[folder] = Space(rest)
                case "id": folders[folder]?.id = PlainText.line(rest)
                case "count": count = Int(rest) ?? 0
                case "file": if let file = FileRecord(rest) { files.append((scanner.direct(file.path), file)) }
                case "other":
                    let path = scanner.direct(rest)
                    volumes[path] = ObservedVolume(path: path, capacity: Size(bytes: 0))
                    volumes[path]?.isRaw = true
                    volumes[path]?.isOtherThing = true
                case "block":
                    let parts = rest.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                    guard parts.count == 2 else { break }
                    let path = scanner.direct(String(parts[1]))
                    volumes[path] = ObservedVolume(path: path, capacity: Size(bytes: 0))
                    volumes[path]?.isRaw = true
                    volumes[path]?.isBlockDevice = true
                    // The same for all names of one device.
                    volumes[path]?.inode = "device \(parts[0])"
                case "named":
                    let parts = rest.split(separator: " ", maxSplits: 1)
                    if parts.count == 2 {
                        names["device \(parts[0])", default: []].insert("/dev/disk/by-id/\(parts[1])")
                    }
                default: break
                }
            }
            for device in names.isEmpty ? [] : volumes.values.filter(\.isBlockDevice) {
                volumes[device.path]?.identities = device.inode.flatMap { names[$0] } ?? []
            }
            let contents = scanner.contents()
            for (path, file) in files { add(path, file, contents[path], count: count) }
        }
    }

    /// Adds what another look found.
    mutating func add(_ other: VolumeListing) {
        volumes.merge(other.volumes) { first, _ in first }
        space.merge(other.space) { first, _ in first }
        folders.merge(other.folders) { first, _ in first }
        unfinished.merge(other.unfinished) { first, _ in first }
    }

    private mutating func add(_ path: String, _ file: FileRecord, _ contents: ArraySlice<UInt8>?, count: Int) {
        var volume = ObservedVolume(path: path, capacity: Size(bytes: file.size))
        volume.length = Size(bytes: file.size)
        // What stat calls a block, whatever the file system's own are.
        volume.allocation = Size(bytes: file.blocks * 512)
        volume.inode = file.inode
        if let header = contents.flatMap({ QCOW2Header($0) }) {
            volume.capacity = Size(bytes: header.capacity)
            volume.backingFormat = header.backingFormat
            volume.problem = header.obstacle
            switch header.backing {
            case .none: break
            case .name(let name): volume.backingPath = BackingName.path(name, from: path)
            case .beyond(let end): unfinished[path] = end
            }
        } else {
            volume.isRaw = true
            // Of a file that is longer than a header, something would have been read.
            volume.isUnread = count > 0 && contents.map { $0.count < min(Int(clamping: file.size), 32) } ?? true
        }
        volumes[path] = volume
    }
}

extension VolumeListing.Space {
    /// Reads `BLOCKSIZE BLOCKS FREE`.
    fileprivate init?(_ text: String) {
        let numbers = text.split(separator: " ").compactMap { UInt64($0) }
        guard numbers.count == 3 else { return nil }
        self.init(
            capacity: numbers[0].multipliedReportingOverflow(by: numbers[1]).partialValue,
            available: numbers[0].multipliedReportingOverflow(by: numbers[2]).partialValue)
    }
}

/// What `stat` says of a file.
private struct FileRecord {
    let size: UInt64
    let blocks: UInt64
    let inode: String
    let path: String

    /// Reads `SIZE BLOCKS DEVICE:INODE PATH`.
    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4, let size = UInt64(words[0]), let blocks = UInt64(words[1]) else { return nil }
        self.size = size
        self.blocks = blocks
        inode = String(words[2])
        path = String(words[3])
    }
}
