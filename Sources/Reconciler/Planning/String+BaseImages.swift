extension String {
    /// Whether the file of a path has a name that kvmctl gives to base images.
    var isBaseImagePath: Bool { fileName.isBaseImageName }

    /// Whether a file's name is one that kvmctl gives to base images.
    var isBaseImageName: Bool {
        guard hasPrefix("kvmctl-"), hasSuffix(".qcow2") else { return false }
        let digits = dropFirst(7).dropLast(6)
        return digits.utf8.count == 64 && digits.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}
