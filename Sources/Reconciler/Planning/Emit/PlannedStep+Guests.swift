import Spec

extension PlannedStep {
    /// Where it brings a guest, or gives one a NIC.
    var arrival: Location? {
        switch operation {
        case .domain(.start(let uuid, _)): Location(node: node, what: uuid.text)
        case .domain(.install(let installation)): Location(node: node, what: installation.domain.uuid.text)
        case .update(let update):
            switch update.action {
            case .plugNIC, .moveNIC: Location(node: node, what: update.uuid.text)
            default: nil
            }
        case .move(let part) where part.stage == .migrate || part.stage == .relocate:
            Location(node: part.move.to, what: part.move.uuid.text)
        default: nil
        }
    }

    /// Where a guest is gone afterwards.
    var ending: Location? {
        switch operation {
        case .domain(.undefine(let uuid, _)): Location(node: node, what: uuid.text)
        case .move(let part) where part.stage == .leave || part.stage == .discard:
            Location(node: node, what: part.move.uuid.text)
        default: nil
        }
    }
}
