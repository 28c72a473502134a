package import Spec

/// An instance's migration from one node to another, with every choice made.
package struct InstanceMove: Sendable, Equatable {
    /// What is done, each as a step of its own; between any two of them a run may be killed.
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        /// On the source: the mark says where to, and the source's next boot does not start it.
        case begin
        /// On the destination: the volumes are made anew and empty, and the seed is copied.
        case prepare
        /// On the source: memory and disks are sent while it runs, and the source's definition goes.
        case migrate
        /// On the source: a guest that runs on the destination already fetches the rest of its memory, after a run that
        /// was killed in post-copy or a link that broke in it.
        case resume
        /// On the destination: a stopped instance's files are copied, and only then it is defined there.
        case relocate
        /// On the source: what is left there goes, after a look that the destination has it.
        case leave
        /// On the destination: the mark no longer speaks of a move.
        case finish
        /// On the destination of a move that is not wanted any more: what was made there goes.
        case discard
        /// On the source of such a move: the mark no longer speaks of it.
        case forget

        /// Whether it is done on the node that the instance comes from.
        package var isOnSource: Bool {
            switch self {
            case .begin, .migrate, .resume, .leave, .forget: true
            case .prepare, .relocate, .finish, .discard: false
            }
        }
    }

    /// How memory and disks are sent.
    package enum Transport: String, Sendable, Hashable, CaseIterable {
        /// From node to node.
        case direct
        /// Through the ssh sessions of this machine.
        case ssh
    }

    /// A disk that is copied; what is on shared storage is not among them.
    package struct Disk: Sendable, Hashable {
        /// `root` or the data disk's name.
        package var name: String
        /// On the source; the mapping of folders says where it is on the destination.
        package var path: String
        /// The size a guest sees.
        package var capacity: Size
        /// The base image on the source, which must be on the destination first.
        package var backingPath: String?

        package init(name: String, path: String, capacity: Size, backingPath: String?) {
            self.name = name
            self.path = path
            self.capacity = capacity
            self.backingPath = backingPath
        }
    }

    package var instance: Name
    package var uuid: UniqueID
    /// The domain's name.
    package var name: String
    package var from: Name
    package var to: Name
    /// Pools whose path is another one on the destination.
    package var folders: [DomainMark.Move.Folder] = []
    /// Folders of its files on storage that both nodes share, sorted.
    package var sharedFolders: [String] = []
    /// Whether it runs meanwhile.
    package var isLive: Bool
    package var transport: Transport
    /// How fast it may be sent, and what may be done where it does not come to an end.
    package var policy = MigrationPolicy()
    /// Where the source reaches the destination; nil where it does by the name that the destination gives itself.
    package var address: String?
    /// Its files on storage that both nodes share.
    package var stayingPaths: [String] = []
    package var disks: [Disk]
    /// Base images on the source whose names do not say what they hold: those on the destination are compared with them.
    package var looseBackingPaths: [String] = []
    /// The seed on the source, which is copied whole; nil where there is none to copy.
    package var seedPath: String?
    /// Whether it is to start with its new node.
    package var autostart: Bool
    /// The pin as it is applied by this move.
    package var pin: Name?
    /// The node that maintenance moves it away from, which the mark remembers.
    package var evacuatedFrom: Name?
    /// The interfaces that get names on the destination that stay, by which filters know them.
    package var ownTaps: Set<MACAddress> = []

    package init(
        instance: Name, uuid: UniqueID, name: String, from: Name, to: Name, isLive: Bool, transport: Transport,
        disks: [Disk], seedPath: String?, autostart: Bool, pin: Name?, evacuatedFrom: Name? = nil
    ) {
        self.instance = instance
        self.uuid = uuid
        self.name = name
        self.from = from
        self.to = to
        self.isLive = isLive
        self.transport = transport
        self.disks = disks
        self.seedPath = seedPath
        self.autostart = autostart
        self.pin = pin
        self.evacuatedFrom = evacuatedFrom
    }

    /// What the mark says while it is under way.
    package var mark: DomainMark.Move {
        DomainMark.Move(from: from, to: to, folders: folders, sharedFolders: sharedFolders)
    }

    /// Every file that the move removes from the source.
    package var sourcePaths: [String] { disks.map(\.path) + [seedPath].compactMap(\.self) }

    /// The same files as the move makes them on the destination.
    package var destinationPaths: [String] { sourcePaths.map(mark.destinationPath) }

    /// Its files on the node on which a stage is done.
    package func paths(of stage: Stage) -> [String] { stage.isOnSource ? sourcePaths : destinationPaths }

    /// The node on which a stage is done.
    package func node(of stage: Stage) -> Name { stage.isOnSource ? from : to }
}
