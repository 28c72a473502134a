import YAML

extension Network.Mode {
    /// Reads the mode of a network with the keys that only it has; nil where something of it is missing or wrong.
    ///
    /// Keys of other modes are complained about.
    init?(_ reader: MapReader) {
        let found: Network.Mode? =
            if let mode = NetworkModes.ofKey.first(where: { $0.isGiven(in: reader) }) {
                Network.Mode.read(mode, inPlaceOfModeBy: reader)
            } else {
                Network.Mode.read(byWordOf: reader)
            }
        guard let found else { return nil }
        self = found
    }

    private static func read(byWordOf reader: MapReader) -> Network.Mode? {
        guard let word = reader.required(NetworkKeys.mode),
            let mode = NetworkModes.ofWord.first(where: { $0.name == word })
        else { return nil }
        for key in NetworkModes.keys.map(\.name) where !mode.keyNames.contains(key) {
            let others = NetworkModes.ofWord.filter { $0.keyNames.contains(key) }.map { $0.name }
            guard let first = others.first, let node = reader.mapping[key] else { continue }
            reader.context.error(
                node.mark,
                "\(key) is for mode \(others.joined(separator: " or ")) only, and this network has mode \(word)",
                remedy: "remove it, or write mode: \(first)")
        }
        return read(mode, reader)
    }

    private static func read(_ mode: any NetworkMode.Type, inPlaceOfModeBy reader: MapReader) -> Network.Mode? {
        for key in [NetworkKeys.mode.name] + NetworkModes.keys.map(\.name) where !mode.keyNames.contains(key) {
            guard let node = reader.mapping[key] else { continue }
            reader.context.error(
                node.mark, "\(key) cannot be combined with \(mode.name): \(mode.replacesMode ?? "")")
        }
        return read(mode, reader)
    }

    private static func read<M: NetworkMode>(_ mode: M.Type, _ reader: MapReader) -> Network.Mode? {
        var value = M()
        var isComplete = true
        for field in M.fields where !field.read(reader, &value) { isComplete = false }
        return isComplete ? Network.Mode(value) : nil
    }
}

extension NetworkMode {
    /// Whether a network has one of the mode's own keys, right or wrong.
    fileprivate static func isGiven(in reader: MapReader) -> Bool {
        keyNames.contains { reader.mapping[$0] != nil }
    }
}
