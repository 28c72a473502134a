/// The roster as it stands in `/var/lib/kvmctl/<cluster>/roster.json` on each node.
///
/// It is read by older and newer versions of kvmctl. Keys that a reader does not know are ignored; a change that an older
/// reader would misunderstand gets another `formatVersion`, and the reader then says that it cannot read the file. Names,
/// MACs, addresses and UUIDs are text as kvmctl prints them. Keys and lists are sorted, so that equal rosters are equal
/// files.
struct RosterFile: Codable {
    static let currentVersion = 1

    struct Cluster: Codable {
        var name: String
        var id: String?
    }

    struct Member: Codable {
        var machine: String?
        var host: String?
        /// Left out where there are none, and in rosters of older versions.
        var markedFolders: [String]?
    }

    struct Entry: Codable {
        var node: String
        var part: String
        var uuid: String
        var macs: [String]
        var addresses: [String]
        var volumes: [String: String]
        var alsoOn: String?
        var doubt: String?
    }

    struct KeptDisk: Codable {
        var instance: String
        var disk: String
        var part: String
        var node: String
        var path: String
    }

    var formatVersion: Int
    var cluster: Cluster
    var generation: Int
    var nodes: [String: Member]
    var instances: [String: Entry]
    var keptDisks: [KeptDisk]
}
