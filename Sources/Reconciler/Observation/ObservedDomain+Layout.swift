extension ObservedDomain {
    /// How a definition divides what the machine has among parts that the guest tells apart.
    ///
    /// libvirt takes a `<topology>` only where it comes to as many vCPUs as there can be, and where there are NUMA cells it
    /// adds up their memory, whatever else the definition says (libvirt's domain format, "CPU model and topology").
    package struct Layout: Sendable, Equatable {
        /// Such as `2 sockets, 4 cores, 2 threads`; nil where it names none.
        package var topology: String?
        /// How many NUMA cells it has.
        package var cells: Int
        /// How many vCPUs there can be.
        package var maximumVCPUs: Int

        package init(topology: String? = nil, cells: Int = 0, maximumVCPUs: Int) {
            self.topology = topology
            self.cells = cells
            self.maximumVCPUs = maximumVCPUs
        }

        /// Whether the definition can have that many vCPUs with nothing divided anew.
        package func canHave(vcpus wanted: Int) -> Bool {
            wanted <= maximumVCPUs || (topology == nil && !hasCells)
        }

        /// Whether memory is divided, so that more or less of it must be divided anew.
        package var hasCells: Bool { cells > 1 }

        /// How it is divided, such as `a topology of 2 sockets, 4 cores, 2 threads`.
        var words: String {
            [topology.map { "a topology of \($0)" }, hasCells ? "\(cells) NUMA cells" : nil].compactMap(\.self)
                .joined(separator: " and ")
        }
    }
}
