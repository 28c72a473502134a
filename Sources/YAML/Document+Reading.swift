extension Document {
    /// Reads the bytes of a file as one YAML document.
    ///
    /// Pure, and bounded in memory and time by `limits`. Reading never fails as a whole: what is wrong is in `errors`.
    /// - Parameter file: the name that the places in the tree and in messages carry.
    package init(reading bytes: [UInt8], file: String, limits: Limits = Limits()) {
        var bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if let error = TextCheck.firstProblem(in: bytes, file: file, limits: limits) {
            self.init(root: nil, errors: [error])
            return
        }
        self = bytes.withUnsafeBufferPointer { buffer in
            let events = EventSource(reading: buffer, file: file)
            var composer = Composer(file: file, limits: limits)
            do throws(YAMLError) {
                let root = try composer.compose(from: events)
                return Document(root: root, errors: composer.errors)
            } catch {
                return Document(root: nil, errors: composer.errors + [error])
            }
        }
    }

    /// Reads text as one YAML document.
    package init(reading text: String, file: String, limits: Limits = Limits()) {
        self.init(reading: Array(text.utf8), file: file, limits: limits)
    }
}
