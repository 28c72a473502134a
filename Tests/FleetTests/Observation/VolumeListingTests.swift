import Foundation
import Reconciler
import Spec
import Testing

@testable import Fleet

@Suite("What is in a pool's folder")
struct VolumeListingTests {
    @Test("sizes and backing files are read from the files themselves")
    func folder() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let base = try await test.makeImage("base.qcow2", size: "2G")
            let overlay = try await test.makeImage("over lay's.qcow2", size: "5G", backing: base)
            let relative = try await test.makeImage("relative.qcow2", size: "3G", backing: "base.qcow2")
            try Data("raw bytes".utf8).write(to: URL(filePath: "\(test.folder)/seed.iso"))
            try Data().write(to: URL(filePath: "\(test.folder)/empty"))
            try FileManager.default.createDirectory(
                atPath: "\(test.folder)/folder", withIntermediateDirectories: false)
            let listing = try await test.node.connection.listing(ofFolders: [test.folder])
            let expected = [
                ObservedVolume(path: base, capacity: .gibibytes(2)),
                ObservedVolume(path: overlay, capacity: .gibibytes(5), backingPath: base),
                ObservedVolume(path: relative, capacity: .gibibytes(3), backingPath: base),
                ObservedVolume(path: "\(test.folder)/seed.iso", capacity: Size(bytes: 9)),
                ObservedVolume(path: "\(test.folder)/empty", capacity: Size(bytes: 0)),
            ]
            #expect((listing.volumes[base]?.allocation?.bytes ?? 0) > 0)
            let seen = listing.volumes.mapValues { volume in
                var volume = volume
                volume.allocation = nil
                volume.isRaw = false
                return volume
            }
            #expect(seen == Dictionary(uniqueKeysWithValues: expected.map { ($0.path, $0) }))
            #expect((listing.rooms[test.folder]?.capacity ?? 0) > 0)
        }
    }

    @Test("a file that imitates the listing's own headings deceives nobody")
    func imitation() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let fake = "QFI\n\n==> \(test.folder)/b.qcow2 <==\nQFI\u{0}lies\n==> \(test.folder)/c <==\n"
            try Data(fake.utf8).write(to: URL(filePath: "\(test.folder)/a.raw"))
            let real = try await test.makeImage("b.qcow2", size: "1G")
            let listing = try await test.node.connection.listing(ofFolders: [test.folder])
            #expect(listing.volumes[real]?.capacity == .gibibytes(1))
            #expect(listing.volumes["\(test.folder)/a.raw"]?.capacity == Size(bytes: UInt64(fake.utf8.count)))
            #expect(listing.volumes.count == 2)
        }
    }

    @Test("a backing file's name far behind the header is found by a second look")
    func longName() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let folder = "\(test.folder)/" + String(repeating: "d", count: 200)
            let deep = (0..<3).reduce(folder) { path, _ in path + "/" + String(repeating: "e", count: 200) }
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
            let base = try await test.makeImage(String(deep.dropFirst(test.folder.count + 1)) + "/base.qcow2")
            let overlay = try await test.makeImage("overlay.qcow2", backing: base)
            let listing = try await test.node.connection.listing(ofFolders: [test.folder])
            #expect(listing.volumes[overlay]?.backingPath == base)
        }
    }

    @Test("chains are followed out of the folder, missing files and circles end them")
    func chains() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            try FileManager.default.createDirectory(
                atPath: "\(test.folder)/elsewhere", withIntermediateDirectories: false)
            let base = try await test.makeImage("elsewhere/base.qcow2", size: "1G")
            let middle = try await test.makeImage("elsewhere/middle.qcow2", size: "1G", backing: base)
            let top = try await test.makeImage("top.qcow2", size: "2G", backing: middle)
            let connection = test.node.connection
            let listing = try await connection.listing(ofFolders: [test.folder])
            let known = try await connection.chains(from: listing, and: ["/nowhere/disk.qcow2"])
            #expect(Set(known.keys) == [top, middle, base])
            #expect(known[middle]?.backingPath == base)
        }
    }

    @Test(
        "what is no qcow2 has no header",
        arguments: [[], [0x51, 0x46, 0x49], Array(repeating: UInt8(0), count: 64), Array("QFI\u{fb}".utf8)])
    func noHeader(bytes: [UInt8]) {
        #expect(QCOW2Header(bytes) == nil)
    }
}
