import Libvirt
import Reconciler
import SSH
import Spec
import Synchronization

/// Everything that is open to one node: its shell, one libvirt connection for changes, and some for looking.
final class NodeConnection: Sendable {
    let endpoint: NodeEndpoint
    let settings: ConnectionSettings
    let commands: NodeCommands
    /// The ssh session; nil for this machine itself.
    let session: Session?
    /// The one connection that changes things.
    let changes: LibvirtChannel
    private let readers: [LibvirtChannel]
    private let libvirtURI: String
    private let forwarding: Forwarding?
    private let turn = Atomic<Int>(0)
    /// For calls that block for seconds, such as those to a guest's agent.
    let guests: GuestCallChannels
    private let cutOffFlag: Flag
    private let bulkSession = AsyncOnce<Session>()
    /// The address that this run talks to the node from; nil where that is this machine, or nobody knows.
    let client: IPv4Address?
    let client6: IPv6Address?
    /// The address of the node's own at which this run reaches it; nil where that is this machine, or nobody knows.
    let address: IPv4Address?
    let cache = NodeCache()
    /// Filters of guests on their way to the node, which takes many at about the cost of one.
    let filters = Gathering<FilterChange>()
    let uses = RecentUses()

    var name: Name { endpoint.name }
    var log: RemoteLog { settings.log }

    init(
        endpoint: NodeEndpoint, settings: ConnectionSettings, commands: NodeCommands, session: Session?,
        forwarding: Forwarding?, libvirtURI: String, changes: LibvirtChannel, readers: [LibvirtChannel],
        client: IPv4Address? = nil, client6: IPv6Address? = nil, address: IPv4Address? = nil
    ) {
        self.endpoint = endpoint
        self.settings = settings
        self.commands = commands
        self.session = session
        self.forwarding = forwarding
        self.libvirtURI = libvirtURI
        self.changes = changes
        self.readers = readers
        let flag = Flag()
        cutOffFlag = flag
        guests = GuestCallChannels {
            try flag.check(endpoint.name)
            return try await LibvirtChannel.open(libvirtURI, readOnly: false, node: endpoint.name, log: settings.log)
        }
        self.client = client
        self.client6 = client6
        self.address = address
    }

    /// The connections for looking, between which independent calls are shared out.
    var channels: [LibvirtChannel] { readers.isEmpty ? [changes] : readers }

    /// Those that read all domains; where there are enough, some are left for everything else that is read meanwhile.
    var bulkChannels: [LibvirtChannel] { Array(channels.dropLast(spareCount)) }

    /// How many connections for looking read no domains: as many as there are other things to read at once.
    private var spareCount: Int { channels.count > 6 ? 3 : 0 }

    /// Every connection that was opened at the start.
    var openChannels: [LibvirtChannel] { readers + [changes] }

    /// Whether it was cut off: nothing is done by way of it any more.
    var isCutOff: Bool { cutOffFlag.isRaised }

    /// The session for files; nil where none was needed yet.
    var openBulk: Session? {
        get async { await bulkSession.current }
    }

    /// A connection for looking, in turn.
    var reader: LibvirtChannel {
        let channels = spareCount > 0 ? Array(channels.suffix(spareCount)) : channels
        let number = turn.add(1, ordering: .relaxed).oldValue
        return channels[(number % channels.count + channels.count) % channels.count]
    }

    /// A connection of its own for one call that takes long, which the caller closes.
    func ownChannel() async throws -> LibvirtChannel {
        try cutOffFlag.check(name)
        let channel = try await LibvirtChannel.open(libvirtURI, readOnly: false, node: name, log: log)
        do { try cutOffFlag.check(name) } catch {
            await channel.connection.close()
            throw error
        }
        return channel
    }

    /// A session for files, so that control never waits behind them; opened when first needed.
    func bulkShell() async throws -> any NodeShell {
        guard let session = try await bulk() else { return commands.shell }
        return RemoteShell(session: session, privilege: commands.shell.privilege)
    }

    /// The session behind it; nil for this machine itself.
    func bulk() async throws -> Session? {
        guard session != nil else { return nil }
        return try await bulkSession.value { [self] in
            try cutOffFlag.check(name)
            let session = try await log.record("opening a session for files", on: name) {
                try await Session.open(endpoint, settings)
            }
            do { try cutOffFlag.check(name) } catch {
                await session.close()
                throw error
            }
            return session
        }
    }

    /// Makes the folder of libvirt's logs if it is not there, once in a round.
    ///
    /// libvirt makes it when a domain starts, but only after it has tried to make the console's log in it.
    func ensureConsoleFolder() async throws {
        try await cache.ensureConsoleFolder { [commands] in
            try await commands.run(
                "creating the folder for console logs", NodeScripts.makeConsoleFolder(path: DomainXML.consoleFolder))
        }
    }

    /// The root of a failure: where libvirt's connection broke because the link did, what ssh says of the link.
    func root(of error: any Error) async -> any Error {
        guard let session, (error as? LibvirtError)?.isConnectionLost == true else { return error }
        do {
            _ = try await session.run(["true"], timeout: .seconds(10))
            return error
        } catch {
            return error
        }
    }

    /// Ends what works on the node by way of this connection, and lets nothing more begin; returns at once.
    ///
    /// A call of libvirt's that runs on this machine's own daemon ends by itself, and is the last.
    func cutOff() {
        cutOffFlag.set()
        Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.commands.shell.cutOff() }
                group.addTask { await self.bulkSession.current?.close() }
                group.addTask { await self.guests.close() }
                for channel in self.openChannels { group.addTask { await channel.connection.close() } }
            }
        }
    }

    /// Closes everything; calls that run fail.
    func close() async {
        // Each says goodbye to the daemon, which is a round trip; one that does not leaves an error in the node's journal.
        await withTaskGroup(of: Void.self) { group in
            for channel in openChannels { group.addTask { await channel.connection.close() } }
        }
        await guests.close()
        if let bulk = await bulkSession.current { await bulk.close() }
        forwarding?.close()
        await session?.close()
    }
}

/// Whether a connection is cut off because its lock was lost.
private final class Flag: Sendable {
    private let isSet = Atomic(false)

    func set() { isSet.store(true, ordering: .sequentiallyConsistent) }

    var isRaised: Bool { isSet.load(ordering: .sequentiallyConsistent) }

    func check(_ node: Name) throws {
        guard isRaised else { return }
        throw NodeUnreachable(
            .lockLost, "\(node): the cluster's lock was lost, so the node is not changed any further",
            remedy: "Run the command again; it continues from the current state.")
    }
}

extension LibvirtChannel {
    /// Opens a connection that notices within half a minute when the daemon no longer answers.
    static func open(_ uri: String, readOnly: Bool, node: Name, log: RemoteLog) async throws -> LibvirtChannel {
        let connection = try await log.record("opening libvirt", on: node) {
            let connection = try await Connection.open(uri, readOnly: readOnly)
            do {
                try await connection.setKeepAlive(interval: 5, count: 4)
            } catch let error as LibvirtError where error.isUnsupported {
                // A driver inside this process has nobody to lose.
            }
            return connection
        }
        return LibvirtChannel(connection: connection, node: node, log: log)
    }
}
