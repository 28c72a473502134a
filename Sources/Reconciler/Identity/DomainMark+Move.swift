package import Spec

extension DomainMark {
    /// The nodes that the instance migrates from and to.
    ///
    /// It is written on the source before anything is made on the destination, goes along with the domain, and is removed only
    /// when nothing is left on the other node: it says where the other half of an unfinished move is.
    package struct Move: Sendable, Hashable {
        /// A pool's path, which is another one at either end.
        package struct Folder: Sendable, Hashable {
            package var from: String
            package var to: String

            package init(from: String, to: String) {
                self.from = from
                self.to = to
            }
        }

        package var from: Name
        package var to: Name
        /// Where files have another path on the destination than on the source, sorted; all others keep theirs.
        package var folders: [Folder]
        /// Folders on storage that both ends share, sorted: the files there are neither copied nor removed, whatever the
        /// spec says of their pools by the time the migration is finished or undone.
        package var sharedFolders: [String]

        package init(from: Name, to: Name, folders: [Folder] = [], sharedFolders: [String] = []) {
            self.from = from
            self.to = to
            self.folders = folders
            self.sharedFolders = sharedFolders
        }

        /// The end of the migration that a node is not.
        package func otherEnd(than node: Name) -> Name { node == from ? to : from }

        /// Where a file of the source is on the destination.
        package func destinationPath(_ path: String) -> String {
            let folder = folders.first { $0.from == DomainMark.Move.folder(of: path) }
            return folder.map { $0.to + DomainMark.Move.tail(of: path) } ?? path
        }

        /// Where a file of the destination was on the source.
        package func sourcePath(_ path: String) -> String {
            let folder = folders.first { $0.to == DomainMark.Move.folder(of: path) }
            return folder.map { $0.from + DomainMark.Move.tail(of: path) } ?? path
        }

        /// The folder that holds a file, without a slash at its end.
        package static func folder(of path: String) -> String { String(path.utf8.prefix(cut(path))) ?? path }

        /// A file's name with the slash before it.
        private static func tail(of path: String) -> String { String(path.utf8.dropFirst(cut(path))) ?? "" }

        private static func cut(_ path: String) -> Int {
            path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.distance(from: path.utf8.startIndex, to: $0) }
                ?? 0
        }
    }
}
