/// Guests reach out through their node, which hides them behind its own address.
struct NATMode: NetworkMode {
    static let name = "nat"
    static let summary = "through their node"
    static let traits = NetworkTraits(needsCIDR: true, answersNames: true)

    init() {}

    var link: NetworkLink { .made(NetworkForward(mode: "nat")) }

    /// An interface that somebody added to it stays.
    static func reading(_ link: NetworkLink) -> NATMode? {
        if case .made(let forward?, nil) = link, forward.mode == "nat" { NATMode() } else { nil }
    }
}

extension Network.Mode {
    package static let nat = Network.Mode(NATMode())
}
