extension String {
    /// Whether the file of a path has a name that kvmctl gives to base images.
    ///
    /// It is asked for at every file of a fleet, most of which have shorter paths than such a name.
    package var isBaseImagePath: Bool { utf8.count >= 75 && fileName.isBaseImageName }

    /// Whether a file's name is one that kvmctl gives to base images and to the CDs of installers.
    package var isBaseImageName: Bool {
        let length = "kvmctl-".utf8.count + 64
        guard hasPrefix("kvmctl-"),
            utf8.count == length + 6 && hasSuffix(".qcow2") || utf8.count == length + 4 && hasSuffix(".iso")
        else { return false }
        return utf8.dropFirst(7).prefix(64).allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
    }
}
