import Glibc

/// What one turn of the loop waits for: descriptors, and the earliest moment somebody wants to act by itself.
struct Interest {
    /// The clock of all waiting; it stands still while the machine sleeps, so that waking up looks like no silence.
    typealias Clock = SuspendingClock

    private var descriptors: [pollfd] = []
    private var alarm: Clock.Instant?

    /// Forgets everything, keeping the memory.
    mutating func clear() {
        descriptors.removeAll(keepingCapacity: true)
        alarm = nil
    }

    /// Watches a descriptor and says where its answer will be.
    mutating func watch(_ descriptor: CInt, _ events: CInt) -> Int {
        descriptors.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
        return descriptors.count - 1
    }

    /// Ends the wait at this moment at the latest.
    mutating func wake(at moment: Clock.Instant) {
        alarm = alarm.map { min($0, moment) } ?? moment
    }

    /// Does not wait at all in this turn.
    mutating func wakeNow() { wake(at: Clock.now) }

    /// What happened on a watched descriptor.
    func events(at index: Int?) -> CInt {
        guard let index else { return 0 }
        return CInt(descriptors[index].revents)
    }

    /// Waits until something happens or the alarm is due.
    mutating func wait() {
        var limit: CInt = -1
        if let alarm { limit = Self.milliseconds(until: alarm) }
        if poll(&descriptors, nfds_t(descriptors.count), limit) < 0 {
            for index in descriptors.indices { descriptors[index].revents = 0 }
        }
    }

    /// The time left, rounded up, never negative.
    static func milliseconds(until moment: Clock.Instant) -> CInt {
        let (seconds, attoseconds) = Clock.now.duration(to: moment).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let milliseconds = min(seconds, 1_000_000) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return CInt(milliseconds)
    }
}
