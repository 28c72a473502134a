internal import CLibarchive
internal import Glibc

/// Images of ISO 9660 discs, by libarchive.
package enum DiscImage {
    /// A file of a disc, which everybody may read.
    package struct File: Sendable {
        package let name: String
        package let content: [UInt8]

        package init(name: String, content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    /// Makes the image of a disc with these files in its root, for systems that read Rock Ridge or Joliet names.
    ///
    /// The same files give images of the same size that differ in no more than the time of their making. libarchive collects
    /// the contents in a file without a name, in the folder for temporary files. Takes some milliseconds.
    /// - Throws: a `DiscImageError` in libarchive's words.
    package static func make(volume: String, _ files: [File]) throws(DiscImageError) -> [UInt8] {
        let archive = try ImageWriting()
        let size = files.reduce(overhead(of: files.count)) { $0 + $1.content.count + block }
        var image = try archive.write(volume, files, room: size)
        // libarchive puts capitals here, as ISO 9660 wants; small readers look at nothing else, and want the name as it is.
        image.replaceSubrange(nameOffset..<nameOffset + volume.utf8.count, with: volume.utf8)
        return image
    }

    /// Where the primary volume descriptor, which begins with sector 16, has the volume's name.
    private static let nameOffset = 16 * block + 40

    private static let block = 2048

    /// More than an image has beside the contents of its files, which was measured to be 61,440 bytes.
    private static func overhead(of count: Int) -> Int { 128 << 10 + count * block }
}

/// Why there is no image.
package struct DiscImageError: Error, CustomStringConvertible {
    package let description: String
}

/// An archive that is being written; what it holds is freed with it.
struct ImageWriting: ~Copyable {
    private let raw: OpaquePointer

    init() throws(DiscImageError) {
        guard let raw = archive_write_new() else { throw DiscImageError(description: "no memory is left") }
        self.raw = raw
    }

    deinit { archive_write_free(raw) }

    /// - Parameter room: bytes, at least as many as the image has.
    consuming func write(
        _ volume: String, _ files: [DiscImage.File], room: Int
    ) throws(DiscImageError) -> [UInt8] {
        try check(archive_write_set_format_iso9660(raw))
        let options = "iso9660:volume-id=\(volume),iso9660:rockridge=useful,iso9660:joliet,iso9660:!pad"
        try check(archive_write_set_options(raw, options))
        try check(archive_write_set_bytes_in_last_block(raw, 1))
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
        defer {
            // Seeds have secrets.
            if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            bytes.deallocate()
        }
        var used = 0
        try withUnsafeMutablePointer(to: &used) { count throws(DiscImageError) in
            try check(archive_write_open_memory(raw, bytes.baseAddress, bytes.count, count))
            try add(name: ".", mode: S_IFDIR, permissions: 0o555, [])
            for file in files { try add(name: file.name, mode: S_IFREG, permissions: 0o444, file.content) }
            try check(archive_write_close(raw))
        }
        return Array(UnsafeRawBufferPointer(rebasing: bytes[..<used]))
    }

    private borrowing func add(
        name: String, mode: mode_t, permissions: mode_t, _ content: [UInt8]
    ) throws(DiscImageError) {
        guard let entry = archive_entry_new() else { throw DiscImageError(description: "no memory is left") }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_filetype(entry, mode)
        archive_entry_set_perm(entry, permissions)
        archive_entry_set_size(entry, Int64(content.count))
        for set in [archive_entry_set_mtime, archive_entry_set_ctime, archive_entry_set_atime] {
            set(entry, Self.time, 0)
        }
        try check(archive_write_header(raw, entry))
        let written = content.withUnsafeBytes { archive_write_data(raw, $0.baseAddress, $0.count) }
        guard written == content.count else { throw failure() }
    }

    private borrowing func check(_ code: CInt) throws(DiscImageError) {
        guard code == ARCHIVE_OK else { throw failure() }
    }

    /// The reason in libarchive's words; nothing is written any more, to memory that is freed by then.
    private borrowing func failure() -> DiscImageError {
        let reason = archive_error_string(raw).map { String(cString: $0) }
        archive_write_fail(raw)
        return DiscImageError(description: reason ?? "libarchive gives no reason")
    }

    /// The time that all files carry: the start of 2020.
    private static let time = time_t(1_577_836_800)
}
