import YAML

/// The fields of a whole or partial instance that could be read, before defaults and flavors.
struct InstanceFields {
    var flavor: Name?
    var vcpus: Int?
    var memory: Size?
    var disk: Size?
    var pool: Name?
    var image: Name?
    var cpuModel: String?
    var nics: [NIC] = []
    var disks: [DataDisk] = []
    var node: Name?
    var placement: Placement?
    var power: Instance.Power?
    var autostart: Bool?
    var protect: Bool?
    var access: Access?
    var cloudInit: YAML.Node?
    var ready: Readiness?
    var roles: [Name: Role] = [:]
    var labels: [String: String] = [:]
    var isAdopted: Bool?
    var changes = ChangePolicy()
    var onMaintenance: Instance.OnMaintenance?
    var renamedFrom: Name?
    var positions: [String: Position] = [:]
    private var given = Mapping()

    /// Whether a key is given, right, wrong or misspelt.
    func isGiven(_ key: String) -> Bool {
        given[key] != nil || InstanceKeys.instance.isMisspelt(key, in: given)
    }

    /// Reads the fields of a layered instance, whose layers' keys are checked one by one; nil where it is no map.
    init?(_ node: YAML.Node, subject: String, context: DecodingContext) {
        let read = context.recording { () -> InstanceFields? in
            guard let reader = MapReader(node, table: nil, path: "", subject: subject, context: context) else {
                return nil
            }
            return InstanceFields(reader)
        }
        guard var fields = read.value else { return nil }
        fields.positions = read.positions
        self = fields
    }

    private init(_ reader: MapReader) {
        given = reader.mapping
        flavor = reader.optional(InstanceKeys.flavor)
        vcpus = reader.optional(SizeKeys.vcpus)
        memory = reader.optional(SizeKeys.memory)
        disk = reader.optional(SizeKeys.disk)
        pool = reader.optional(InstanceKeys.pool)
        image = reader.optional(InstanceKeys.image)
        cpuModel = reader.optional(InstanceKeys.hardware)?.cpu
        // Written out before by `Layering` unless it is wrong, which is said here.
        _ = reader.optional(InstanceKeys.networks)
        nics = (reader.optional(InstanceKeys.nics) ?? []).map { name, _, fields in
            NIC(name: name, network: fields.network ?? .unreadable, address: fields.address, mac: fields.mac)
        }.sorted { $0.name < $1.name }
        disks = (reader.optional(InstanceKeys.disks) ?? []).map { name, _, fields in
            DataDisk(
                name: name, size: fields.size ?? (fields.path == nil ? .gibibytes(1) : Size(bytes: 0)),
                pool: fields.pool ?? .local, path: fields.path, format: fields.format)
        }.sorted { $0.name < $1.name }
        node = reader.optional(InstanceKeys.node)
        placement = reader.optional(InstanceKeys.placement)
        power = reader.optional(InstanceKeys.power)
        autostart = reader.optional(InstanceKeys.autostart)
        protect = reader.optional(InstanceKeys.protect)
        access = reader.optional(InstanceKeys.access)
        cloudInit = reader.optional(InstanceKeys.cloudInit)
        ready = reader.optional(InstanceKeys.ready)
        isAdopted = reader.optional(InstanceKeys.adopted)
        for (name, _, role) in reader.optional(InstanceKeys.roles) ?? [] { roles[name] = role }
        labels = reader.optional(InstanceKeys.labels) ?? [:]
        onMaintenance = reader.optional(InstanceKeys.onMaintenance)
        if let reboot = reader.optional(ChangeKeys.rebootPolicy) { changes.reboot = reboot }
        if let firstBoot = reader.optional(ChangeKeys.onChange) { changes.firstBoot = firstBoot }
        if let image = reader.optional(ChangeKeys.imageChange) { changes.image = image }
        if let stop = reader.optional(ChangeKeys.stop) { changes.stop = stop }
        if let count = reader.optional(ChangeKeys.rollout) { changes.maxUnavailable = count }
        changes.snapshotBefore = reader.optional(ChangeKeys.snapshotBefore) ?? []
        changes.ignored = reader.optional(ChangeKeys.ignore) ?? []
        renamedFrom = reader.optional(ChangeKeys.renamedFrom)
    }
}
