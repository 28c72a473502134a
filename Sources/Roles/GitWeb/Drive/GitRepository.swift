import Fleet
import Reconciler
import SSH
import Spec

/// The mirror of a repository, on a node or on this machine.
struct GitRepository: Sendable {
    let commands: NodeCommands
    /// The folder that mirrors are in.
    let folder: String
    let site: GitWebRole
    /// The machine that git runs on, in words.
    let place: String
    /// What goes to the standard input of what runs git.
    let credentials: GitCredentials

    private var mirror: String { "\(folder)/\(StableHash.digest(site.repo).prefix(16)).git" }

    /// What the ref leads to, how the served commits stand to it, and what is wrong with the folders that are to be served.
    func resolve(served: [String], folders: [String]) async throws -> GitAnswer {
        let result = try await commands.attempt(
            "asking \(site.repo) for \(site.ref)",
            GitScripts.resolve(mirror: mirror, repo: site.repo, ref: site.ref, served + ["--"] + folders),
            input: credentials.input, timeout: .seconds(1_600))
        switch result.status {
        case 0: break
        case GitScripts.noRef: return .missing(head: GitReply.head(result.output))
        case GitScripts.noGit: throw MissingGit()
        default:
            return .unreachable(GitComplaint.words(result.errorOutput, of: site, on: place))
        }
        return GitReply(result.output, folders: folders).answer
    }

    /// A bundle for a guest that has some commits already.
    func bundle(_ commit: String, guestHas: [String], at path: String) async throws -> GitBundle {
        let result = try await commands.attempt(
            "fetching \(commit.prefix(7)) of \(site.repo)",
            GitScripts.bundle(
                mirror: mirror, repo: site.repo, ref: site.ref, commit: commit, bundle: path, guestHas),
            input: credentials.input,
            timeout: .seconds(3_600))
        if result.status == GitScripts.noGit { throw MissingGit() }
        guard result.succeeded else {
            throw StepProblem(
                "\(commit.prefix(7)) of \(site.repo) cannot be fetched: "
                    + GitComplaint.words(result.errorOutput, of: site, on: place))
        }
        return GitBundle(reading: result.output, path: path)
    }
}

/// Git is not where it was looked for.
struct MissingGit: Error {}

/// What a guest is to be sent.
struct GitBundle: Sendable, Equatable {
    var path: String
    /// Bytes; 0 where the guest has everything.
    var size = 0
    /// Submodules: the folder of each, and its commit.
    var parts: [(folder: String, commit: String)] = []

    init(reading output: String, path: String) {
        self.path = path
        var folder: String?
        for line in output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let current = folder {
                parts.append((current, line))
                folder = nil
            } else if line.hasPrefix("part ") {
                folder = String(line.dropFirst(5))
            } else if line.hasPrefix("bundle ") {
                size = Int(line.dropFirst(7)) ?? 0
            }
        }
    }

    static func == (left: GitBundle, right: GitBundle) -> Bool {
        left.path == right.path && left.size == right.size && left.parts.elementsEqual(right.parts) { $0 == $1 }
    }
}

/// What the script that looks up a ref prints.
struct GitReply: Sendable, Equatable {
    let answer: GitAnswer

    /// The repository's default branch, where it said which that is.
    static func head(_ output: String) -> String? {
        output.split(separator: "\n").first { $0.hasPrefix("head ") }.map { PlainText.line(String($0.dropFirst(5))) }
    }

    /// - Parameter folders: those that were asked about, in the order in which they were named.
    init(_ output: String, folders: [String] = []) {
        var (hash, subject, kind) = ("", "", GitCommit.Kind.commit)
        var relations: [String: GitCommit.Relation] = [:]
        var lacking: Set<String> = []
        var pointers: [String: String] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch words.first {
            case "kind": kind = GitCommit.Kind(rawValue: words.last ?? "") ?? .commit
            case "commit": hash = words.last ?? ""
            case "subject": subject = words.count > 1 ? PlainText.line(words[1]) : ""
            case "lacks":
                if let folder = Self.folder(words.last, folders) { lacking.insert(folder) }
            case "pointer":
                let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
                guard parts.count == 3, let folder = Self.folder(parts[1], folders) else { continue }
                pointers[folder] = PlainText.line(parts[2])
            case "way":
                let parts = line.split(separator: " ").map(String.init)
                guard parts.count >= 3 else { continue }
                let count = parts.count > 3 ? Int(parts[3]) ?? 0 : 0
                switch parts[2] {
                case "ahead": relations[parts[1]] = .ahead(count)
                case "behind": relations[parts[1]] = .behind(count)
                case "apart": relations[parts[1]] = .apart
                default: relations[parts[1]] = .unknown
                }
            default: break
            }
        }
        let isHash = hash.utf8.count == 40 && hash.allSatisfy { $0.isHexDigit }
        guard isHash else {
            answer = .unreachable("git printed no readable answer")
            return
        }
        var commit = GitCommit(hash: hash, subject: subject, kind: kind, relations: relations)
        commit.lacking = lacking
        commit.pointers = pointers
        answer = .commit(commit)
    }

    private static func folder(_ index: String?, _ folders: [String]) -> String? {
        index.flatMap { Int($0) }.flatMap { folders.indices.contains($0) ? folders[$0] : nil }
    }
}
