import Spec

/// Who has the images of which the names do not say what they hold, so that every node gets the same bytes.
///
/// Such is an image by an address without a checksum, where there may be another file tomorrow, and one that is customized, since
/// no two customizations come out the same. A disk that moves to a node whose base image of the same name is another file would
/// be corrupted.
struct ImageGivers {
    private var files: [String: ImageFetch.Giver] = [:]
    /// The steps that bring those which are not there yet.
    private var steps: [ImageFetch.Giver: StepID] = [:]
    /// The last step that makes an image of the one at a path, on any node: it may be on storage that they share.
    private var uses: [String: StepID] = [:]

    init() {}

    /// - Parameter nodes: those that answered, in order.
    init(_ nodes: [ObservedNode]) {
        for node in nodes {
            for path in node.volumes.keys.filter(\.isBaseImagePath).sorted() where files[path.fileName] == nil {
                files[path.fileName] = ImageFetch.Giver(node: node.name, path: path)
            }
        }
    }

    /// Says where an image comes from; the steps that must have been done before that.
    ///
    /// - Parameter giver: the only one that will do, where there is one.
    mutating func choose(
        for fetch: inout ImageFetch, of image: Inputs.ResolvedImage, only giver: ImageFetch.Giver? = nil,
        by step: StepID, on node: Name
    ) -> [StepID] {
        let here = ImageFetch.Giver(node: node, path: fetch.path)
        defer { steps[here] = step }
        guard image.checksum == nil else { return [] }
        let file = fetch.path.fileName
        if let there = giver ?? files[file], there != here {
            fetch.giver = there
            return [steps[there]].compactMap(\.self)
        }
        files[file] = here
        guard let recipe = image.recipe else { return [] }
        if recipe.checksum == nil { fetch.recipe?.baseGiver = files[recipe.base] }
        let base = "\(fetch.path.folder)/\(recipe.base)"
        defer { uses[base] = step }
        return [uses[base]].compactMap(\.self)
    }
}
