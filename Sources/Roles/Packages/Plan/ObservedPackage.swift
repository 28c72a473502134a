package import Reconciler
package import Spec

/// What a guest has of one role that a package makes, as its own records and a look at it say.
package struct ObservedPackage: Sendable, Equatable {
    /// What an attempt is told apart by.
    package struct Attempt: Sendable, Equatable {
        package var number: Int
        /// Of the package's files.
        package var digest: String
        /// Of package and inputs.
        package var target: String
    }

    /// An attempt that was taken back.
    package struct Failure: Sendable, Equatable {
        package var attempt: Attempt
        /// In seconds since 1970.
        package var time: UInt64?
        /// Its last lines, without secrets.
        package var reason: [String] = []
        /// For each secret of it whether the wanted one is the same; one that was not compared is missing.
        package var secrets: [String: Bool] = [:]
    }

    /// How a file differs from what was put there.
    package enum FileDrift: Sendable, Hashable {
        case edited, gone, link, folder
        /// The owner's file, which the role had moved away, is back.
        case back
        case mode(String)
        case owner(String)
    }

    /// How a service is, in systemd's words.
    package struct Service: Sendable, Equatable {
        package var active: String
        package var enabled: String
    }

    /// Of the committed state; nil where nothing was ever committed.
    package var package: Name?
    package var digest = ""
    package var attempt = 0
    package var since: UInt64?
    /// The guest's own, as the role was made with it; nil where none was known.
    package var address: IPv4Address?
    /// The scripts that the package has there.
    package var hooks: Set<String> = []
    /// Whether it is the first of its group.
    package var isFirst = false
    /// As JSON, without secrets.
    package var inputs = ""
    /// For each secret whether the wanted one is the same; one that was not compared is missing.
    package var secrets: [String: Bool] = [:]
    /// By the paths of what was put there; empty where it is as it was put.
    package var files: [String: [FileDrift]] = [:]
    package var services: [String: Service] = [:]
    /// Whether they are installed.
    package var packages: [String: Bool] = [:]
    /// Whether the guest's record of its packages cannot be read: then nobody knows which there are.
    package var hasUnreadPackages = false
    /// By ports such as 80/tcp, the firewall that shuts them; nil inside where none does.
    package var ports: [String: String?] = [:]
    package var outputs: [String: ObservedOutput] = [:]
    /// What the package's own check complains about; nil where it has none or is content.
    package var complaint: String?
    /// Whether that did not come to an end, so that nobody knows whether the role is right.
    package var hasHungCheck = false
    /// The highest number that an attempt ever had.
    package var highest = 0
    /// What was begun and never committed, and how far it came.
    package var trying: Attempt?
    package var phase = ""
    package var failure: Failure?
    /// The members that nothing is sent to now.
    package var drained: Set<String> = []
    /// The paths of what a killed run left behind.
    package var leftovers: [String] = []
    /// What is wrong with what it offers, as somebody found who tried; nil where nobody did, or found nothing.
    package var trouble: String?

    package init() {}

    /// Whether something was committed.
    package var isCommitted: Bool { package != nil }
}
