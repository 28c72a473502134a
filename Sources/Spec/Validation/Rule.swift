/// One thing that must be true of a spec as a whole.
///
/// A rule sees only values that are valid in themselves, since nothing else can be decoded. A field without a place in
/// its thing's `positions` was not written, or was complained about already: rules say nothing about it. Rules may
/// repeat themselves, for example for each member of a group; what is said twice is shown once.
struct Rule: Sendable {
    /// Whether it speaks of what is not there, and so cannot be asked where a file could not be read.
    let needsEverything: Bool
    let check: @Sendable (Cluster) -> [Diagnostic]

    init(needsEverything: Bool = false, check: @escaping @Sendable (Cluster) -> [Diagnostic]) {
        self.needsEverything = needsEverything
        self.check = check
    }
}

extension Rule {
    /// Every rule but those of roles, which their kinds have; all of them are run, whatever the others find.
    static let all =
        ofSeveral + InstanceField.all.flatMap(\.rules) + PoolType.all.flatMap(\.rules)
        + NetworkModes.all.flatMap { $0.rules }

    /// The rules about several fields, or other things than instances.
    private static let ofSeveral: [Rule] = [
        .somethingToDo,
        .nodesAreDistinct,
        .imagesExist,
        .imagesAreVerified,
        .networksExist,
        .poolsExist,
        .poolsTakeContents,
        .diskNamesAreFree,
        .diskOptionsAgree,
        .hardwareFitsArchitecture,
        .givenDisksAreClear,
        .gatewayIsInside,
        .ipv6IsBesideIPv4,
        .ipv6NetworksAreApart,
        .addressRangeIsInside,
        .dhcpFitsMode,
        .dhcpRangeIsInside,
        .networksAreApart,
        .networksSpareNodes,
        .nameServersAnswer,
        .addressesAreInside,
        .addressesAreGivenOnce,
        .nicsAreRouted,
        .addressesSuffice,
        .groupsShareNothing,
        .macAddressesAreUsable,
        .macAddressesAreGivenOnce,
        .readinessCanBeSeen,
        .pinsExist,
        .labelsExist,
        .spreadIsPossible,
        .togetherIsPossible,
        .perNodeIsPossible,
        .portsAreApart,
        .filesAreApart,
        .unitsAgree,
        .adoptionIsPlain,
        .userDataIsKnown,
        .referencesLead,
        .referencesHaveNoCircle,
        .renamesAreClear,
        .sizesFitSomewhere,
    ]
}
