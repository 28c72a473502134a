import YAML

/// All files of a run, those that are only used included, each once.
struct SpecFiles {
    private(set) var files: [SpecFile] = []
    private var byPath: [String: Int] = [:]
    private let context: DecodingContext
    private let uses: (String) -> UsedSources

    init(context: DecodingContext, uses: @escaping (String) -> UsedSources) {
        self.context = context
        self.uses = uses
    }

    /// Reads the given files and then, as long as there are new ones, what they use.
    mutating func read(_ sources: [SpecSource]) {
        for source in sources { add(source) }
        declareVariables(from: 0)
        var next = 0
        while next < files.count {
            let file = files[next]
            next += 1
            let known = files.count
            for used in file.reader.optional(FileKeys.uses) ?? [] { use(used, by: file) }
            declareVariables(from: known)
        }
        files = files.map { $0.expanded(context) }
        checkParts()
    }

    /// The folders that the files are in, each once, in the files' order.
    var folders: [String] {
        var known: Set<String> = []
        return files.map { SpecPath.folder(of: $0.file) }.filter { known.insert($0).inserted }
    }

    private mutating func add(_ source: SpecSource, usedAt use: Position? = nil) {
        let path = SpecPath.clean(source.file)
        guard byPath[path] == nil else { return }
        byPath[path] = -1
        guard let file = SpecFile(source, usedAt: use, context: context) else {
            context.isIncomplete = true
            return
        }
        byPath[path] = files.count
        files.append(file)
    }

    private func declareVariables(from index: Int) {
        for file in files[index...] {
            guard let node = file.reader.mapping[FileKeys.vars.name], !node.isNull else { continue }
            context.variables.declare(node, context: context)
        }
    }

    private mutating func use(_ used: Used, by file: SpecFile) {
        guard byPath[used.path] == nil else { return }
        switch uses(used.path) {
        case .failed(let reason):
            context.isIncomplete = true
            context.error(used.mark, "cannot use \(Found.shortened(used.path)): \(reason)")
        case .found(let sources):
            if sources.isEmpty {
                context.error(used.mark, "cannot use \(Found.shortened(used.path)): there is no *.yaml or *.yml in it")
            }
            for source in sources { add(source, usedAt: used.mark) }
        }
    }

    /// A part belongs to one set of files: what is only used may not be in a part that this run prunes.
    private func checkParts() {
        for file in files where !file.isManaged {
            guard let own = files.first(where: { $0.isManaged && $0.part == file.part }) else { continue }
            context.error(
                own.reader.mark(of: FileKeys.part),
                "this file is in part \"\(own.part)\", and so is \(file.file), which is only used",
                remedy: "give this file a part of its own, or pass both with -f",
                related: .init("the other file's part", at: file.reader.mark(of: FileKeys.part)))
        }
    }
}
