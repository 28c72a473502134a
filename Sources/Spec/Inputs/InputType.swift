/// What an input of a role package may be.
package indirect enum InputType: Sendable, Hashable {
    case text, boolean, port, address, cidr, size, duration, path, url, secret, members
    case integer(ClosedRange<Int>)
    /// One of a few words.
    case choice([String])
    /// Several of a simple type, in an order.
    case list(InputType)
    /// Several of a simple type, by names of people's own.
    case map(InputType)
}

extension InputType {
    /// The word for it in a package.
    package enum Word: String, Sendable, CaseIterable {
        case text, integer, boolean, port, address, cidr, size, duration, path, url, choice, secret, list, map, members
    }

    package var word: Word {
        switch self {
        case .text: .text
        case .boolean: .boolean
        case .port: .port
        case .address: .address
        case .cidr: .cidr
        case .size: .size
        case .duration: .duration
        case .path: .path
        case .url: .url
        case .secret: .secret
        case .members: .members
        case .integer: .integer
        case .choice: .choice
        case .list: .list
        case .map: .map
        }
    }

    /// What each item of a list or map is.
    package var item: InputType? {
        switch self {
        case .list(let item), .map(let item): item
        default: nil
        }
    }

    /// Whether a value of it holds a secret, itself or in its items.
    package var isSecret: Bool { self == .secret || item == .secret }

    /// Whether it is a list of some kind, which a template goes through with a section.
    var isSeveral: Bool { self == .members || item != nil }
}
