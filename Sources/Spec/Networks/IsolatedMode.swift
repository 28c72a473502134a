/// Guests reach each other and their node, and nothing else.
struct IsolatedMode: NetworkMode {
    static let name = "isolated"
    static let summary = "not at all"
    static let traits = NetworkTraits(leadsOut: false)

    init() {}

    var link: NetworkLink { .made(nil) }

    static func reading(_ link: NetworkLink) -> IsolatedMode? {
        link == .made(nil) ? IsolatedMode() : nil
    }
}

extension Network.Mode {
    package static let isolated = Network.Mode(IsolatedMode())
}
