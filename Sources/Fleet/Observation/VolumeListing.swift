import Reconciler
import Spec

/// Files on a node with their sizes and the beginnings of their contents, read by one script in one round trip.
///
/// libvirt's own lists are as old as a pool's last refresh, miss what others put into the folder, and cost a round trip
/// per volume; a refresh would change the node, which a plan must not.
struct VolumeListing: Sendable, Equatable {
    /// Room in a folder's file system, in bytes.
    struct Room: Sendable, Equatable {
        let capacity: UInt64
        let available: UInt64
    }

    var volumes: [String: ObservedVolume] = [:]
    /// By folder.
    var rooms: [String: Room] = [:]
    /// Volumes with a backing file whose name is not within the bytes read.
    var unfinished: [String] = []

    /// Lists the regular files of the folders in `$2` and later, with the first `$1` bytes of each.
    static let folderScript = """
        LC_ALL=C; export LC_ALL; count=$1; shift
        for folder in "$@"; do stat -f -c 'room %S %b %a' -- "$folder"; echo "at $folder"; done 2>/dev/null
        for folder in "$@"; do find "$folder" -maxdepth 1 -type f -exec stat -c 'file %s %b %n' -- {} +; done 2>/dev/null
        echo contents
        for folder in "$@"; do find "$folder" -maxdepth 1 -type f -exec head -v -c "$count" -- {} +; done 2>/dev/null
        exit 0
        """

    /// The same for the files in `$2` and later.
    static let fileScript = """
        LC_ALL=C; export LC_ALL; count=$1; shift
        stat -L -c 'file %s %b %n' -- "$@" 2>/dev/null
        echo contents
        head -v -c "$count" -- "$@" 2>/dev/null
        exit 0
        """

    /// How much of each file is read: a qcow2 header, its extensions and the name of its backing file.
    static let usualCount = 1024
    /// For the rare file whose backing file's name lies behind much else.
    static let largeCount = 1 << 16

    init() {}

    init(reading output: [UInt8], count: Int) {
        var scanner = LineScanner(output)
        var files: [(path: String, size: UInt64, blocks: UInt64)] = []
        var room: Room?
        while let line = scanner.line(), line != "contents" {
            let words = line.split(separator: " ", maxSplits: 3).map { String($0) }
            switch words.first {
            case "file" where words.count == 4:
                if let size = UInt64(words[1]), let blocks = UInt64(words[2]) { files.append((words[3], size, blocks)) }
            case "room": room = Room(line)
            case "at": if let room { rooms[String(line.dropFirst(3))] = room }
            default: break
            }
        }
        for file in files {
            guard let contents = scanner.contents(of: file.path, count: Int(min(file.size, UInt64(count)))) else {
                continue
            }
            add(file.path, size: file.size, contents)
            // What stat calls a block, whatever the file system's own are.
            volumes[file.path]?.allocation = Size(bytes: file.blocks * 512)
        }
    }

    private mutating func add(_ path: String, size: UInt64, _ contents: ArraySlice<UInt8>) {
        guard let header = QCOW2Header(contents) else {
            volumes[path] = ObservedVolume(path: path, capacity: Size(bytes: size))
            volumes[path]?.isRaw = true
            return
        }
        var backing: String?
        switch header.backing {
        case .none: break
        case .name(let name): backing = VolumeListing.resolve(name, from: path)
        case .beyond: unfinished.append(path)
        }
        volumes[path] = ObservedVolume(path: path, capacity: Size(bytes: header.capacity), backingPath: backing)
    }

    /// The backing file's path; a relative name counts from the folder of the file that names it.
    static func resolve(_ name: String, from path: String) -> String {
        if name.hasPrefix("/") || name.contains(":") { return name }
        guard let slash = path.lastIndex(of: "/") else { return name }
        return path[...slash] + name
    }
}

extension VolumeListing.Room {
    /// Reads `room BLOCKSIZE BLOCKS FREE`.
    fileprivate init?(_ line: String) {
        let numbers = line.split(separator: " ").dropFirst().compactMap { UInt64($0) }
        guard numbers.count == 3 else { return nil }
        self.init(
            capacity: numbers[0].multipliedReportingOverflow(by: numbers[1]).partialValue,
            available: numbers[0].multipliedReportingOverflow(by: numbers[2]).partialValue)
    }
}

/// Takes the output of `stat` lines and of `head -v` apart.
private struct LineScanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func line() -> String? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// The bytes that follow a file's heading; nil where the heading is not there, since the file vanished.
    ///
    /// A file that changed its size in between puts the headings elsewhere: then they are searched for.
    mutating func contents(of path: String, count: Int) -> ArraySlice<UInt8>? {
        let heading = Array("==> \(path) <==\n".utf8)
        if rest.first == UInt8(ascii: "\n"), rest.dropFirst().starts(with: heading) { rest = rest.dropFirst() }
        if !rest.starts(with: heading) {
            guard let found = rest.firstRange(of: heading) else { return nil }
            rest = rest[found.lowerBound...]
        }
        rest = rest.dropFirst(heading.count)
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
