/// One change to one section of a network, made without a restart (`virNetworkUpdate`).
package struct NetworkUpdate: Equatable, Sendable {
    package let command: Command
    package let section: Section
    /// Which of several parents (`<ip>` elements) is meant; -1 lets libvirt find it.
    package let parentIndex: Int32
    /// The element to add, or one that says enough to find the element to change or delete.
    package let xml: String

    package init(_ command: Command, _ section: Section, parentIndex: Int32 = -1, xml: String) {
        self.command = command
        self.section = section
        self.parentIndex = parentIndex
        self.xml = xml
    }

    /// What to do (`virNetworkUpdateCommand`).
    package enum Command: UInt32, Sendable {
        case modify = 1
        case delete = 2
        case addLast = 3
        case addFirst = 4
    }

    /// Where to do it (`virNetworkUpdateSection`); libvirt 9 changes these live, and refuses the others.
    package enum Section: UInt32, Sendable {
        case dhcpHost = 4
        case dhcpRange = 5
        case forwardInterface = 7
        case portGroup = 9
        case dnsHost = 10
        case dnsText = 11
        case dnsService = 12
    }
}
