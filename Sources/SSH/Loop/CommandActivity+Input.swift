extension CommandActivity {
    /// Where the command's standard input comes from.
    enum Input {
        case bytes(ByteQueue)
        case file(FileSource)
        /// A line at once and then at each interval, for as long as the command lives.
        case beats(line: [UInt8], every: Duration, pulse: Pulse)
        /// What is added while the command lives.
        case feed(ByteFeed)

        /// Whether the command stays for as long as somebody wants it, not for as long as it takes.
        var isHeld: Bool {
            switch self {
            case .bytes, .file: false
            case .beats, .feed: true
            }
        }

        /// Whether something waits to be sent; beats have a clock of their own.
        var isReady: Bool {
            switch self {
            case .bytes(let queue): !queue.isEmpty
            case .file(let file): !file.isAtEnd
            case .feed(let feed): !feed.isEmpty
            case .beats: false
            }
        }

        /// Sends as much as the channel takes now, and the end where nothing will follow; beats send nothing by this.
        mutating func feed(_ channel: Channel) throws(SystemFailure) {
            switch self {
            case .bytes(var queue):
                self = .bytes(ByteQueue())
                if channel.room > 0 { queue.consume { channel.send($0) ?? $0.count } }
                if queue.isEmpty { channel.sendEnd() }
                self = .bytes(queue)
            case .file(let file):
                try file.feed(channel)
                if file.isAtEnd { channel.sendEnd() }
            case .feed(let feed): if channel.room > 0 { feed.consume { channel.send($0) ?? $0.count } }
            case .beats: break
            }
        }
    }
}
