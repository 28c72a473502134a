package import Spec

extension ObservedDomain {
    /// What the machine of a running domain has now, as far as it may differ from the definition.
    package struct Running: Sendable, Equatable {
        package var vcpus: Int
        /// How many vCPUs can be there without a reboot.
        package var maximumVCPUs: Int
        /// What the balloon leaves.
        package var memory: Size
        /// What it was started with, and what was plugged in since.
        package var wholeMemory: Size
        /// How far memory can be plugged in; nil where none can be.
        package var maximumMemory: Size?
        /// How many memory modules can still be plugged in.
        package var freeMemorySlots: Int
        /// Fields of the machine that it was started with, by path, also where the definition names none.
        package var machine: [String: String] = [:]
        /// What the guest has in use, where it was asked: only while it is to get less.
        package var usedMemory: Size?
        /// How old that figure is, where it is not of now.
        package var usedMemoryAge: Duration?
        package var nics: [NIC]
        package var disks: [Disk]

        package init(
            vcpus: Int, maximumVCPUs: Int, memory: Size, wholeMemory: Size, maximumMemory: Size? = nil,
            freeMemorySlots: Int = 0, nics: [NIC] = [], disks: [Disk] = []
        ) {
            self.vcpus = vcpus
            self.maximumVCPUs = maximumVCPUs
            self.memory = memory
            self.wholeMemory = wholeMemory
            self.maximumMemory = maximumMemory
            self.freeMemorySlots = freeMemorySlots
            self.nics = nics
            self.disks = disks
        }

        /// Memory comes in modules of this size: what the guests' kernels take and give back at once.
        package static let memoryModule = Size.mebibytes(128)

        /// Whether that many vCPUs can be had without a reboot: more, within what the machine was started for.
        package func canHave(vcpus wanted: Int) -> Bool { wanted >= vcpus && wanted <= maximumVCPUs }

        /// Whether that much memory can be had without a reboot: by the balloon, or by plugging in a module.
        package func canHave(memory wanted: Size) -> Bool {
            if wanted <= wholeMemory { return true }
            guard let maximumMemory, wanted <= maximumMemory, freeMemorySlots > 0 else { return false }
            return (wanted.bytes - wholeMemory.bytes) % Running.memoryModule.bytes == 0
        }
    }

    /// Whether a machine exists, running or paused.
    package var isActive: Bool { power == .running || power == .paused }

    /// The disks of the definition, without what was plugged in for this run only.
    package var definedDisks: [Disk] { disks.filter { !$0.isOnlyPluggedIn } }

    /// The disk of a name in the definition.
    func definedDisk(_ name: String) -> Disk? { disks.first { $0.name == name && !$0.isOnlyPluggedIn } }
}
